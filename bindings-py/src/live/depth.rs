//! How deep a document is nested.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::PyList;
use session_merge::Pointer;
use session_merge::model::Kind;

use super::{Object, kind, name, plain_dict};
use crate::raw;

/// The pointer of the first container that is nested deeper than `max_depth`; a container that
/// holds itself always has one.
pub(crate) fn too_deep(document: &Object<'_>, max_depth: usize) -> PyResult<Option<Pointer>> {
    let mut search = Search { max_depth, path: Vec::new(), known: HashMap::new() };
    if !search.finds(document, kind(document))? {
        return Ok(None);
    }
    let mut pointer = Pointer::root();
    for step in &search.path {
        match step {
            Step::Member(key) => pointer.push(&name(key)?),
            Step::Element(index) => pointer.push(index.to_string().as_bytes()),
        }
    }
    Ok(Some(pointer))
}

enum Step<'py> {
    Member(Object<'py>),
    Element(usize),
}

/// A way down a document, never further than the limit.
struct Search<'py> {
    max_depth: usize,
    path: Vec<Step<'py>>,
    /// By address, containers that stand in several places: how deep it was where nothing below was
    /// found too deep. Without this, a list of two references to a list of two references and so on
    /// would be searched 2ⁿ times.
    known: HashMap<usize, usize>,
}

impl<'py> Search<'py> {
    /// Leaves the path at what it finds.
    fn finds(&mut self, object: &Object<'py>, kind: Kind) -> PyResult<bool> {
        let depth = self.path.len() + 1;
        match kind {
            Kind::Array | Kind::Object if depth > self.max_depth => return Ok(true),
            Kind::Array | Kind::Object => {}
            _ => return Ok(false),
        }
        let address = object.as_ptr() as usize;
        let is_shared = raw::is_shared(object);
        if is_shared && self.known.get(&address).is_some_and(|&known| known >= depth) {
            return Ok(false);
        }
        if kind == Kind::Array {
            for (index, element) in object.cast::<PyList>()?.iter().enumerate() {
                if self.finds_below(|| Step::Element(index), &element)? {
                    return Ok(true);
                }
            }
        } else {
            for (key, value) in raw::items(&plain_dict(object)?) {
                if self.finds_below(|| Step::Member(key), &value)? {
                    return Ok(true);
                }
            }
        }
        if is_shared {
            self.known.insert(address, depth);
        }
        Ok(false)
    }

    fn finds_below(
        &mut self,
        step: impl FnOnce() -> Step<'py>,
        object: &Object<'py>,
    ) -> PyResult<bool> {
        let kind = kind(object);
        if !matches!(kind, Kind::Array | Kind::Object) {
            return Ok(false);
        }
        self.path.push(step());
        let found = self.finds(object, kind)?;
        if !found {
            self.path.pop();
        }
        Ok(found)
    }
}
