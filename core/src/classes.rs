//! Values sorted into classes under *equal*, numbered from 0 as they come.

use std::convert::Infallible;
use std::hash::BuildHasher;

use hashbrown::HashMap;

/// Sorts values into classes under *equal*.
pub(crate) struct Classes<N> {
    by_digest: HashMap<u64, Vec<(N, u32)>>,
    count: u32,
}

impl<N: Clone> Classes<N> {
    pub(crate) fn new() -> Self {
        Self { by_digest: HashMap::new(), count: 0 }
    }

    /// The class of a value, a new one if none so far is equal.
    pub(crate) fn of<E>(
        &mut self,
        digest: u64,
        node: &N,
        mut equal: impl FnMut(&N, &N) -> Result<bool, E>,
    ) -> Result<u32, E> {
        let known = self.by_digest.entry(digest).or_default();
        for (other, class) in known.iter() {
            if equal(node, other)? {
                return Ok(*class);
            }
        }
        let class = self.count;
        known.push((node.clone(), class));
        self.count += 1;
        Ok(class)
    }
}

impl<'t> Classes<&'t [u8]> {
    /// The class of a word.
    pub(crate) fn of_word(&mut self, word: &'t [u8]) -> u32 {
        let digest = self.by_digest.hasher().hash_one(word);
        let Ok(class) = self.of(digest, &word, |a, b| Ok::<_, Infallible>(a == b));
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
