//! What the tests of the laws share.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod doc;
pub mod outcome;
pub mod rules;
pub mod toy;
pub mod triples;
