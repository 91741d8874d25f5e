//! Values sorted into classes under *equal*, numbered from 0 as they come.

use std::borrow::Cow;
use std::convert::Infallible;

use crate::digest;

/// Sorts values into classes under *equal*.
///
/// A hash table in which a class is the index of its first value. It is written by hand because it
/// is small: a WebAssembly module would hold the code of a general map once for each type of values.
pub(crate) struct Classes<N> {
    known: Vec<Known<N>>,
    /// For each bucket the last class in it.
    heads: Vec<Option<u32>>,
    /// Odd and random: that digests meet in a bucket, whoever chose them, is as unlikely as can be
    /// (M. Dietzfelbinger et al., "A Reliable Randomized Algorithm for the Closest-Pair Problem",
    /// J. Algorithms 25, 1997).
    multiplier: u64,
}

/// The first value of a class.
struct Known<N> {
    digest: u64,
    node: N,
    /// The class before it in the same bucket.
    next: Option<u32>,
}

const FEWEST_BUCKETS: usize = 16;

impl<N> Classes<N> {
    pub(crate) fn new() -> Self {
        Self { known: Vec::new(), heads: Vec::new(), multiplier: digest::of(&[]) | 1 }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// The class of a value, a new one if none so far is equal.
    pub(crate) fn of<E>(
        &mut self,
        digest: u64,
        node: N,
        mut equal: impl FnMut(&N, &N) -> Result<bool, E>,
    ) -> Result<u32, E> {
        if let Some(class) = self.find(digest, |known| equal(&node, known))? {
            return Ok(class);
        }
        if self.known.len() == self.heads.len() {
            self.grow();
        }
        let class = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let bucket = self.buckets()(digest);
        let next = self.heads[bucket].replace(class);
        self.known.push(Known { digest, node, next });
        Ok(class)
    }

    /// The class whose first value has this digest and is equal to what is looked for.
    fn find<E>(
        &self,
        digest: u64,
        mut equal: impl FnMut(&N) -> Result<bool, E>,
    ) -> Result<Option<u32>, E> {
        if self.known.is_empty() {
            return Ok(None);
        }
        let mut next = self.heads[self.buckets()(digest)];
        while let Some(class) = next {
            let known = &self.known[class as usize];
            if known.digest == digest && equal(&known.node)? {
                return Ok(Some(class));
            }
            next = known.next;
        }
        Ok(None)
    }

    /// The bucket of each digest: the first bits of a product, as many as number the buckets.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more buckets than a usize")]
    fn buckets(&self) -> impl Fn(u64) -> usize + use<N> {
        let (multiplier, bits) = (self.multiplier, self.heads.len().ilog2());
        move |digest| (digest.wrapping_mul(multiplier) >> (u64::BITS - bits)) as usize
    }

    fn grow(&mut self) {
        self.heads = vec![None; FEWEST_BUCKETS.max(2 * self.heads.len())];
        let bucket_of = self.buckets();
        for (class, known) in (0..).zip(&mut self.known) {
            let bucket = bucket_of(known.digest);
            known.next = self.heads[bucket].replace(class);
        }
    }
}

/// Words and names, in which *equal* is equal byte for byte.
impl<'t> Classes<Cow<'t, [u8]>> {
    /// The class of a word.
    pub(crate) fn of_word(&mut self, word: Cow<'t, [u8]>) -> u32 {
        let digest = digest::of(&word);
        let Ok(class) = self.of(digest, word, |a, b| Ok::<_, Infallible>(a == b));
        class
    }

    /// The class of a word that may have none.
    pub(crate) fn find_word(&self, word: &[u8]) -> Option<u32> {
        let Ok(class) = self.find(digest::of(word), |known| Ok::<_, Infallible>(**known == *word));
        class
    }
}

/// Something for each of some classes: their numbers are close, so that no hashing is needed.
pub(crate) struct ByClass<T> {
    slots: Vec<Option<T>>,
}

impl<T> ByClass<T> {
    pub(crate) fn get(&self, class: u32) -> Option<&T> {
        self.slots.get(class as usize)?.as_ref()
    }

    pub(crate) fn contains(&self, class: u32) -> bool {
        self.get(class).is_some()
    }

    /// Whether there was nothing for the class.
    pub(crate) fn insert(&mut self, class: u32, value: T) -> bool {
        let class = class as usize;
        if self.slots.len() <= class {
            self.slots.resize_with(class + 1, || None);
        }
        self.slots[class].replace(value).is_none()
    }

    pub(crate) fn remove(&mut self, class: u32) -> Option<T> {
        self.slots.get_mut(class as usize)?.take()
    }
}

impl<T> Default for ByClass<T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<T> FromIterator<(u32, T)> for ByClass<T> {
    fn from_iter<I: IntoIterator<Item = (u32, T)>>(entries: I) -> Self {
        let mut known = Self::default();
        for (class, value) in entries {
            known.insert(class, value);
        }
        known
    }
}
