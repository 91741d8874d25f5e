//! Borrowed handles to objects, for code during which no Python code runs.
//!
//! An [`Item`] holds no reference: it is good as long as nobody changes the container that it was
//! found in. That is so while the thread stays attached to an interpreter that has one lock for
//! all, and nothing is called but what is written here: none of it runs code that is written in
//! Python, drops a reference, or makes an object that the garbage collector knows. [`Item::own`]
//! turns a handle into a reference before that ends.

use std::marker::PhantomData;
use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

use super::elements::Elements;
use super::layout;
use super::members::Members;

/// A borrowed object.
#[derive(Clone, Copy)]
pub(super) struct Item<'s> {
    object: NonNull<ffi::PyObject>,
    alive: PhantomData<&'s ()>,
}

/// The exact type of an object, as far as documents are made of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Str,
    Int,
    Float,
    /// `None`, `True` and `False`, of which there is one object each.
    Constant,
    Dict,
    List,
    /// Any other type, subclasses of these included.
    Other,
}

impl PartialEq for Item<'_> {
    /// Whether two are one object.
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object
    }
}

impl<'s> Item<'s> {
    pub(super) fn of(object: &'s Bound<'_, PyAny>) -> Self {
        // SAFETY: the reference keeps the object alive.
        unsafe { Self::at(object.as_ptr()) }
    }

    /// # Safety
    /// The pointer must be to an object that stays alive for `'s`.
    #[inline]
    pub(super) unsafe fn at(object: *mut ffi::PyObject) -> Self {
        Self { object: unsafe { NonNull::new_unchecked(object) }, alive: PhantomData }
    }

    #[inline]
    pub(super) fn as_ptr(self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// A reference of one's own.
    pub(super) fn own(self, py: Python<'_>) -> Bound<'_, PyAny> {
        // SAFETY: the object is alive, as the module's page says of all that follows, too.
        unsafe { Bound::from_borrowed_ptr(py, self.as_ptr()) }
    }

    pub(super) fn address(self) -> usize {
        self.as_ptr() as usize
    }

    #[inline]
    fn class(self) -> *mut ffi::PyTypeObject {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_TYPE(self.as_ptr()) }
    }

    #[inline]
    pub(super) fn sort(self) -> Sort {
        let class = self.class();
        // Of the types only the addresses are taken.
        if class == &raw mut ffi::PyUnicode_Type {
            Sort::Str
        } else if class == &raw mut ffi::PyLong_Type {
            Sort::Int
        } else if class == &raw mut ffi::PyDict_Type {
            Sort::Dict
        } else if class == &raw mut ffi::PyList_Type {
            Sort::List
        } else if class == &raw mut ffi::PyBool_Type || self.is_none() {
            Sort::Constant
        } else if class == &raw mut ffi::PyFloat_Type {
            Sort::Float
        } else {
            Sort::Other
        }
    }

    /// The sort of two objects of one type.
    #[inline]
    pub(super) fn sort_if_shared(self, other: Self) -> Option<Sort> {
        (self.class() == other.class()).then(|| self.sort())
    }

    #[inline]
    fn is_none(self) -> bool {
        // SAFETY: the thread is attached.
        self.as_ptr() == unsafe { ffi::Py_None() }
    }

    /// Whether it is neither a container nor of another type, by which it might be one.
    #[inline]
    pub(super) fn is_scalar(self) -> bool {
        !matches!(self.sort(), Sort::Dict | Sort::List | Sort::Other)
    }

    /// Whether two values are the same, of which one is a scalar; `None` if none is, or another
    /// type is in the way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most of the time goes by in it")]
    pub(super) fn is_same_scalar(self, other: Self) -> Option<bool> {
        let sort = self.sort();
        if self.class() != other.class() {
            let is_known = sort != Sort::Other && other.sort() != Sort::Other;
            return is_known.then_some(false);
        }
        match sort {
            Sort::Str => Some(self == other || self.is_same_text(other)),
            Sort::Int => Some(self == other || self.is_same_integer(other)),
            Sort::Constant => Some(self == other),
            Sort::Float => {
                let (double, other) = (self.double(), other.double());
                #[expect(clippy::float_cmp, reason = "by exact value is what is meant")]
                let is_same = double == other || double.is_nan() && other.is_nan();
                Some(is_same)
            }
            Sort::Dict | Sort::List | Sort::Other => None,
        }
    }

    /// Whether an object of another type is a list or a dictionary by a subclass.
    pub(super) fn is_container_by_subclass(self) -> bool {
        let subclasses = ffi::Py_TPFLAGS_LIST_SUBCLASS | ffi::Py_TPFLAGS_DICT_SUBCLASS;
        // SAFETY: the object is alive, and so is its type.
        unsafe { ffi::PyType_GetFlags(ffi::Py_TYPE(self.as_ptr())) & subclasses != 0 }
    }

    /// Whether more than one reference to the object is counted: it may stand in several
    /// containers.
    pub(super) fn is_shared(self) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_REFCNT(self.as_ptr()) > 1 }
    }

    /// Whether the garbage collector does not look into the container, which then holds no other.
    pub(super) fn is_flat(self) -> bool {
        // SAFETY: the object is alive; any object may be asked about.
        unsafe { ffi::PyObject_GC_IsTracked(self.as_ptr()) == 0 }
    }

    /// The number of a dictionary's members.
    pub(super) fn count(self) -> ffi::Py_ssize_t {
        // SAFETY: the object is a dictionary: else the answer is −1.
        unsafe { ffi::PyDict_Size(self.as_ptr()) }
    }

    /// The members of a dictionary.
    #[inline]
    pub(super) fn members(self) -> Members<'s> {
        Members::of(self)
    }

    /// Whether all keys of a dictionary are plain strings: to look one up then runs no Python code.
    pub(super) fn has_plain_keys(self) -> bool {
        let mut members = self.members();
        members.have_plain_keys() || members.all(|(key, _)| key.sort() == Sort::Str)
    }

    /// The elements of a list.
    #[inline]
    pub(super) fn elements(self) -> Elements<'s> {
        Elements::of(self)
    }

    /// The member of a dictionary whose keys are all plain strings, as this one is.
    pub(super) fn member(self, key: Self) -> Option<Self> {
        // SAFETY: hashing and comparing plain strings runs no Python code and cannot fail.
        unsafe {
            let value = ffi::PyDict_GetItemWithError(self.as_ptr(), key.as_ptr());
            if value.is_null() { None } else { Some(Self::at(value)) }
        }
    }

    /// Whether two plain strings have one content.
    #[inline]
    pub(super) fn is_same_text(self, other: Self) -> bool {
        // SAFETY: both are plain strings.
        unsafe { layout::is_same_text(self.as_ptr(), other.as_ptr()) }
            .unwrap_or_else(|| self.asked_is_same_text(other))
    }

    #[cold]
    fn asked_is_same_text(self, other: Self) -> bool {
        // SAFETY: both are plain strings. The comparison fails only for want of memory, and only
        // for strings that were made by an interface which is long gone: such are taken for
        // different.
        unsafe {
            match ffi::PyUnicode_Compare(self.as_ptr(), other.as_ptr()) {
                0 => true,
                1 => false,
                _ => {
                    if !ffi::PyErr_Occurred().is_null() {
                        ffi::PyErr_Clear();
                    }
                    false
                }
            }
        }
    }

    /// Whether two keys of dictionaries that have plain keys are one, or equal.
    #[inline]
    pub(super) fn is_same_plain(self, other: Self) -> bool {
        self == other || self.is_same_text(other)
    }

    /// Whether two plain integers are one number.
    #[inline]
    pub(super) fn is_same_integer(self, other: Self) -> bool {
        // SAFETY: both are plain integers.
        unsafe { layout::is_same_integer(self.as_ptr(), other.as_ptr()) }
            .unwrap_or_else(|| self.asked_is_same_integer(other))
    }

    #[cold]
    fn asked_is_same_integer(self, other: Self) -> bool {
        let (mut overflow, mut other_overflow) = (0, 0);
        // SAFETY: both are plain integers, of which reading and comparing cannot fail.
        unsafe {
            let value = ffi::PyLong_AsLongLongAndOverflow(self.as_ptr(), &raw mut overflow);
            let other_value =
                ffi::PyLong_AsLongLongAndOverflow(other.as_ptr(), &raw mut other_overflow);
            if overflow == 0 || other_overflow == 0 {
                return overflow == other_overflow && value == other_value;
            }
            let answer = ffi::PyObject_RichCompare(self.as_ptr(), other.as_ptr(), ffi::Py_EQ);
            let is_same = answer == ffi::Py_True();
            // One of the two constants: giving it back frees nothing.
            ffi::Py_XDECREF(answer);
            is_same
        }
    }

    /// The value of a plain float.
    pub(super) fn double(self) -> f64 {
        // SAFETY: the object is a float.
        unsafe { ffi::PyFloat_AsDouble(self.as_ptr()) }
    }
}
