//! What a rule set says of one place, as Python objects.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use serde_json::Value;
use session_merge::{Explanation, Pointer, Said};

use crate::rules::{self, Rules};

/// The `session_merge.Explanation` of a place.
pub(crate) fn explain<'py>(
    py: Python<'py>,
    rules: &Rules,
    pointer: &Pointer,
) -> PyResult<Bound<'py, PyAny>> {
    static EXPLANATION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let Explanation { merge, conflict, delete, group, .. } = rules.compiled.explain(pointer);
    let said = |said| self::said(py, rules, said);
    EXPLANATION.import(py, "session_merge._explanation", "Explanation")?.call1((
        said(merge)?,
        said(conflict)?,
        said(delete)?,
        group,
    ))
}

fn said<'py>(py: Python<'py>, rules: &Rules, said: Said) -> PyResult<Bound<'py, PyAny>> {
    static SAID: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let value = value(py, rules, &said.value)?;
    SAID.import(py, "session_merge._explanation", "Said")?.call1((value, said.pattern))
}

/// What a rule says. A function is given as itself, whatever number it has in the core; it may
/// stand in the rule for the root of an embedded document.
fn value<'py>(py: Python<'py>, rules: &Rules, json: &Value) -> PyResult<Bound<'py, PyAny>> {
    let Value::Object(fields) = json else {
        return rules::parse(py, &json.to_string());
    };
    let tag = fields.get("resolver").and_then(Value::as_u64);
    let function = tag.and_then(|tag| rules.functions.get(usize::try_from(tag).ok()?));
    if let Some(function) = function {
        return Ok(function.bind(py).clone());
    }
    let members = PyDict::new(py);
    for (name, member) in fields {
        members.set_item(name, value(py, rules, member)?)?;
    }
    Ok(members.into_any())
}
