//! Three-way merges of session documents, so that two requests at once never lose an update.

pub mod model;

mod align;
mod conflict;
mod embedded;
mod error;
mod groups;
mod keyed;
mod lists;
mod merge;
mod number;
mod objects;
mod outcome;
mod patch;
mod plan;
mod pointer;
mod rules;
mod text;
mod value;
mod walk;
mod words;
mod wtf8;

pub use conflict::{Conflict, ConflictKind, Winner};
pub use error::{Error, Input};
pub use merge::{merge, merge_json, merge_slice};
pub use outcome::Merge;
pub use pointer::Pointer;
pub use rules::{BoxError, Resolver, Rules, RulesError};

/// What a merge means: the normative semantics, with its laws.
#[doc = include_str!("../SEMANTICS.md")]
pub mod semantics {}

/// The README's Rust examples are run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
