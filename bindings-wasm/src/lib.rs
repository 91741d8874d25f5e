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

use session_merge::{Doubles, provide_doubles, provide_secret};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn double_of(text: &str) -> f64;

    #[wasm_bindgen(js_name = String)]
    fn text_of(double: f64) -> String;

    /// Web Crypto has better numbers, but none in a worker that has no request yet.
    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^32")]
fn random_word() -> u64 {
    let half = || (random() * f64::from(u32::MAX)) as u64;
    half() << 32 | half()
}

/// Runs when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    provide_doubles(Doubles { parse: double_of, print: text_of });
    provide_secret([random_word(), random_word()]);
}
