//! The merge itself, and what is told of it.

use std::error::Error as _;

use session_merge::{Error, Input, merge_slice, merge_slice_briefly};
use wasm_bindgen::prelude::*;

use crate::host::Host;
use crate::report::packed;
use crate::rules::compiled;

/// Merges three JSON texts under the rule set with this number, or under none.
#[wasm_bindgen]
pub fn merge(base: &[u8], theirs: &[u8], mine: &[u8], rules: Option<usize>, host: &Host) {
    let rules = rules.and_then(compiled).unwrap_or_default();
    match merge_slice_briefly(base, theirs, mine, &rules) {
        Ok(merged) => {
            host.merged(merged.value.as_bytes(), merged.changed, &packed(&merged.conflicts));
        }
        Err(error) => fail(host, &error),
    }
}

/// The JSON Patch from theirs to what a merge under these rules made of it.
///
/// What one side alone changed is its own, under any rules: with theirs as base as well, the merge
/// is the value, and its patch the one that is asked for.
#[wasm_bindgen]
pub fn patch(theirs: &[u8], value: &[u8], rules: Option<usize>, host: &Host) {
    let rules = rules.and_then(compiled).unwrap_or_default();
    match merge_slice(theirs, theirs, value, &rules) {
        Ok(merged) => host.merged(merged.patch_text().as_bytes(), merged.changed, &[]),
        Err(error) => fail(host, &error),
    }
}

fn fail(host: &Host, error: &Error) {
    let message = error.to_string();
    if let Some(conflicts) = error.conflicts() {
        host.refused(&message, &packed(conflicts));
    } else if let (true, Some(pointer)) = (error.is_depth(), error.pointer()) {
        host.too_deep(&message, error.input().map(Input::as_str), pointer.as_bytes());
    } else if let (Some(input), Some(line), Some(column)) =
        (error.input(), error.line(), error.column())
    {
        host.malformed(&message, input.as_str(), line, column);
    } else {
        let reason = error.source().map_or(message, ToString::to_string);
        host.unresolved(&reason);
    }
}
