//! Doubles as text, both ways.
//!
//! Reading and printing each need a table of 10 KB. That is much for a WebAssembly module, which is
//! sent with every page, and whose host can do both: such a build leaves out the feature `doubles`
//! and provides the host's functions.

use std::sync::OnceLock;

use serde_json::Number;

use crate::integer::print_integer;

/// How the host reads and prints doubles.
#[derive(Clone, Copy, Debug)]
pub struct Doubles {
    /// The double nearest to a JSON number, infinite if it is beyond all of them.
    pub parse: fn(&str) -> f64,
    /// The fewest digits that mean a finite double, as JavaScript prints it.
    pub print: fn(f64) -> String,
}

static PROVIDED: OnceLock<Doubles> = OnceLock::new();

/// Lets the host read and print doubles from now on, in the whole process; only the first call
/// counts.
///
/// In a build that has neither this nor the feature `doubles`, counters add integers alone: where a
/// double takes part, their law does not fit.
pub fn provide_doubles(doubles: Doubles) {
    PROVIDED.get_or_init(|| doubles);
}

pub(crate) fn parse(number: &str) -> Option<f64> {
    PROVIDED.get().map_or_else(|| own::parse(number), |host| Some((host.parse)(number)))
}

pub(crate) fn print(double: f64) -> Option<String> {
    PROVIDED.get().map_or_else(|| own::print(double), |host| Some((host.print)(double)))
}

/// A bound of a rule as it was given.
pub(crate) fn print_bound(bound: &Number) -> Option<String> {
    if PROVIDED.get().is_none() {
        return own::print_bound(bound);
    }
    // Not by `Display`, which has a table of its own.
    match (bound.as_i64(), bound.as_u64(), bound.as_f64()) {
        (Some(integer), ..) => Some(print_integer(integer.into())),
        (_, Some(integer), _) => Some(print_integer(integer.into())),
        (_, _, double) => print(double?),
    }
}

#[cfg(feature = "doubles")]
mod own {
    use serde_json::Number;

    pub(super) fn parse(number: &str) -> Option<f64> {
        number.parse().ok()
    }

    #[expect(clippy::unnecessary_wraps, reason = "a build without the feature has none")]
    pub(super) fn print(double: f64) -> Option<String> {
        Some(ryu_js::Buffer::new().format_finite(double).to_owned())
    }

    #[expect(clippy::unnecessary_wraps, reason = "a build without the feature has none")]
    pub(super) fn print_bound(bound: &Number) -> Option<String> {
        Some(bound.to_string())
    }
}

#[cfg(not(feature = "doubles"))]
mod own {
    use serde_json::Number;

    pub(super) fn parse(_: &str) -> Option<f64> {
        None
    }

    pub(super) fn print(_: f64) -> Option<String> {
        None
    }

    pub(super) fn print_bound(_: &Number) -> Option<String> {
        None
    }
}
