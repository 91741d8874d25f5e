//! Digests of byte strings, by which tables find them.
//!
//! Sixteen bytes at a time are mixed by one multiplication, whose halves are folded into one, as
//! wyhash (Wang Yi, 2019) and its kin do. Each factor holds something that only this process knows,
//! so that nobody can write down many strings of one digest. A WebAssembly module has to be told it by
//! its host.

use std::hash::Hasher;
use std::sync::OnceLock;

/// A digest in the making.
#[derive(Clone, Copy)]
pub(crate) struct Digest {
    state: u64,
    key: u64,
}

static SECRET: OnceLock<Digest> = OnceLock::new();

/// Gives hash tables a secret from the host, in the whole process; only the first call counts, and
/// only before the first merge.
///
/// An operating system provides one without being asked. A WebAssembly module has none, and without
/// this its tables can be made slow by names and strings that were chosen to collide.
pub fn provide_secret([state, key]: [u64; 2]) {
    SECRET.get_or_init(|| Digest { state, key });
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn own_secret() -> Digest {
    use std::hash::{BuildHasher, RandomState};

    let random = RandomState::new();
    Digest { state: random.hash_one(0), key: random.hash_one(1) }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn own_secret() -> Digest {
    // Digits of pi.
    Digest { state: 0x243f_6a88_85a3_08d3, key: 0x1319_8a2e_0370_7344 }
}

impl Digest {
    pub(crate) fn new() -> Self {
        *SECRET.get_or_init(own_secret)
    }

    /// The digest of one string.
    pub(crate) fn of(mut self, bytes: &[u8]) -> u64 {
        self.write(bytes);
        self.finish()
    }

    /// Odd, and known to nobody.
    pub(crate) fn multiplier(self) -> u64 {
        self.key | 1
    }

    fn mix(&mut self, [low, high]: [u64; 2]) {
        let [low, high] = halves(u128::from(low ^ self.state) * u128::from(high ^ self.key));
        self.state = low ^ high;
    }
}

/// What is left of the golden ratio, which a product with small numbers spreads over all bits.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

#[expect(clippy::cast_possible_truncation, reason = "the number is split into its halves")]
fn halves(number: u128) -> [u64; 2] {
    [number as u64, (number >> u64::BITS) as u64]
}

/// All bits of fewer bytes than two words have, some of them twice.
fn short(bytes: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return [first, last].map(|chunk| u64::from_le_bytes(*chunk));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return [first, last].map(|chunk| u32::from_le_bytes(*chunk).into());
    }
    let at = |index: usize| bytes.get(index).copied().map_or(0, u64::from);
    [at(0) | at(1) << 8, at(2)]
}

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        // Strings of several lengths may have the same words below.
        let length = (bytes.len() as u64).wrapping_mul(ODD);
        self.state = self.state.wrapping_add(length);
        if let Some(last) = bytes.last_chunk() {
            let (chunks, _) = bytes.as_chunks();
            for chunk in chunks {
                self.mix(halves(u128::from_le_bytes(*chunk)));
            }
            self.mix(halves(u128::from_le_bytes(*last)));
        } else {
            self.mix(short(bytes));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.mix([number, 0]);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Digest;

    #[test]
    fn strings_have_digests_of_their_own() {
        let bytes = [0; 70];
        let strings = (0..=bytes.len()).map(|length| bytes[..length].to_vec());
        let others = (0..bytes.len() * 8).map(|bit| {
            let mut other = bytes.to_vec();
            other[bit / 8] |= 1 << (bit % 8);
            other
        });
        let strings: Vec<_> = strings.chain(others).collect();
        let digests: HashSet<u64> = strings.iter().map(|string| Digest::new().of(string)).collect();
        assert_eq!(digests.len(), strings.len());
        assert!(strings.iter().all(|string| digests.contains(&Digest::new().of(string))));
    }

    #[test]
    fn tables_choose_buckets_evenly() {
        let mut counts = [0; 64];
        for name in 0..6400 {
            let digest = Digest::new().of(format!("name-{name}").as_bytes());
            counts[(digest >> 58) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (50..=170).contains(count)), "{counts:?}");
    }
}
