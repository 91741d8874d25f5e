//! Which containers a place is in.

use smallvec::SmallVec;

/// The containers around a place, without the innermost: a bit each, set for an object.
#[derive(Default)]
pub(super) struct Around {
    bits: SmallVec<[u64; 2]>,
    pub(super) depth: usize,
}

impl Around {
    #[inline]
    pub(super) fn push(&mut self, object: bool) {
        let (word, bit) = (self.depth / 64, self.depth % 64);
        if self.bits.len() == word {
            self.bits.push(0);
        }
        self.bits[word] = self.bits[word] & !(1 << bit) | u64::from(object) << bit;
        self.depth += 1;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<bool> {
        self.depth = self.depth.checked_sub(1)?;
        Some(self.bits[self.depth / 64] >> (self.depth % 64) & 1 == 1)
    }
}
