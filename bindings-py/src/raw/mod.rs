//! All that goes past pyo3's safe interface.
//!
//! Each function here runs no Python code but what its own documentation names.

#![expect(unsafe_code, reason = "what pyo3 has no safe name for")]

mod changes;
mod elements;
mod item;
mod layout;
mod lookup;
mod members;
mod probe;
mod scan;
mod unlike;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString};

pub(crate) use changes::{Change, Changes, DEEPEST, is_same, stand_in_order};
pub(crate) use layout::learn;
pub(crate) use lookup::Lookup;

/// Whether one lock keeps all other threads out, so that containers can be read without a lock of
/// their own.
pub(crate) const HAS_ONE_LOCK: bool = !cfg!(Py_GIL_DISABLED);

/// The members of a dictionary as they are now.
///
/// Borrowed references are made owned before anything else happens, and no Python code runs
/// meanwhile, so that a dictionary which some `__eq__` changes later does no harm.
pub(crate) fn items<'py>(dict: &Bound<'py, PyDict>) -> Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = dict.py();
    with_critical_section(dict.as_any(), || {
        let mut items = Vec::with_capacity(dict.len());
        let mut position = 0;
        let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: `dict` is a dictionary that nobody changes during the loop: the thread is
        // attached, or holds the critical section where there is no lock of the whole interpreter.
        // `PyDict_Next` sets both pointers to live objects.
        unsafe {
            while ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value)
                != 0
            {
                items
                    .push((Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value)));
            }
        }
        items
    })
}

/// Whether somebody besides one container and the caller's own handle refers to an object.
pub(crate) fn is_shared(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) > 2 }
}

/// The value of an integer of any subclass as a plain one; no method of the subclass is called.
pub(crate) fn plain_int<'py>(int: &Bound<'py, PyInt>) -> PyResult<Bound<'py, PyInt>> {
    if int.is_exact_instance_of::<PyInt>() {
        return Ok(int.clone());
    }
    // SAFETY: for an instance of `int`, `PyNumber_Index` returns a new reference to an exact `int`,
    // or sets an error.
    unsafe {
        let plain = Bound::from_owned_ptr_or_err(int.py(), ffi::PyNumber_Index(int.as_ptr()))?;
        Ok(plain.cast_into_unchecked())
    }
}

/// The content of a string of any subclass as a plain one; no method of the subclass is called.
pub(crate) fn plain_str<'py>(string: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyString>> {
    if string.is_exact_instance_of::<PyString>() {
        return Ok(string.clone());
    }
    // SAFETY: for an instance of `str`, `PyUnicode_FromObject` returns a new reference to an exact
    // `str`, or sets an error.
    unsafe {
        let plain = ffi::PyUnicode_FromObject(string.as_ptr());
        Ok(Bound::from_owned_ptr_or_err(string.py(), plain)?.cast_into_unchecked())
    }
}

/// The value of a float of any subclass; no method of the subclass is called.
pub(crate) fn double(float: &Bound<'_, PyFloat>) -> f64 {
    // SAFETY: for an instance of `float`, `PyFloat_AsDouble` reads its value and cannot fail.
    unsafe { ffi::PyFloat_AsDouble(float.as_ptr()) }
}
