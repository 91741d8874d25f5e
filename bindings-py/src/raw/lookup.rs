//! Looking up members of a dictionary one after the other.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::item::Item;
use super::layout;

/// How many members further on a member is looked for before its key is hashed.
const NEAR: usize = 16;

/// Looks up members of a dictionary, mostly in the order in which they stand.
pub(crate) struct Lookup<'d, 'py> {
    dict: &'d Bound<'py, PyDict>,
    /// How many places of the table lie before those that are looked at next.
    passed: usize,
    /// Whether all that were found are known to stand in the order in which they were looked up.
    pub(crate) is_in_order: bool,
}

impl<'d, 'py> Lookup<'d, 'py> {
    pub(crate) fn new(dict: &'d Bound<'py, PyDict>) -> Self {
        Self { dict, passed: 0, is_in_order: true }
    }

    /// The value of a key. Where keys are no plain strings, this may run Python code.
    pub(crate) fn get(&mut self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(value) = self.near(key) {
            return Ok(Some(value));
        }
        let value = self.dict.get_item(key)?;
        self.is_in_order &= value.is_none();
        Ok(value)
    }

    fn near(&mut self, key: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
        if !super::HAS_ONE_LOCK || !key.is_exact_instance_of::<PyString>() {
            return None;
        }
        // SAFETY: it is a dictionary that nobody changes here: no Python code is run. Its keys are
        // plain strings, and keys and values of members are alive.
        unsafe {
            let places = layout::entries(self.dict.as_ptr())?.get(self.passed..)?;
            let mut near = places.iter().take(NEAR);
            let found = near.position(|entry| {
                !entry.value.is_null() && Item::at(entry.key).is_same_plain(Item::of(key))
            })?;
            self.passed += found + 1;
            Some(Item::at(places[found].value).own(key.py()))
        }
    }
}
