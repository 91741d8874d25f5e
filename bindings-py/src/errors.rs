//! The package's exceptions, which are defined in Python, from the core's errors.

use std::fmt::Write as _;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use session_merge::{BoxError, Error, Input, Pointer};

use crate::report::Conflict;
use crate::strings;

/// Makes an instance of one of the exceptions of `session_merge._errors`; if that fails, the
/// failure is the exception.
macro_rules! exception {
    ($py:expr, $name:literal, $arguments:expr) => {{
        static TYPE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        TYPE.import($py, "session_merge._errors", $name)
            .and_then(|class| class.call1($arguments))
            .map_or_else(|error| error, PyErr::from_value)
    }};
}

/// A refused rule set.
pub(crate) fn rules_error(py: Python<'_>, pattern: &str, message: &str) -> PyErr {
    exception!(py, "RulesError", (message, pattern))
}

/// A container that is nested too deep, in an input or in a document embedded in one.
pub(crate) fn depth_error(
    py: Python<'_>,
    input: Option<Input>,
    pointer: &Pointer,
    max_depth: usize,
) -> PyErr {
    let name = input.map_or("an embedded document", Input::as_str);
    let message = format!("{name} is nested deeper than {max_depth} at \"{pointer}\"");
    match strings::string(py, pointer.as_bytes()) {
        Ok(pointer) => {
            exception!(py, "DepthError", (message, input.map(Input::as_str), pointer))
        }
        Err(error) => error,
    }
}

/// Conflicts under `fail`, with the complete report.
pub(crate) fn merge_conflict(py: Python<'_>, conflicts: Vec<Conflict>) -> PyErr {
    let mut message = String::from("conflicts that the rules do not allow:");
    let failed = conflicts.iter().filter(|conflict| conflict.winner.is_none());
    for (index, conflict) in failed.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(message, "{comma} {} at \"{}\"", conflict.kind, conflict.pointer);
    }
    exception!(py, "MergeConflict", (message, conflicts))
}

/// What a function that decides conflicts did wrong: the exception it raised, or that its answer is
/// of no use.
pub(crate) fn resolver_error(error: BoxError) -> PyErr {
    match error.downcast::<PyErr>() {
        Ok(raised) => *raised,
        Err(error) => PyTypeError::new_err(error.to_string()),
    }
}

/// An error of a merge of texts, conflicts apart.
pub(crate) fn text_error(py: Python<'_>, error: &Error, max_depth: usize) -> PyErr {
    if let (true, Some(pointer)) = (error.is_depth(), error.pointer()) {
        return depth_error(py, error.input(), pointer, max_depth);
    }
    if error.is_json() {
        let input = error.input().map(Input::as_str);
        return exception!(
            py,
            "JSONError",
            (error.to_string(), input, error.line(), error.column())
        );
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<PyErr>()) {
        Some(raised) => raised.clone_ref(py),
        None => PyTypeError::new_err(source.map_or_else(|| error.to_string(), ToString::to_string)),
    }
}
