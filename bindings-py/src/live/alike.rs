//! When two Python objects are the same, equal, or in order.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher, RandomState};

use pyo3::exceptions::{PyRecursionError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString};
use session_merge::model::Kind;

use super::{Object, kind, plain_dict};
use crate::raw::{self, DEEPEST};

/// Whether two values agree in type and value.
pub(super) fn same(a: &Object<'_>, b: &Object<'_>) -> PyResult<bool> {
    match raw::is_same(a, b) {
        Some(is_same) => Ok(is_same),
        None => alike(a, b, true, 0),
    }
}

/// As [`same`], but an integer and a float of one value are equal.
pub(super) fn equal(a: &Object<'_>, b: &Object<'_>) -> PyResult<bool> {
    alike(a, b, false, 0)
}

fn alike(a: &Object<'_>, b: &Object<'_>, strict: bool, depth: usize) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    let one_kind = kind(a);
    if one_kind != kind(b) {
        return Ok(false);
    }
    match one_kind {
        // Of these there is one object each.
        Kind::Null | Kind::Bool => Ok(false),
        Kind::Number => numbers_alike(a, b, strict),
        Kind::String => raw::plain_str(a.cast()?)?.as_any().eq(raw::plain_str(b.cast()?)?),
        Kind::Array => lists_alike(a.cast()?, b.cast()?, strict, deeper(depth)?),
        Kind::Object => dicts_alike(&plain_dict(a)?, &plain_dict(b)?, strict, deeper(depth)?),
        Kind::Set | Kind::Leaf => Ok(a.get_type().is(b.get_type()) && a.eq(b)?),
    }
}

fn deeper(depth: usize) -> PyResult<usize> {
    if depth < DEEPEST {
        Ok(depth + 1)
    } else {
        Err(PyRecursionError::new_err("a document grew deeper while it was merged"))
    }
}

fn numbers_alike(a: &Object<'_>, b: &Object<'_>, strict: bool) -> PyResult<bool> {
    let (a_float, b_float) = (a.cast::<PyFloat>().ok(), b.cast::<PyFloat>().ok());
    match (a_float, b_float) {
        (Some(a), Some(b)) => {
            let (a, b) = (raw::double(a), raw::double(b));
            #[expect(clippy::float_cmp, reason = "by exact value is what is meant")]
            Ok(a == b || a.is_nan() && b.is_nan())
        }
        (None, None) => raw::plain_int(a.cast()?)?.as_any().eq(raw::plain_int(b.cast()?)?),
        _ if strict => Ok(false),
        // Python compares an integer with a float exactly.
        _ => plain_number(a)?.eq(plain_number(b)?),
    }
}

/// A number of any subclass as a plain one.
fn plain_number<'py>(number: &Object<'py>) -> PyResult<Object<'py>> {
    Ok(match number.cast::<PyFloat>() {
        Ok(float) => PyFloat::new(number.py(), raw::double(float)).into_any(),
        Err(_) => raw::plain_int(number.cast()?)?.into_any(),
    })
}

fn lists_alike<'py>(
    a: &Bound<'py, PyList>,
    b: &Bound<'py, PyList>,
    strict: bool,
    depth: usize,
) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        if !alike(&a, &b, strict, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn dicts_alike<'py>(
    a: &Bound<'py, PyDict>,
    b: &Bound<'py, PyDict>,
    strict: bool,
    depth: usize,
) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, a) in raw::items(a) {
        match b.get_item(&key)? {
            Some(b) if alike(&a, &b, strict, depth)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The order of two numbers by exact value, or of two strings by code point.
pub(super) fn order(a: &Object<'_>, b: &Object<'_>) -> PyResult<Option<Ordering>> {
    let is_finite = |number: &Object<'_>| {
        number.cast::<PyFloat>().map_or(true, |float| raw::double(float).is_finite())
    };
    match (kind(a), kind(b)) {
        (Kind::Number, Kind::Number) if is_finite(a) && is_finite(b) => {
            plain_number(a)?.compare(plain_number(b)?).map(Some)
        }
        (Kind::String, Kind::String) => {
            raw::plain_str(a.cast()?)?.compare(raw::plain_str(b.cast()?)?).map(Some)
        }
        _ => Ok(None),
    }
}

/// A hash under which equal values agree.
pub(super) fn digest(object: &Object<'_>, hasher: &RandomState) -> PyResult<u64> {
    hash(object, hasher, 0)
}

fn hash(object: &Object<'_>, hasher: &RandomState, depth: usize) -> PyResult<u64> {
    let mut state = hasher.build_hasher();
    match kind(object) {
        Kind::Null => state.write_u8(0),
        Kind::Bool => state.write_u8(1 + u8::from(object.is_truthy()?)),
        Kind::Number => hash_number(object, &mut state)?,
        Kind::String => state.write_isize(raw::plain_str(object.cast::<PyString>()?)?.hash()?),
        Kind::Array => {
            let depth = deeper(depth)?;
            for element in object.cast::<PyList>()?.iter() {
                state.write_u64(hash(&element, hasher, depth)?);
            }
        }
        Kind::Object => {
            let depth = deeper(depth)?;
            // Members in another order make the same object: their hashes are added up.
            let mut sum = 0u64;
            for (key, value) in raw::items(&plain_dict(object)?) {
                sum =
                    sum.wrapping_add(hasher.hash_one((key.hash()?, hash(&value, hasher, depth)?)));
            }
            state.write_u64(sum);
        }
        // Sets of one size are few enough to be compared.
        Kind::Set => state.write_usize(object.len()?),
        Kind::Leaf => match object.hash() {
            Ok(hash) => state.write_isize(hash),
            // Without a hash its type is all that can be told beforehand: equal values have one.
            Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => {
                state.write_usize(object.get_type().as_ptr() as usize);
            }
            Err(error) => return Err(error),
        },
    }
    Ok(state.finish())
}

/// Feeds a hash with a number's value. Python's own hash of a large integer is its remainder by a
/// prime, for which many of one hash are easily written down.
fn hash_number(number: &Object<'_>, state: &mut impl Hasher) -> PyResult<()> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    let int = if let Ok(float) = number.cast::<PyFloat>() {
        let double = raw::double(float);
        if !double.is_finite() || double.fract() != 0.0 {
            state.write_u64(if double.is_nan() { u64::MAX } else { double.to_bits() });
            return Ok(());
        }
        if (-TWO_TO_63..TWO_TO_63).contains(&double) {
            #[expect(clippy::cast_possible_truncation, reason = "an integer within 64 bits")]
            state.write_i64(double as i64);
            return Ok(());
        }
        PyFloat::new(number.py(), double).call_method0("__int__")?.cast_into::<PyInt>()?
    } else {
        raw::plain_int(number.cast()?)?
    };
    if let Ok(small) = int.extract::<i64>() {
        state.write_i64(small);
        return Ok(());
    }
    let bits: usize = int.call_method0("bit_length")?.extract()?;
    let negative = int.lt(0)?;
    let magnitude = int.call_method0("__abs__")?;
    let bytes: Vec<u8> = magnitude.call_method1("to_bytes", (bits / 8 + 1, "little"))?.extract()?;
    state.write_u8(negative.into());
    state.write(&bytes);
    Ok(())
}
