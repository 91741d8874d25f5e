//! The data model over live Python objects: nothing is converted, and what did not change comes
//! back as the same object.
//!
//! Reading an object can run code of the user's (`__eq__`, `__hash__`, `__str__`), which may raise,
//! and may change the very containers that are being read. So members are listed before any such
//! code runs, and what is held is always a reference of one's own.

mod alike;
mod depth;
mod members;

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::hash::RandomState;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};
use session_merge::model::{Computed, Joined, Kind, Model, Number, Plan};
use session_merge::{BoxError, Resolver};

pub(crate) use depth::too_deep;
use members::Run;

use crate::{errors, raw, report, rules, strings};

/// Documents as Python objects.
pub(crate) struct Live<'py, 'f> {
    py: Python<'py>,
    /// The functions that decide conflicts, each at its resolver's tag.
    functions: &'f [Py<PyAny>],
    hasher: RandomState,
    /// What mine changed, as far as it is known already.
    changes: RefCell<raw::Changes<'py>>,
}

/// A value, and the name of a member.
type Object<'py> = Bound<'py, PyAny>;

impl<'py, 'f> Live<'py, 'f> {
    pub(crate) fn new(py: Python<'py>, functions: &'f [Py<PyAny>]) -> Self {
        Self { py, functions, hasher: RandomState::new(), changes: RefCell::default() }
    }

    /// Reads base, theirs and mine once. The answer is whether one may be nested deeper than
    /// `max_depth`, of which [`too_deep`] is sure.
    pub(crate) fn may_be_too_deep(
        &self,
        [base, theirs, mine]: [&Object<'py>; 3],
        max_depth: usize,
    ) -> PyResult<bool> {
        if !raw::HAS_ONE_LOCK {
            return Ok(true);
        }
        let mut changes = raw::Changes::default();
        changes.find(base, mine, max_depth);
        changes.check_depth(theirs, max_depth);
        let mut is_too_deep = changes.is_too_deep;
        for (container, depth) in std::mem::take(&mut changes.unread) {
            is_too_deep = is_too_deep || too_deep(&container, max_depth + 1 - depth)?.is_some();
        }
        self.changes.replace(changes);
        Ok(is_too_deep)
    }
}

/// What sort of value an object is.
fn kind(object: &Object<'_>) -> Kind {
    // The builtin types themselves first: they are nearly all there is, and recognised by one
    // comparison each.
    if object.is_exact_instance_of::<PyString>() {
        Kind::String
    } else if object.is_exact_instance_of::<PyInt>() {
        Kind::Number
    } else if object.is_exact_instance_of::<PyDict>() {
        Kind::Object
    } else if object.is_exact_instance_of::<PyList>() {
        Kind::Array
    } else if object.is_exact_instance_of::<PyBool>() {
        Kind::Bool
    } else if object.is_none() {
        Kind::Null
    } else if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        Kind::Number
    } else if object.is_instance_of::<PyString>() {
        Kind::String
    } else if object.is_instance_of::<PyDict>() {
        Kind::Object
    } else if object.is_instance_of::<PyList>() {
        Kind::Array
    } else if object.is_instance_of::<PySet>() || object.is_instance_of::<PyFrozenSet>() {
        Kind::Set
    } else {
        Kind::Leaf
    }
}

/// A dictionary as a plain one, as `dict(…)` sees it: a subclass may have an order of its own.
fn plain_dict<'py>(object: &Object<'py>) -> PyResult<Bound<'py, PyDict>> {
    let dict = object.cast::<PyDict>()?;
    if object.is_exact_instance_of::<PyDict>() { Ok(dict.clone()) } else { dict.copy() }
}

/// The name of a member as patterns and pointers see it.
fn name<'s>(key: &'s Object<'_>) -> PyResult<Cow<'s, [u8]>> {
    match key.cast::<PyString>() {
        Ok(key) => strings::content(key),
        Err(_) => Ok(Cow::Owned(strings::content(&key.str()?)?.into_owned())),
    }
}

/// A number's JSON text.
fn number_text(number: &Object<'_>) -> PyResult<Vec<u8>> {
    let text = match number.cast::<PyFloat>() {
        Ok(float) => match raw::double(float) {
            double if double.is_nan() => return Ok(b"NaN".to_vec()),
            f64::INFINITY => return Ok(b"Infinity".to_vec()),
            f64::NEG_INFINITY => return Ok(b"-Infinity".to_vec()),
            double => PyFloat::new(number.py(), double).repr()?,
        },
        Err(_) => raw::plain_int(number.cast()?)?.str()?,
    };
    Ok(strings::content(&text)?.into_owned())
}

impl<'py> Model for Live<'py, '_> {
    type Node = Object<'py>;
    type Key = Object<'py>;
    type Run = Run<'py>;
    type Value = Object<'py>;
    type Error = PyErr;

    fn kind(&self, node: &Object<'py>) -> PyResult<Kind> {
        Ok(kind(node))
    }

    fn same(&self, a: &Object<'py>, b: &Object<'py>) -> PyResult<bool> {
        alike::same(a, b)
    }

    fn is_one(&self, a: &Object<'py>, b: &Object<'py>) -> bool {
        a.is(b)
    }

    fn equal(&self, a: &Object<'py>, b: &Object<'py>) -> PyResult<bool> {
        alike::equal(a, b)
    }

    fn digest(&self, node: &Object<'py>) -> PyResult<u64> {
        alike::digest(node, &self.hasher)
    }

    fn order(&self, a: &Object<'py>, b: &Object<'py>) -> PyResult<Option<Ordering>> {
        alike::order(a, b)
    }

    fn number(&self, node: &Object<'py>) -> PyResult<Option<Number>> {
        if let Ok(float) = node.cast::<PyFloat>() {
            let double = raw::double(float);
            return Ok(double.is_finite().then_some(Number::Double(double)));
        }
        match node.cast::<PyInt>() {
            Ok(int) if kind(node) == Kind::Number => {
                let int = raw::plain_int(int)?;
                // An integer too large for a double is so for any sum of doubles.
                let wide = || int.extract().unwrap_or(f64::INFINITY);
                Ok(Some(int.extract().map_or_else(|_| Number::Wide(wide()), Number::Integer)))
            }
            _ => Ok(None),
        }
    }

    fn string<'s>(&'s self, node: &'s Object<'py>) -> PyResult<Cow<'s, [u8]>> {
        strings::content(node.cast()?)
    }

    fn label(&self, node: &Object<'py>) -> PyResult<Option<Vec<u8>>> {
        Ok(match kind(node) {
            Kind::Null => Some(b"null".to_vec()),
            Kind::Bool => {
                Some(if node.is_truthy()? { b"true".to_vec() } else { b"false".to_vec() })
            }
            Kind::Number => Some(number_text(node)?),
            Kind::String => Some(strings::content(node.cast()?)?.into_owned()),
            Kind::Array | Kind::Object | Kind::Set | Kind::Leaf => None,
        })
    }

    fn name<'s>(&'s self, key: &'s Object<'py>) -> PyResult<Cow<'s, [u8]>> {
        name(key)
    }

    fn member(&self, object: &Object<'py>, member: &str) -> PyResult<Option<Object<'py>>> {
        let dict = plain_dict(object)?;
        if let Some(value) = dict.get_item(member)? {
            return Ok(Some(value));
        }
        // A key that is no string has a name all the same.
        for (key, value) in raw::items(&dict) {
            if !key.is_instance_of::<PyString>() && *name(&key)? == *member.as_bytes() {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn elements(&self, list: &Object<'py>) -> PyResult<Vec<Object<'py>>> {
        match list.cast::<PyList>() {
            Ok(list) => Ok(list.iter().collect()),
            Err(_) => list.try_iter()?.collect(),
        }
    }

    fn join(
        &self,
        base: Option<&Object<'py>>,
        theirs: &Object<'py>,
        mine: &Object<'py>,
        whole: bool,
    ) -> PyResult<Vec<Joined<Self>>> {
        self.join_members(base, theirs, mine, whole)
    }

    fn only_mine_changed(
        &self,
        base: &Object<'py>,
        theirs: &Object<'py>,
        mine: &Object<'py>,
    ) -> PyResult<bool> {
        Ok(self.has_only_mine_changed(base, theirs, mine))
    }

    fn is_kept(&self, run: &Run<'py>) -> PyResult<bool> {
        self.has_kept(run)
    }

    fn empty(&self, like: &Object<'py>) -> Option<Object<'py>> {
        match kind(like) {
            Kind::Array => Some(PyList::empty(self.py).into_any()),
            Kind::Object => Some(PyDict::new(self.py).into_any()),
            Kind::Set => self.collection(like, &[]).ok(),
            _ => None,
        }
    }

    fn computed(&self, number: Computed<'_>) -> PyResult<Option<Object<'py>>> {
        Ok(Some(match number {
            Computed::Integer(integer) => integer.into_pyobject(self.py)?.into_any(),
            // Adding zero turns −0.0 into 0.0, which is how a computed double is written.
            Computed::Double(double) => PyFloat::new(self.py, double + 0.0).into_any(),
            Computed::Bound(bound) => rules::number(self.py, bound)?,
        }))
    }

    fn text(&self, content: Vec<u8>) -> PyResult<Object<'py>> {
        Ok(strings::string(self.py, &content)?.into_any())
    }

    fn resolve(
        &self,
        resolver: &Resolver,
        base: Option<Object<'py>>,
        theirs: Object<'py>,
        mine: Object<'py>,
    ) -> PyResult<Object<'py>> {
        let function = self.functions.get(resolver.tag()).ok_or_else(|| {
            PyTypeError::new_err("the function that decides a conflict is not known")
        })?;
        let base = match base {
            Some(base) => base,
            None => report::missing(self.py)?.into_any(),
        };
        function.bind(self.py).call1(PyTuple::new(self.py, [base, theirs, mine])?)
    }

    fn build(&self, plan: &Plan<Self>) -> PyResult<Object<'py>> {
        Ok(match plan {
            Plan::Missing => report::missing(self.py)?.into_any(),
            Plan::Take(node) => node.clone(),
            Plan::Object(object) => {
                if let Some(node) = &object.verbatim {
                    return Ok(node.clone());
                }
                self.build_members(&object.members)?.into_any()
            }
            Plan::Array(elements) => {
                let list = PyList::empty(self.py);
                for plan in elements {
                    list.append(self.build(plan)?)?;
                }
                list.into_any()
            }
            Plan::Set { like, elements } => self.collection(like, elements)?,
        })
    }

    fn import(&self, json: String) -> PyResult<Object<'py>> {
        rules::parse(self.py, &json)
    }

    fn resolver_error(&self, error: BoxError) -> PyErr {
        errors::resolver_error(error)
    }
}

impl<'py> Live<'py, '_> {
    /// A set, or a frozen one if `like` is, of these elements.
    fn collection(&self, like: &Object<'py>, elements: &[Object<'py>]) -> PyResult<Object<'py>> {
        Ok(if like.is_instance_of::<PyFrozenSet>() {
            PyFrozenSet::new(self.py, elements)?.into_any()
        } else {
            PySet::new(self.py, elements)?.into_any()
        })
    }
}
