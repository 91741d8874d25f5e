//! What a merge gives back.

use std::borrow::Cow;
use std::sync::OnceLock;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use session_merge::Pointer;
use session_merge::model::{Failure, Operation, Plan, edits};

use crate::live::Live;
use crate::{errors, rules, strings};

/// The type of `MISSING`.
#[pyclass(frozen, module = "session_merge")]
pub(crate) struct Missing;

#[pymethods]
impl Missing {
    #[expect(clippy::unused_self, reason = "Python passes it")]
    fn __bool__(&self) -> bool {
        false
    }

    #[expect(clippy::unused_self, reason = "Python passes it")]
    fn __repr__(&self) -> &'static str {
        "MISSING"
    }

    /// The name under which pickle finds the one instance; `copy` gives it too.
    #[expect(clippy::unused_self, reason = "Python passes it")]
    fn __reduce__(&self) -> &'static str {
        "MISSING"
    }
}

/// The one instance of [`Missing`].
pub(crate) fn missing(py: Python<'_>) -> PyResult<Bound<'_, Missing>> {
    static MISSING: PyOnceLock<Py<Missing>> = PyOnceLock::new();
    Ok(MISSING.get_or_try_init(py, || Py::new(py, Missing))?.bind(py).clone())
}

/// One record of a merge's report.
#[pyclass(frozen, module = "session_merge")]
pub(crate) struct Conflict {
    pub(crate) pointer: Pointer,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) winner: Option<Cow<'static, str>>,
    base: Option<Py<PyAny>>,
    theirs: Option<Py<PyAny>>,
    mine: Option<Py<PyAny>>,
}

#[pymethods]
impl Conflict {
    /// For pickle: records are made by merges.
    #[new]
    fn new(
        pointer: &Bound<'_, PyString>,
        kind: String,
        winner: Option<String>,
        base: &Bound<'_, PyAny>,
        theirs: &Bound<'_, PyAny>,
        mine: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let value = |value: &Bound<'_, PyAny>| {
            (!value.is_instance_of::<Missing>()).then(|| value.clone().unbind())
        };
        Ok(Self {
            pointer: parse_pointer(&strings::content(pointer)?),
            kind: kind.into(),
            winner: winner.map(Cow::Owned),
            base: value(base),
            theirs: value(theirs),
            mine: value(mine),
        })
    }

    /// Where: a JSON Pointer (RFC 6901), in full.
    #[getter]
    fn pointer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        strings::string(py, self.pointer.as_bytes())
    }

    /// What met, theirs first.
    #[getter]
    fn kind(&self) -> &str {
        &self.kind
    }

    /// Who won; None where the rules say `fail`.
    #[getter]
    fn winner(&self) -> Option<&str> {
        self.winner.as_deref()
    }

    /// What base had, or MISSING; from `merge_json` as JSON text.
    #[getter]
    fn base<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value_or_missing(py, self.base.as_ref())
    }

    /// What theirs had, or MISSING; from `merge_json` as JSON text.
    #[getter]
    fn theirs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value_or_missing(py, self.theirs.as_ref())
    }

    /// What mine had, or MISSING; from `merge_json` as JSON text.
    #[getter]
    fn mine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value_or_missing(py, self.mine.as_ref())
    }

    /// The place as it may be printed, the kind and the winner; never a value.
    fn __repr__(&self) -> String {
        let winner = self.winner.as_deref().unwrap_or("None");
        format!("Conflict({} at \"{}\", winner {winner})", self.kind, self.pointer)
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let record = slf.get();
        let fields = [
            record.pointer(py)?.into_any(),
            record.kind().into_pyobject(py)?.into_any(),
            record.winner().into_pyobject(py)?.into_any(),
            record.base(py)?,
            record.theirs(py)?,
            record.mine(py)?,
        ];
        Ok((slf.get_type().into_any(), PyTuple::new(py, fields)?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        [&self.base, &self.theirs, &self.mine].into_iter().try_for_each(|value| visit.call(value))
    }
}

impl Conflict {
    /// A core's record with its values turned into Python's.
    pub(crate) fn from_core<V>(
        record: &session_merge::Conflict<V>,
        convert: impl Fn(&V) -> Py<PyAny>,
    ) -> Self {
        Self {
            pointer: record.pointer.clone(),
            kind: record.kind.as_str().into(),
            winner: record.winner.map(|winner| winner.as_str().into()),
            base: record.base.as_ref().map(&convert),
            theirs: record.theirs.as_ref().map(&convert),
            mine: record.mine.as_ref().map(&convert),
        }
    }
}

fn value_or_missing<'py>(
    py: Python<'py>,
    value: Option<&Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Some(value) => Ok(value.bind(py).clone()),
        None => Ok(missing(py)?.into_any()),
    }
}

/// A pointer from its full text.
pub(crate) fn parse_pointer(text: &[u8]) -> Pointer {
    let mut pointer = Pointer::root();
    for segment in text.split(|&byte| byte == b'/').skip(1) {
        let mut name = Vec::with_capacity(segment.len());
        let mut bytes = segment.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match (byte, bytes.peek()) {
                (b'~', Some(b'0')) => name.push(b'~'),
                (b'~', Some(b'1')) => name.push(b'/'),
                _ => {
                    name.push(byte);
                    continue;
                }
            }
            bytes.next();
        }
        pointer.push(&name);
    }
    pointer
}

/// What a merge returns.
#[pyclass(frozen, generic, module = "session_merge")]
pub(crate) struct Merge {
    value: Py<PyAny>,
    changed: bool,
    origin: Origin,
    /// The report, once it was asked for.
    conflicts: OnceLock<Py<PyList>>,
}

/// What the report and the patch are made from when they are asked for.
pub(crate) enum Origin {
    Live {
        theirs: Py<PyAny>,
        max_depth: usize,
        conflicts: Vec<session_merge::Conflict<Py<PyAny>>>,
    },
    /// The core's result without the value, which is held as a Python object.
    Text {
        merge: session_merge::Merge<String>,
        as_bytes: bool,
    },
}

impl Merge {
    pub(crate) fn new(value: Py<PyAny>, changed: bool, origin: Origin) -> Self {
        Self { value, changed, origin, conflicts: OnceLock::new() }
    }

    /// How many records there are.
    fn count(&self) -> usize {
        match &self.origin {
            Origin::Live { conflicts, .. } => conflicts.len(),
            Origin::Text { merge, .. } => merge.conflicts.len(),
        }
    }
}

#[pymethods]
impl Merge {
    /// The merged document: always whole, whatever conflicts there were.
    #[getter]
    fn value(&self, py: Python<'_>) -> Py<PyAny> {
        self.value.clone_ref(py)
    }

    /// Every place where both sides changed and the rules had to choose.
    #[getter]
    fn conflicts(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        if let Some(list) = self.conflicts.get() {
            return Ok(list.clone_ref(py));
        }
        let records: Vec<_> = match &self.origin {
            Origin::Live { conflicts, .. } => {
                let value = |value: &Py<PyAny>| value.clone_ref(py);
                conflicts.iter().map(|record| Conflict::from_core(record, value)).collect()
            }
            Origin::Text { merge, as_bytes } => {
                let value = |json: &String| text(py, json, *as_bytes).unbind();
                merge.conflicts.iter().map(|record| Conflict::from_core(record, value)).collect()
            }
        };
        let list = PyList::new(py, records)?.unbind();
        Ok(self.conflicts.get_or_init(|| list).clone_ref(py))
    }

    /// False when theirs already says all of it: there is nothing to write.
    #[getter]
    fn changed(&self) -> bool {
        self.changed
    }

    /// The JSON Patch (RFC 6902) from theirs to the result, made when asked for.
    fn patch<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.origin {
            Origin::Text { merge, .. } => rules::parse(py, &merge.patch_text()),
            Origin::Live { theirs, max_depth, .. } => {
                live_patch(theirs.bind(py), self.value.bind(py), *max_depth)
            }
        }
    }

    /// The patch as exact JSON text; after `merge_json` only.
    fn patch_text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.origin {
            Origin::Text { merge, as_bytes } => Ok(text(py, &merge.patch_text(), *as_bytes)),
            Origin::Live { .. } => Err(PyTypeError::new_err(
                "patch_text() is for what merge_json returns; merge() has patch()",
            )),
        }
    }

    /// Never shows a value.
    fn __repr__(&self) -> String {
        let changed = if self.changed { "True" } else { "False" };
        format!("Merge(changed={changed}, conflicts: {})", self.count())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.value)?;
        visit.call(self.conflicts.get())?;
        let Origin::Live { theirs, conflicts, .. } = &self.origin else {
            return Ok(());
        };
        visit.call(theirs)?;
        for conflict in conflicts {
            for value in [&conflict.base, &conflict.theirs, &conflict.mine] {
                visit.call(value)?;
            }
        }
        Ok(())
    }
}

/// JSON text as the kind of object that the inputs came as.
pub(crate) fn text<'py>(py: Python<'py>, json: &str, as_bytes: bool) -> Bound<'py, PyAny> {
    if as_bytes {
        PyBytes::new(py, json.as_bytes()).into_any()
    } else {
        PyString::new(py, json).into_any()
    }
}

/// The edits from theirs to the result, as RFC 6902 writes them.
fn live_patch<'py>(
    theirs: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
    max_depth: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = theirs.py();
    let model = Live::new(py, &[]);
    let edits =
        edits(&model, theirs, &Plan::Take(value.clone())).map_err(|failure| match failure {
            Failure::Model(error) => error,
            Failure::Depth(pointer) => errors::depth_error(py, None, &pointer, max_depth),
        })?;
    let patch = PyList::empty(py);
    for edit in edits {
        let (name, value) = match edit.operation {
            Operation::Add(value) => ("add", Some(value)),
            Operation::Remove => ("remove", None),
            Operation::Replace(value) => ("replace", Some(value)),
        };
        let operation = PyDict::new(py);
        operation.set_item("op", name)?;
        operation.set_item("path", strings::string(py, edit.pointer.as_bytes())?)?;
        if let Some(value) = value {
            operation.set_item("value", value)?;
        }
        patch.append(operation)?;
    }
    Ok(patch.into_any())
}
