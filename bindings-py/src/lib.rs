//! The private extension module of the Python package `session_merge`.
//!
//! It converts, calls the crate `session-merge`, and converts back: what a merge means is decided
//! there.

mod errors;
mod explanation;
mod live;
mod merging;
mod raw;
mod report;
mod rules;
mod strings;
mod texts;

#[pyo3::pymodule(gil_used = false)]
mod _session_merge {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::merging::{merge, merge_json};
    #[pymodule_export]
    use crate::report::{Conflict, Merge, Missing};
    #[pymodule_export]
    use crate::rules::Rules;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::raw::learn(module.py())?;
        module.add("MISSING", crate::report::missing(module.py())?)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
