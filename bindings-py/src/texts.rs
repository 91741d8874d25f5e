//! The inputs of `merge_json`: three `str`, or three times bytes.

use std::borrow::Cow;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

use crate::strings;

/// A text in the form it came in. What can change while it is read is copied.
enum Text<'py> {
    Str(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
    Copied(Vec<u8>),
}

/// Base, theirs and mine, all of one kind.
pub(crate) struct Texts<'py> {
    base: Text<'py>,
    theirs: Text<'py>,
    mine: Text<'py>,
}

/// The content of three texts.
pub(crate) enum Contents<'s> {
    Valid([&'s str; 3]),
    /// Bytes, and strings of which at least one has lone surrogates: whether they are UTF-8 is not
    /// known.
    Unchecked([Cow<'s, [u8]>; 3]),
}

impl<'py> Text<'py> {
    fn new(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            Ok(Self::Str(text.clone()))
        } else if let Ok(bytes) = object.cast::<PyBytes>() {
            Ok(Self::Bytes(bytes.clone()))
        } else if let Ok(bytes) = object.cast::<PyByteArray>() {
            Ok(Self::Copied(bytes.to_vec()))
        } else if object.is_instance_of::<PyMemoryView>() {
            Ok(Self::Bytes(object.call_method0("tobytes")?.cast_into()?))
        } else {
            let kind = object.get_type().name()?;
            Err(PyTypeError::new_err(format!("JSON text is str or bytes, not {kind}")))
        }
    }

    fn is_str(&self) -> bool {
        matches!(self, Self::Str(_))
    }

    fn bytes(&self) -> PyResult<Cow<'_, [u8]>> {
        match self {
            Self::Str(text) => strings::content(text),
            Self::Bytes(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
            Self::Copied(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }

    /// A string's text, if it is UTF-8.
    fn valid(&self) -> Option<&str> {
        match self {
            Self::Str(text) => text.to_str().ok(),
            Self::Bytes(_) | Self::Copied(_) => None,
        }
    }
}

impl<'py> Texts<'py> {
    pub(crate) fn new(
        base: &Bound<'py, PyAny>,
        theirs: &Bound<'py, PyAny>,
        mine: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let texts =
            Self { base: Text::new(base)?, theirs: Text::new(theirs)?, mine: Text::new(mine)? };
        let is_str = texts.base.is_str();
        if texts.theirs.is_str() != is_str || texts.mine.is_str() != is_str {
            return Err(PyTypeError::new_err("base, theirs and mine are all str, or all bytes"));
        }
        Ok(texts)
    }

    pub(crate) fn as_bytes(&self) -> bool {
        !self.base.is_str()
    }

    pub(crate) fn contents(&self) -> PyResult<Contents<'_>> {
        let Self { base, theirs, mine } = self;
        Ok(match (base.valid(), theirs.valid(), mine.valid()) {
            (Some(base), Some(theirs), Some(mine)) => Contents::Valid([base, theirs, mine]),
            _ => Contents::Unchecked([base.bytes()?, theirs.bytes()?, mine.bytes()?]),
        })
    }
}

impl Contents<'_> {
    /// How many bytes there are in all.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Valid(texts) => texts.iter().map(|text| text.len()).sum(),
            Self::Unchecked(texts) => texts.iter().map(|text| text.len()).sum(),
        }
    }
}
