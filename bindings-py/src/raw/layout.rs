//! How strings and dictionaries lie in memory, where that is known: reading them there takes a
//! fraction of the time of asking the interpreter for one thing after another.
//!
//! One build of this package serves all versions of Python through its stable interface, which has
//! a function for all that is read here. What the headers of one minor version lay down is as fixed
//! as that interface, since extension modules have it compiled in; only where a dictionary's
//! entries stand is an affair of the interpreter's own. So this file is used with the versions
//! below alone, on which the tests run, and only after [`learn`] has compared what it reads with
//! what the interpreter says. Elsewhere the answer to every question is `None`, and the interpreter
//! is asked.

use std::ffi::c_void;
use std::mem;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PyString, PyType};

use super::probe;

/// The minor versions of Python 3 of which the layout is known.
const KNOWN: std::ops::RangeInclusive<u8> = 11..=13;

/// Where the characters of an ASCII string begin; 0 as long as nothing is known.
static ASCII_AT: AtomicUsize = AtomicUsize::new(0);
/// Where those of any other string begin.
static WIDE_AT: AtomicUsize = AtomicUsize::new(0);

/// The tags of integers of one digit; 0 as long as nothing is known.
static POSITIVE: AtomicUsize = AtomicUsize::new(0);
static NEGATIVE: AtomicUsize = AtomicUsize::new(0);

/// The head of a string.
#[repr(C)]
struct Text {
    object: [usize; 2],
    length: usize,
    hash: isize,
    state: u32,
}

/// Bits of a string's state: bytes per character, whether they follow upon the head, and whether
/// all are ASCII.
const KIND_SHIFT: u32 = 2;
const COMPACT: u32 = 1 << 5;
const ASCII: u32 = 1 << 6;
const FORM: u32 = 0b111 << KIND_SHIFT | COMPACT | ASCII;

/// The head of an integer, with the lowest of its digits.
#[repr(C)]
struct Int {
    object: [usize; 2],
    /// Sign and number of digits.
    tag: usize,
    digit: u32,
}

#[repr(C)]
struct List {
    object: [usize; 2],
    length: usize,
    elements: *const *mut ffi::PyObject,
}

#[repr(C)]
struct Dict {
    object: [usize; 2],
    used: isize,
    version: u64,
    keys: *const Keys,
    /// Null, unless the values stand apart from the keys.
    values: *const c_void,
}

/// The head of a dictionary's table, upon which an index and then the entries follow.
#[repr(C)]
struct Keys {
    references: isize,
    log2_size: u8,
    log2_index_bytes: u8,
    kind: u8,
    version: u32,
    usable: isize,
    entries: usize,
}

/// The kind of a table in which all keys are plain strings, so that no hashes stand beside them.
const PLAIN_STRINGS: u8 = 1;

/// A place for a member.
#[repr(C)]
pub(super) struct Entry {
    pub(super) key: *mut ffi::PyObject,
    /// Null where a member was removed.
    pub(super) value: *mut ffi::PyObject,
}

/// Whether two plain strings have one content.
///
/// # Safety
/// Both must be plain strings.
#[inline]
pub(super) unsafe fn is_same_text(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> Option<bool> {
    let ascii_at = ASCII_AT.load(Ordering::Relaxed);
    if ascii_at == 0 {
        return None;
    }
    // SAFETY: the layout is known, so that strings begin like this.
    let (one, other) = unsafe { (&*a.cast::<Text>(), &*b.cast::<Text>()) };
    let (form, other_form) = (one.state & FORM, other.state & FORM);
    if form & other_form & COMPACT == 0 {
        return None;
    }
    // A string is never wider than its characters need.
    if one.length != other.length || form != other_form {
        return Some(false);
    }
    let (at, size) = if form & ASCII != 0 {
        (ascii_at, one.length)
    } else {
        (WIDE_AT.load(Ordering::Relaxed), one.length * (form >> KIND_SHIFT & 0b111) as usize)
    };
    // SAFETY: so many characters of that width follow upon the head of a compact string.
    unsafe {
        let one = slice::from_raw_parts(a.cast::<u8>().add(at), size);
        Some(are_equal(one, slice::from_raw_parts(b.cast::<u8>().add(at), size)))
    }
}

/// Whether two slices of one length are equal. Most names are shorter than it takes to call for
/// help.
#[inline]
fn are_equal(a: &[u8], b: &[u8]) -> bool {
    match a.len() {
        0 => true,
        1..4 => [0, a.len() / 2, a.len() - 1].iter().all(|&at| a[at] == b[at]),
        4..8 => ends::<4>(a) == ends::<4>(b),
        8..=16 => ends::<8>(a) == ends::<8>(b),
        _ => a == b,
    }
}

/// The first and the last bytes, which are all there are in a slice of at most twice as many.
#[inline]
fn ends<const N: usize>(bytes: &[u8]) -> (Option<&[u8; N]>, Option<&[u8; N]>) {
    (bytes.first_chunk(), bytes.last_chunk())
}

/// Whether two plain integers are one number.
///
/// # Safety
/// Both must be plain integers.
#[inline]
pub(super) unsafe fn is_same_integer(a: *mut ffi::PyObject, b: *mut ffi::PyObject) -> Option<bool> {
    let (positive, negative) = (POSITIVE.load(Ordering::Relaxed), NEGATIVE.load(Ordering::Relaxed));
    if positive == 0 {
        return None;
    }
    // SAFETY: the layout is known, so that integers begin like this.
    let (one, other) = unsafe { (&*a.cast::<Int>(), &*b.cast::<Int>()) };
    if one.tag != other.tag {
        return Some(false);
    }
    (one.tag == positive || one.tag == negative).then_some(one.digit == other.digit)
}

/// The elements of a list.
///
/// # Safety
/// It must be a list that nobody changes during `'s`.
#[inline]
pub(super) unsafe fn elements<'s>(list: *mut ffi::PyObject) -> Option<&'s [*mut ffi::PyObject]> {
    if ASCII_AT.load(Ordering::Relaxed) == 0 {
        return None;
    }
    // SAFETY: the layout is known, so that lists are like this. An empty one may have no elements.
    unsafe {
        let list = &*list.cast::<List>();
        if list.length == 0 {
            return Some(&[]);
        }
        Some(slice::from_raw_parts(list.elements, list.length))
    }
}

/// The entries of a dictionary in their order, if its keys are plain strings.
///
/// # Safety
/// It must be a dictionary that nobody changes during `'s`.
#[inline]
pub(super) unsafe fn entries<'s>(dict: *mut ffi::PyObject) -> Option<&'s [Entry]> {
    if ASCII_AT.load(Ordering::Relaxed) == 0 {
        return None;
    }
    // SAFETY: the layout is known, so that dictionaries and their tables are like this.
    unsafe {
        let dict = &*dict.cast::<Dict>();
        let keys = &*dict.keys;
        if keys.kind != PLAIN_STRINGS || !dict.values.is_null() {
            return None;
        }
        if keys.entries == 0 {
            // The table that all empty dictionaries share does not say where entries would be.
            return Some(&[]);
        }
        let at = mem::size_of::<Keys>() + (1 << keys.log2_index_bytes);
        let first = dict.keys.byte_add(at).cast::<Entry>();
        Some(slice::from_raw_parts(first, keys.entries))
    }
}

/// Finds out whether the layout is known; before that, and if it is not, nothing is read by it.
pub(crate) fn learn(py: Python<'_>) -> PyResult<()> {
    let version = py.version_info();
    let is_known = version.major == 3 && KNOWN.contains(&version.minor);
    if !is_known || !super::HAS_ONE_LOCK || cfg!(target_endian = "big") {
        return Ok(());
    }
    let size_of = |class: Bound<'_, PyType>| class.getattr("__basicsize__")?.extract::<usize>();
    if size_of(py.get_type::<PyDict>())? != mem::size_of::<Dict>()
        || size_of(py.get_type::<PyInt>())? != mem::offset_of!(Int, digit)
        // A list knows for how many elements it has room, too.
        || size_of(py.get_type::<PyList>())? != mem::size_of::<List>() + mem::size_of::<usize>()
    {
        return Ok(());
    }
    // A string that does not hold its characters itself ends with a pointer to them.
    let wide_at = size_of(py.get_type::<PyString>())? - mem::size_of::<usize>();
    let text = PyString::new(py, "a text that is like no other");
    let ascii_at = (text.to_str()?.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    if ascii_at < mem::size_of::<Text>() || ascii_at >= wide_at {
        return Ok(());
    }
    WIDE_AT.store(wide_at, Ordering::Relaxed);
    ASCII_AT.store(ascii_at, Ordering::Relaxed);
    let [positive, negative] = [9753, -9753].map(|number: i32| {
        let Ok(int) = number.into_pyobject(py);
        // SAFETY: integers begin like this.
        unsafe { (*int.as_ptr().cast::<Int>()).tag }
    });
    POSITIVE.store(positive, Ordering::Relaxed);
    NEGATIVE.store(negative, Ordering::Relaxed);
    if !probe::reads_rightly(py)? {
        ASCII_AT.store(0, Ordering::Relaxed);
        POSITIVE.store(0, Ordering::Relaxed);
    }
    Ok(())
}
