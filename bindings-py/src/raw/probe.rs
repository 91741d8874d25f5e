//! Whether what [`layout`] reads is what the interpreter says.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PyString};

use super::layout;

/// Whether samples of all that is read by the layout are read as they are.
pub(super) fn reads_rightly(py: Python<'_>) -> PyResult<bool> {
    Ok(reads_texts(py) && reads_integers(py) && reads_lists(py)? && reads_dicts(py)?)
}

/// Strings of each width, equal and different.
fn reads_texts(py: Python<'_>) -> bool {
    const TEXTS: [&str; 14] = [
        "",
        "a",
        "b",
        "seven..",
        "ate",
        "one name",
        "one mane",
        "a name of more than sixteen",
        "a name of more than sixteem",
        "ünï",
        "ünî",
        "€uro",
        "€urO",
        "𝄞 clef",
    ];
    TEXTS.iter().all(|one| {
        TEXTS.iter().all(|other| {
            let (a, b) = (PyString::new(py, one), PyString::new(py, other));
            // SAFETY: both are plain strings.
            unsafe { layout::is_same_text(a.as_ptr(), b.as_ptr()) == Some(one == other) }
        })
    })
}

/// Integers of one digit and of more.
fn reads_integers(py: Python<'_>) -> bool {
    const SMALL: [i64; 8] = [-1_073_741_823, -9754, -2, -1, 1, 2, 9753, 1_073_741_823];
    const LARGE: [i64; 5] = [0, -1_073_741_824, 1_073_741_824, i64::MIN, i64::MAX];
    let is_same = |one: i64, other: i64| {
        let (Ok(a), Ok(b)): (Result<Bound<'_, PyInt>, _>, Result<Bound<'_, PyInt>, _>) =
            (one.into_pyobject(py), other.into_pyobject(py));
        // SAFETY: both are plain integers.
        unsafe { layout::is_same_integer(a.as_ptr(), b.as_ptr()) }
    };
    let all = SMALL.iter().chain(&LARGE);
    SMALL.iter().all(|&a| all.clone().all(|&b| is_same(a, b) == Some(a == b)))
        && LARGE.iter().all(|&number| is_same(number, number).is_none())
}

/// Lists short and long.
fn reads_lists(py: Python<'_>) -> PyResult<bool> {
    for length in [0, 1, 4, 100] {
        let list = PyList::new(py, 0..length)?;
        let items: Vec<_> = list.iter().map(|item| item.as_ptr()).collect();
        // SAFETY: nobody else knows the list.
        if unsafe { layout::elements(list.as_ptr()) } != Some(&items) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Dictionaries large and small, also those from which members were removed.
fn reads_dicts(py: Python<'_>) -> PyResult<bool> {
    for size in [0, 1, 5, 6, 300] {
        let dict = PyDict::new(py);
        for number in 0..size {
            dict.set_item(format!("name {number}"), number)?;
        }
        if size > 4 {
            dict.del_item("name 3")?;
        }
        // SAFETY: nobody else knows the dictionary.
        let Some(entries) = (unsafe { layout::entries(dict.as_ptr()) }) else {
            return Ok(false);
        };
        let found = entries.iter().filter(|entry| !entry.value.is_null());
        let found: Vec<_> = found.map(|entry| (entry.key, entry.value)).collect();
        let items = super::items(&dict);
        let items: Vec<_> = items.iter().map(|(key, it)| (key.as_ptr(), it.as_ptr())).collect();
        if found != items {
            return Ok(false);
        }
    }
    let numbered = PyDict::new(py);
    numbered.set_item(1, 2)?;
    // SAFETY: nobody else knows the dictionary.
    Ok(unsafe { layout::entries(numbered.as_ptr()) }.is_none())
}
