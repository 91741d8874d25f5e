//! The members of a dictionary, one after the other.

use std::ptr;
use std::slice;

use pyo3::ffi;

use super::item::Item;
use super::layout::{self, Entry};

/// A way through the members of a dictionary.
pub(super) struct Members<'s> {
    dict: Item<'s>,
    /// What is left of the entries, where they can be read in place.
    entries: Option<slice::Iter<'s, Entry>>,
    /// Where the interpreter stands in the dictionary, where it is asked.
    position: ffi::Py_ssize_t,
}

impl<'s> Members<'s> {
    #[inline]
    pub(super) fn of(dict: Item<'s>) -> Self {
        // SAFETY: the object is a dictionary that nobody changes.
        let entries = unsafe { layout::entries(dict.as_ptr()) }.map(<[Entry]>::iter);
        Self { dict, entries, position: 0 }
    }

    /// Goes on with two dictionaries side by side as long as their keys are the same and both are
    /// known to be plain, with their values.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most of the time goes by in it")]
    pub(super) fn in_step(&mut self, other: &mut Self) -> Option<(Item<'s>, [Item<'s>; 2])> {
        let (Some(entries), Some(others)) = (&mut self.entries, &mut other.entries) else {
            return None;
        };
        let (entry, other) = (entries.as_slice().first()?, others.as_slice().first()?);
        if entry.value.is_null() || other.value.is_null() {
            return None;
        }
        // SAFETY: key and value of a member stay alive, as nobody changes the dictionary.
        let (key, other_key) = unsafe { (Item::at(entry.key), Item::at(other.key)) };
        if !key.is_same_plain(other_key) {
            return None;
        }
        entries.next();
        others.next();
        // SAFETY: as before.
        unsafe { Some((other_key, [Item::at(entry.value), Item::at(other.value)])) }
    }

    /// Whether there is nothing more, as far as that is known without asking.
    #[inline]
    pub(super) fn are_over(&self) -> bool {
        self.entries.as_ref().is_some_and(|entries| entries.len() == 0)
    }

    /// Whether the dictionary is known to have plain strings as its keys, without a look at them.
    pub(super) fn have_plain_keys(&self) -> bool {
        self.entries.is_some()
    }

    #[cold]
    fn ask(&mut self) -> Option<(Item<'s>, Item<'s>)> {
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        let position = &raw mut self.position;
        // SAFETY: the object is a dictionary that nobody changes: what both pointers are set to
        // stays alive.
        unsafe {
            let dict = self.dict.as_ptr();
            (ffi::PyDict_Next(dict, position, &raw mut key, &raw mut value) != 0)
                .then(|| (Item::at(key), Item::at(value)))
        }
    }
}

impl<'s> Iterator for Members<'s> {
    type Item = (Item<'s>, Item<'s>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Some(entries) = &mut self.entries else {
            return self.ask();
        };
        let entry = entries.find(|entry| !entry.value.is_null())?;
        // SAFETY: key and value of a member stay alive, as nobody changes the dictionary.
        unsafe { Some((Item::at(entry.key), Item::at(entry.value))) }
    }
}
