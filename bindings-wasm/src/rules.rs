//! Compiled rule sets. JavaScript holds them by number.

use std::cell::RefCell;

use session_merge::{BoxError, Resolver, Rules};
use wasm_bindgen::prelude::*;

use crate::host::Host;
use crate::plain::value;

thread_local! {
    static COMPILED: RefCell<Vec<Option<Rules>>> = const { RefCell::new(Vec::new()) };
    /// The merges that are under way, innermost last: a function may merge as well.
    static MERGING: RefCell<Vec<Host>> = const { RefCell::new(Vec::new()) };
}

/// Compiles a rule set in which `{"resolver": n}` stands for the n-th of so many functions, and
/// keeps it under a number, in the place of another it may be. False if it was refused.
#[wasm_bindgen]
pub fn compile(number: usize, rules: &JsValue, functions: usize, host: &Host) -> bool {
    let Some(value) = value(rules, 0) else {
        host.bad_rules("a rule set is nested too deep", "");
        return false;
    };
    let resolvers = (0..functions).map(resolver).collect();
    match Rules::with_resolvers(&value, resolvers) {
        Ok(rules) => {
            COMPILED.with_borrow_mut(|compiled| {
                if compiled.len() <= number {
                    compiled.resize(number + 1, None);
                }
                compiled[number] = Some(rules);
            });
            true
        }
        Err(error) => {
            host.bad_rules(&error.to_string(), error.pattern());
            false
        }
    }
}

/// The rule set with this number.
pub(crate) fn compiled(number: usize) -> Option<Rules> {
    COMPILED.with_borrow(|compiled| compiled.get(number).cloned().flatten())
}

/// Runs a merge whose functions are called through this host.
pub(crate) fn with_functions<T>(host: &Host, merge: impl FnOnce() -> T) -> T {
    MERGING.with_borrow_mut(|merging| merging.push(host.clone()));
    let result = merge();
    MERGING.with_borrow_mut(Vec::pop);
    result
}

fn resolver(function: usize) -> Resolver {
    Resolver::texts(move |base, theirs, mine| {
        let host = MERGING.with_borrow(|merging| merging.last().cloned());
        let host = host.ok_or("no merge is under way")?;
        let chosen = host.resolve(function, base, theirs, mine);
        chosen.ok_or_else(|| BoxError::from("a function that decides a conflict failed"))
    })
}
