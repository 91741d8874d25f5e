//! Borrowed handles to objects, for code during which no Python code runs.
//!
//! An [`Item`] holds no reference: it is good as long as nobody changes the container that it was found in. That is so while the
//! thread stays attached to an interpreter that has one lock for all, and nothing is called but what is written here: none of it runs
//! code that is written in Python, drops a reference, or makes an object that the garbage collector knows. [`Item::own`] turns a
//! handle into a reference before that ends.

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use pyo3::ffi;
use pyo3::prelude::*;

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
    unsafe fn at(object: *mut ffi::PyObject) -> Self {
        Self { object: unsafe { NonNull::new_unchecked(object) }, alive: PhantomData }
    }

    fn as_ptr(self) -> *mut ffi::PyObject {
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
    pub(super) fn sort(self) -> Sort {
        // SAFETY: the object is alive; of the types only the addresses are taken.
        unsafe {
            let class = ffi::Py_TYPE(self.as_ptr());
            if class == &raw mut ffi::PyUnicode_Type {
                Sort::Str
            } else if class == &raw mut ffi::PyLong_Type {
                Sort::Int
            } else if class == &raw mut ffi::PyDict_Type {
                Sort::Dict
            } else if class == &raw mut ffi::PyList_Type {
                Sort::List
            } else if class == &raw mut ffi::PyBool_Type || self.as_ptr() == ffi::Py_None() {
                Sort::Constant
            } else if class == &raw mut ffi::PyFloat_Type {
                Sort::Float
            } else {
                Sort::Other
            }
        }
    }

    /// Whether it is neither a container nor of another type, by which it might be one.
    #[inline]
    pub(super) fn is_scalar(self) -> bool {
        !matches!(self.sort(), Sort::Dict | Sort::List | Sort::Other)
    }

    /// Whether two values are the same, of which one is a scalar; `None` if none is, or another type
    /// is in the way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most of the time goes by in it")]
    pub(super) fn is_same_scalar(self, other: Self) -> Option<bool> {
        let sort = self.sort();
        if self == other {
            return (!matches!(sort, Sort::Dict | Sort::List | Sort::Other)).then_some(true);
        }
        let other_sort = other.sort();
        if sort != other_sort {
            return (sort != Sort::Other && other_sort != Sort::Other).then_some(false);
        }
        match sort {
            Sort::Str => Some(self.is_same_text(other)),
            Sort::Int => Some(self.is_same_integer(other)),
            Sort::Float => {
                let (double, other) = (self.double(), other.double());
                #[expect(clippy::float_cmp, reason = "by exact value is what is meant")]
                let is_same = double == other || double.is_nan() && other.is_nan();
                Some(is_same)
            }
            Sort::Constant => Some(false),
            Sort::Dict | Sort::List | Sort::Other => None,
        }
    }

    /// Whether an object of another type is a list or a dictionary by a subclass.
    pub(super) fn is_container_by_subclass(self) -> bool {
        let subclasses = ffi::Py_TPFLAGS_LIST_SUBCLASS | ffi::Py_TPFLAGS_DICT_SUBCLASS;
        // SAFETY: the object is alive, and so is its type.
        unsafe { ffi::PyType_GetFlags(ffi::Py_TYPE(self.as_ptr())) & subclasses != 0 }
    }

    /// Whether more than one reference to the object is counted: it may stand in several containers.
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
        Members { dict: self, position: 0, key: ptr::null_mut(), value: ptr::null_mut() }
    }

    /// Whether all keys of a dictionary are plain strings: to look one up then runs no Python code.
    pub(super) fn has_plain_keys(self) -> bool {
        let mut members = self.members();
        while members.step() {
            if members.key().sort() != Sort::Str {
                return false;
            }
        }
        true
    }

    /// The elements of a list.
    #[inline]
    pub(super) fn elements(self) -> impl ExactSizeIterator<Item = Self> {
        // SAFETY: the object is a list. Nobody changes it, so that all indexes stay good and the elements alive.
        let length = unsafe { ffi::PyList_Size(self.as_ptr()) };
        (0..usize::try_from(length).unwrap_or(0)).map(move |index| {
            // Lists are no longer than `Py_ssize_t` can tell.
            #[expect(clippy::cast_possible_wrap, reason = "it was one")]
            let index = index as ffi::Py_ssize_t;
            unsafe { Self::at(ffi::PyList_GetItem(self.as_ptr(), index)) }
        })
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
        // SAFETY: both are plain strings. The comparison fails only for want of memory, and only for strings that were made by an
        // interface which is long gone: such are taken for different.
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

    /// Whether two plain integers are one number.
    pub(super) fn is_same_integer(self, other: Self) -> bool {
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

/// A way through the members of a dictionary.
pub(super) struct Members<'s> {
    dict: Item<'s>,
    position: ffi::Py_ssize_t,
    /// The member that stands here, null before the first.
    key: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
}

impl<'s> Members<'s> {
    /// Goes to the next member; false if there is none.
    ///
    /// Key and value are then asked for one by one: to move both at once, right after they were
    /// written one by one, makes the processor wait.
    #[inline]
    pub(super) fn step(&mut self) -> bool {
        let (position, key, value) =
            (&raw mut self.position, &raw mut self.key, &raw mut self.value);
        // SAFETY: the object is a dictionary that nobody changes: what both pointers are set to stays
        // alive. They stay null, or as they were, if there is no next member.
        unsafe { ffi::PyDict_Next(self.dict.as_ptr(), position, key, value) != 0 }
    }

    /// The key of the member that stands here. Asked for only after a step.
    #[inline]
    pub(super) fn key(&self) -> Item<'s> {
        debug_assert!(!self.key.is_null());
        // SAFETY: a step has set it to an object that stays alive.
        unsafe { Item::at(self.key) }
    }

    /// The value of the member that stands here. Asked for only after a step.
    #[inline]
    pub(super) fn value(&self) -> Item<'s> {
        debug_assert!(!self.value.is_null());
        // SAFETY: as with the key.
        unsafe { Item::at(self.value) }
    }
}

impl<'s> Iterator for Members<'s> {
    type Item = (Item<'s>, Item<'s>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.step().then(|| (self.key(), self.value()))
    }
}
