//! Doubles as text, both ways.
//!
//! Either takes a table of 10 KB. A WebAssembly module is shipped with every page, and its host
//! knows how to do it: without the feature `doubles`, the host's functions are called.

#[cfg(not(feature = "doubles"))]
pub use host::{Doubles, provide_doubles};
#[cfg(not(feature = "doubles"))]
pub(crate) use host::{parse, print, print_bound};
#[cfg(feature = "doubles")]
pub(crate) use own::{parse, print, print_bound};

#[cfg(feature = "doubles")]
mod own {
    use serde_json::Number;

    /// The double nearest to a JSON number, infinite if it is beyond all of them.
    pub(crate) fn parse(number: &str) -> Option<f64> {
        number.parse().ok()
    }

    /// The fewest digits that mean a finite double, as JavaScript prints it.
    pub(crate) fn print(double: f64) -> String {
        ryu_js::Buffer::new().format_finite(double).to_owned()
    }

    /// A bound of a rule as it was given.
    pub(crate) fn print_bound(bound: &Number) -> String {
        bound.to_string()
    }
}

#[cfg(not(feature = "doubles"))]
mod host {
    use std::sync::OnceLock;

    use serde_json::Number;

    /// How the host reads and prints doubles.
    #[derive(Clone, Copy, Debug)]
    pub struct Doubles {
        /// The double nearest to a JSON number, infinite if it is beyond all of them.
        pub parse: fn(&str) -> f64,
        /// The fewest digits that mean a finite double, as JavaScript prints it.
        pub print: fn(f64) -> String,
    }

    static DOUBLES: OnceLock<Doubles> = OnceLock::new();

    /// Says how doubles are read and printed. The first call counts.
    pub fn provide_doubles(doubles: Doubles) {
        DOUBLES.get_or_init(|| doubles);
    }

    pub(crate) fn parse(number: &str) -> Option<f64> {
        DOUBLES.get().map(|doubles| (doubles.parse)(number))
    }

    pub(crate) fn print(double: f64) -> String {
        DOUBLES.get().map(|doubles| (doubles.print)(double)).unwrap_or_default()
    }

    /// Not by `Display`, which has a table of its own.
    pub(crate) fn print_bound(bound: &Number) -> String {
        match (bound.as_i64(), bound.as_u64(), bound.as_f64()) {
            (Some(integer), ..) => integer.to_string(),
            (_, Some(integer), _) => integer.to_string(),
            (_, _, double) => print(double.unwrap_or_default()),
        }
    }
}
