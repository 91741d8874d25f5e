//! Python strings as the bytes that the core works with: UTF-8, in which a lone surrogate stands as
//! its three bytes (WTF-8).

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::raw;

/// The content of a string.
pub(crate) fn content<'s>(string: &'s Bound<'_, PyString>) -> PyResult<Cow<'s, [u8]>> {
    match string.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text.as_bytes())),
        Err(_) => encode_surrogates(string).map(Cow::Owned),
    }
}

/// The content of a string that has lone surrogates.
fn encode_surrogates(string: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    // The subclass's own `encode` has no say in what the string holds.
    let plain = raw::plain_str(string)?;
    let bytes = plain.call_method1("encode", ("utf-8", "surrogatepass"))?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

/// A string of this content.
pub(crate) fn string<'py>(py: Python<'py>, content: &[u8]) -> PyResult<Bound<'py, PyString>> {
    if let Ok(text) = str::from_utf8(content) {
        return Ok(PyString::new(py, text));
    }
    let text = PyBytes::new(py, content).call_method1("decode", ("utf-8", "surrogatepass"))?;
    Ok(text.cast_into()?)
}
