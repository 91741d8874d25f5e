//! The two functions of the package.

use pyo3::prelude::*;
use pyo3::types::PyList;
use session_merge::model::{Failure, Model, merge_model};
use session_merge::{Input, merge_json as merge_texts, merge_slice};

use crate::errors;
use crate::live::{Live, too_deep};
use crate::report::{Conflict, Merge, Origin, text};
use crate::rules::Rules;
use crate::texts::{Contents, Texts};

/// Texts of more bytes than this are merged while other threads run; for less it is not worth the switch.
const LARGE: usize = 16 * 1024;

/// Merge what theirs and mine made of base, as Python objects.
#[pyfunction]
#[pyo3(signature = (base, theirs, mine, rules = None))]
pub(crate) fn merge<'py>(
    py: Python<'py>,
    base: &Bound<'py, PyAny>,
    theirs: &Bound<'py, PyAny>,
    mine: &Bound<'py, PyAny>,
    rules: Option<&Bound<'py, PyAny>>,
) -> PyResult<Merge> {
    let rules = Rules::of(py, rules)?;
    let rules = rules.get();
    let max_depth = rules.compiled.max_depth();
    let model = Live::new(py, &rules.functions);
    if model.may_be_too_deep([base, theirs, mine], max_depth)? {
        for (input, value) in [(Input::Base, base), (Input::Theirs, theirs), (Input::Mine, mine)] {
            if let Some(pointer) = too_deep(value, max_depth)? {
                return Err(errors::depth_error(py, Some(input), &pointer, max_depth));
            }
        }
    }
    let raised = |failure| match failure {
        Failure::Model(error) => error,
        Failure::Depth(pointer) => errors::depth_error(py, None, &pointer, max_depth),
    };
    let mut merged = merge_model(&model, base, theirs, mine, &rules.compiled).map_err(raised)?;
    let conflicts = std::mem::take(&mut merged.conflicts)
        .into_iter()
        .map(|record| Conflict::from_core(record, |value| Ok(value.unbind())))
        .collect::<PyResult<Vec<_>>>()?;
    if merged.failed {
        return Err(errors::merge_conflict(py, conflicts));
    }
    let changed = merged.changed(&model, theirs).map_err(raised)?;
    let value = model.build(&merged.plan)?.unbind();
    Ok(Merge {
        value,
        conflicts: PyList::new(py, conflicts)?.unbind(),
        changed,
        origin: Origin::Live { theirs: theirs.clone().unbind(), max_depth },
    })
}

/// Merge what theirs and mine made of base, as JSON texts and to JSON text.
#[pyfunction]
#[pyo3(signature = (base, theirs, mine, rules = None))]
pub(crate) fn merge_json<'py>(
    py: Python<'py>,
    base: &Bound<'py, PyAny>,
    theirs: &Bound<'py, PyAny>,
    mine: &Bound<'py, PyAny>,
    rules: Option<&Bound<'py, PyAny>>,
) -> PyResult<Merge> {
    let rules = Rules::of(py, rules)?;
    let rules = rules.get();
    let texts = Texts::new(base, theirs, mine)?;
    let contents = texts.contents()?;
    let compiled = &rules.compiled;
    let call = || match &contents {
        Contents::Valid([base, theirs, mine]) => merge_texts(base, theirs, mine, compiled),
        Contents::Unchecked([base, theirs, mine]) => merge_slice(base, theirs, mine, compiled),
    };
    let stays_attached = contents.size() < LARGE || !rules.functions.is_empty();
    let merged = if stays_attached { call() } else { py.detach(call) };
    let as_bytes = texts.as_bytes();
    let value = |json: String| Ok(text(py, &json, as_bytes).unbind());
    let records = |records: Vec<session_merge::Conflict<String>>| {
        let records = records.into_iter().map(|record| Conflict::from_core(record, value));
        records.collect::<PyResult<Vec<_>>>()
    };
    let mut merge = merged.map_err(|error| match error.conflicts() {
        Some(conflicts) => match records(conflicts.to_vec()) {
            Ok(conflicts) => errors::merge_conflict(py, conflicts),
            Err(error) => error,
        },
        None => errors::text_error(py, &error, compiled.max_depth()),
    })?;
    let conflicts = records(std::mem::take(&mut merge.conflicts))?;
    Ok(Merge {
        value: value(std::mem::take(&mut merge.value))?,
        conflicts: PyList::new(py, conflicts)?.unbind(),
        changed: merge.changed,
        origin: Origin::Text { merge, as_bytes },
    })
}
