//! Three-way merges of session documents, so that two requests at once never lose an update.
//!
//! Two writers start from one document, *base*. One has stored what it made of it, *theirs*; the
//! other is about to store *mine*. [`merge()`] does to base what both of them did, and
//! [`merge_json`] does the same to JSON text, in which whatever is kept stays as it is spelled.
//! Where both changed one thing, [`Rules`] decide, and the [`Conflict`]s in the result tell of it.
//!
//! ```
//! use session_merge::{Rules, merge_json};
//!
//! let rules: Rules = r#"{"/visits": "counter"}"#.parse()?;
//! let merged = merge_json(
//!     r#"{"visits":1,"name":"Ann"}"#,
//!     r#"{"visits":2,"name":"Anne"}"#,
//!     r#"{"visits":2,"name":"Anna"}"#,
//!     &rules,
//! )?;
//! assert_eq!(merged.value, r#"{"visits":3,"name":"Anna"}"#);
//! assert_eq!(merged.conflicts[0].pointer.as_str(), "/name");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [The semantics](semantics) say what a merge means, mode by mode, with its laws. The crate does
//! no input or output and reads no clock; documents of other kinds merge through [`model::Model`].
//!
//! # Which function
//!
//! - [`merge()`] for [`serde_json::Value`]s. A `Value` holds integers of 64 bits and rounds all
//!   other numbers to doubles.
//! - [`merge_json`], or [`merge_slice`] for bytes, for JSON text. It is exact whatever the text
//!   holds, and what did not change need not be parsed. [`merge_slice_briefly`] leaves out the patch.
//! - [`model::merge_model`] for data of your own.
//!
//! All of them return an [`Error`] and no panic for malformed, hostile or huge input.
//!
//! # Features
//!
//! - `doubles` (on by default): counters read and print doubles by the crate's own means. Without
//!   it, the host of a WebAssembly module can do it: see [`provide_doubles`].

pub mod model;

mod align;
mod classes;
mod conflict;
mod digest;
mod double;
mod embedded;
mod error;
mod groups;
mod integer;
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
mod winners;
mod words;
mod wtf8;

pub use conflict::{Conflict, ConflictKind, Winner};
pub use digest::provide_secret;
pub use double::{Doubles, provide_doubles};
pub use error::{Error, Input};
pub use merge::{merge, merge_json, merge_slice, merge_slice_briefly};
pub use outcome::{Brief, Merge};
pub use pointer::Pointer;
pub use rules::{BoxError, Explanation, Resolver, Rules, RulesError, Said};

// Both are part of the interface: these are the versions that it speaks.
pub use {json_patch, serde_json};

/// What fuzzing checks within the crate; in no other build.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::text::twins::check as check_twins;
}

/// What a merge means: the normative semantics, with its laws.
#[doc = include_str!("../SEMANTICS.md")]
pub mod semantics {}

/// The README's example is run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
