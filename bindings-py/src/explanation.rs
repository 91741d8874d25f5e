//! What a rule set says of one place, as Python objects.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
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

/// A function is given as itself, whatever number it has in the core.
fn said<'py>(py: Python<'py>, rules: &Rules, said: Said) -> PyResult<Bound<'py, PyAny>> {
    static SAID: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let function = said.value.get("resolver").and_then(serde_json::Value::as_u64);
    let function = function.and_then(|tag| rules.functions.get(usize::try_from(tag).ok()?));
    let value = match function {
        Some(function) => function.bind(py).clone(),
        None => rules::parse(py, &said.value.to_string())?,
    };
    SAID.import(py, "session_merge._explanation", "Said")?.call1((value, said.pattern))
}
