//! Compiled rule sets. JavaScript holds them by number.

use std::cell::RefCell;
use std::collections::BTreeMap;

use session_merge::serde_json::{self, Value};
use session_merge::{BoxError, Resolver, Rules};
use wasm_bindgen::prelude::*;

use crate::host::Host;

thread_local! {
    static COMPILED: RefCell<BTreeMap<u32, Rules>> = const { RefCell::new(BTreeMap::new()) };
    /// The merges that are under way, innermost last: a function may merge as well.
    static MERGING: RefCell<Vec<Host>> = const { RefCell::new(Vec::new()) };
}

/// Compiles a rule set in which `{"resolver": n}` stands for the n-th of so many functions, and
/// keeps it under a number. False if it was refused.
#[wasm_bindgen]
pub fn compile(number: u32, json: &str, functions: usize, host: &Host) -> bool {
    let value: Value = match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => {
            host.bad_rules(&format!("a rule set is JSON: {error}"), "");
            return false;
        }
    };
    let resolvers = (0..functions).map(resolver).collect();
    match Rules::with_resolvers(&value, resolvers) {
        Ok(rules) => {
            COMPILED.with_borrow_mut(|compiled| compiled.insert(number, rules));
            true
        }
        Err(error) => {
            host.bad_rules(&error.to_string(), error.pattern());
            false
        }
    }
}

/// Drops the rule set with this number.
#[wasm_bindgen]
pub fn forget(number: u32) {
    COMPILED.with_borrow_mut(|compiled| compiled.remove(&number));
}

/// The rule set with this number.
pub(crate) fn compiled(number: u32) -> Option<Rules> {
    COMPILED.with_borrow(|compiled| compiled.get(&number).cloned())
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
