//! The two functions of the package.

use pyo3::prelude::*;
use session_merge::model::{Failure, Model, merge_model};
use session_merge::{Input, merge_json as merge_texts, merge_slice};

use crate::errors;
use crate::live::{Live, too_deep};
use crate::report::{Conflict, Merge, Origin, text};
use crate::rules::Rules;
use crate::texts::{Contents, Texts};

/// Texts of more bytes than this are merged while other threads run; for less it is not worth the
/// switch.
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
    let conflicts: Vec<_> = std::mem::take(&mut merged.conflicts)
        .into_iter()
        .map(|record| record.try_map(|value| PyResult::Ok(value.unbind())))
        .collect::<PyResult<_>>()?;
    if merged.failed {
        let value = |value: &Py<PyAny>| value.clone_ref(py);
        let conflicts = conflicts.iter().map(|record| Conflict::from_core(record, value)).collect();
        return Err(errors::merge_conflict(py, conflicts));
    }
    let changed = merged.changed(&model, theirs).map_err(raised)?;
    let value = model.build(&merged.plan)?.unbind();
    let origin = Origin::Live { theirs: theirs.clone().unbind(), max_depth, conflicts };
    Ok(Merge::new(value, changed, origin))
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
    let mut merge = merged.map_err(|error| match error.conflicts() {
        Some(conflicts) => {
            let value = |json: &String| text(py, json, as_bytes).unbind();
            let conflicts = conflicts.iter().map(|record| Conflict::from_core(record, value));
            errors::merge_conflict(py, conflicts.collect())
        }
        None => errors::text_error(py, &error, compiled.max_depth()),
    })?;
    let value = text(py, &std::mem::take(&mut merge.value), as_bytes).unbind();
    Ok(Merge::new(value, merge.changed, Origin::Text { merge, as_bytes }))
}
