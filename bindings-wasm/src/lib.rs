//! The WebAssembly module of the npm package `session-merge`.
//!
//! It hands texts to the crate `session-merge` and tells JavaScript what came of it, by calls on a
//! [`Host`]: values are JSON texts on both sides of the boundary, for a text is what is exact and
//! what crosses fastest. What a merge means is decided in the crate.

pub mod host;
pub mod merging;
pub mod rules;
