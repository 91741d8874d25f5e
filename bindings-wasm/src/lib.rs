//! The WebAssembly module of the npm package `session-merge`.
//!
//! It hands texts to the crate `session-merge` and tells JavaScript what came of it, by calls on a
//! `Host`: values are JSON texts on both sides of the boundary, for a text is what is exact and
//! what crosses fastest. What a merge means is decided in the crate.

#[cfg(target_arch = "wasm32")]
mod allocator;
pub mod host;
#[cfg(target_arch = "wasm32")]
mod memory;
pub mod merging;
mod report;
pub mod rules;

use session_merge::{Doubles, provide_doubles};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn double_of(text: &str) -> f64;

    #[wasm_bindgen(js_name = String)]
    fn text_of(double: f64) -> String;
}

/// Runs when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    provide_doubles(Doubles { parse: double_of, print: text_of });
}
