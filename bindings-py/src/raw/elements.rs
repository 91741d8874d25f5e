//! The elements of a list, one after the other.

use std::slice;

use pyo3::ffi;

use super::item::Item;
use super::layout;

/// A way through the elements of a list.
pub(super) struct Elements<'s> {
    list: Item<'s>,
    /// What is left of them, where they can be read in place.
    found: Option<slice::Iter<'s, *mut ffi::PyObject>>,
    /// The index of the next one and how many there are, where the interpreter is asked.
    next: ffi::Py_ssize_t,
    length: ffi::Py_ssize_t,
}

impl<'s> Elements<'s> {
    #[inline]
    pub(super) fn of(list: Item<'s>) -> Self {
        // SAFETY: the object is a list that nobody changes.
        let found = unsafe { layout::elements(list.as_ptr()) }.map(<[_]>::iter);
        let length = match &found {
            Some(_) => 0,
            // SAFETY: as before.
            None => unsafe { ffi::PyList_Size(list.as_ptr()) },
        };
        Self { list, found, next: 0, length }
    }

    #[cold]
    fn ask(&mut self) -> Option<Item<'s>> {
        if self.next >= self.length {
            return None;
        }
        self.next += 1;
        // SAFETY: the object is a list that nobody changes, so that all indexes stay good and the
        // elements alive.
        unsafe { Some(Item::at(ffi::PyList_GetItem(self.list.as_ptr(), self.next - 1))) }
    }
}

impl<'s> Iterator for Elements<'s> {
    type Item = Item<'s>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.found {
            // SAFETY: an element stays alive, as nobody changes the list.
            Some(found) => found.next().map(|&element| unsafe { Item::at(element) }),
            None => self.ask(),
        }
    }
}
