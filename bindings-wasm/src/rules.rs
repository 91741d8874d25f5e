//! Compiled rule sets. JavaScript holds them by number.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;

use session_merge::{Resolver, Rules};
use wasm_bindgen::prelude::*;

use crate::host::{Host, resolve};

thread_local! {
    static COMPILED: RefCell<Vec<Option<Rules>>> = const { RefCell::new(Vec::new()) };
}

/// Compiles a rule set, as JSON text, in which `{"resolver": n}` stands for the n-th of so many
/// functions, and keeps it under a number, in the place of another it may be. False if it was
/// refused.
#[wasm_bindgen]
pub fn compile(number: usize, rules: &str, functions: usize, host: &Host) -> bool {
    let resolvers = (0..functions).map(resolver).collect();
    match Rules::from_json(rules, resolvers) {
        Ok(rules) => {
            COMPILED.with_borrow_mut(|compiled| {
                if compiled.len() <= number {
                    compiled.resize_with(number + 1, || None);
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

/// A function that decides a conflict failed; the host knows why.
#[derive(Clone, Copy, Debug)]
struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function that decides a conflict failed")
    }
}

impl Error for Failed {}

fn resolver(function: usize) -> Resolver {
    Resolver::texts(move |base, theirs, mine| {
        resolve(function, base, theirs, mine).ok_or_else(|| Failed.into())
    })
}
