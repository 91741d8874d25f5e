//! Numbers as JSON writes them: exact comparison of any size, and the sums of counters.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::iter::repeat_n;

use serde_json::Number as Bound;

use crate::double;
use crate::integer::print_integer;

/// A number as a counter adds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer within 128 bits.
    Integer(i128),
    /// An integer beyond 128 bits, as the nearest double: it can only be added where some other
    /// operand is a float.
    Wide(f64),
    /// A number with a fraction or an exponent, as the nearest double (infinite if it is beyond all
    /// of them).
    Double(f64),
}

/// A number that a counter computed.
#[derive(Clone, Copy, Debug)]
pub enum Computed<'r> {
    /// An exact sum.
    Integer(i128),
    /// A sum of doubles; always finite.
    Double(f64),
    /// A bound of the rule, stored as it was given.
    Bound(&'r Bound),
}

impl Number {
    /// Reads a JSON number's text; `None` for the tokens `NaN`, `Infinity` and `-Infinity`, which
    /// have no sum.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        if matches!(text.as_bytes().last(), Some(b'N' | b'y')) {
            return None;
        }
        if !is_integer(text) {
            return double::parse(text).map(Self::Double);
        }
        match text.parse() {
            Ok(integer) => Some(Self::Integer(integer)),
            Err(_) => double::parse(text).map(Self::Wide),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    fn to_double(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Wide(double) | Self::Double(double) => double,
        }
    }
}

/// A number without fraction or exponent.
pub(crate) fn is_integer(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// `(theirs + mine) − base`, clamped; `None` where the counter's law does not fit.
///
/// Integers are exact: each operand and the unclamped sum must be within 128 bits. If any operand
/// is a float, all are taken as doubles, and the sum must be finite.
pub(crate) fn count<'r>(
    base: Number,
    theirs: Number,
    mine: Number,
    min: Option<&'r Bound>,
    max: Option<&'r Bound>,
) -> Option<Computed<'r>> {
    let operands = [base, theirs, mine];
    if operands.iter().any(|operand| matches!(operand, Number::Double(_))) {
        let [b, t, m] = operands.map(Number::to_double);
        let sum = (t + m) - b;
        return sum.is_finite().then(|| Computed::Double(clamp_double(sum, min, max)));
    }
    let [Number::Integer(b), Number::Integer(t), Number::Integer(m)] = operands else {
        return None;
    };
    let sum = exact_sum(b, t, m)?;
    let beyond = |bound: Option<&'r Bound>, side| {
        bound.is_some_and(|bound| {
            double::print_bound(bound)
                .is_some_and(|bound| compare(&print_integer(sum), &bound) == Some(side))
        })
    };
    Some(match (min, max) {
        (Some(bound), _) if beyond(min, Ordering::Less) => Computed::Bound(bound),
        (_, Some(bound)) if beyond(max, Ordering::Greater) => Computed::Bound(bound),
        _ => Computed::Integer(sum),
    })
}

/// `(t + m) − b`, if it can be told in 128 bits: then one of the orders has no overflow on the way.
fn exact_sum(b: i128, t: i128, m: i128) -> Option<i128> {
    let difference_first = |one: i128, other: i128| one.checked_sub(b)?.checked_add(other);
    let sum_first = || t.checked_add(m)?.checked_sub(b);
    difference_first(t, m).or_else(|| difference_first(m, t)).or_else(sum_first)
}

fn clamp_double(sum: f64, min: Option<&Bound>, max: Option<&Bound>) -> f64 {
    let bound = |bound: Option<&Bound>| bound.and_then(Bound::as_f64);
    match (bound(min), bound(max)) {
        (Some(low), _) if sum < low => low,
        (_, Some(high)) if sum > high => high,
        _ => sum,
    }
}

/// A computed double as JavaScript prints it: the fewest digits that mean it, with `.0` where
/// it would read as an integer.
pub(crate) fn print_double(double: f64) -> Option<String> {
    let mut text = double::print(double)?;
    if is_integer(&text) {
        text.push_str(".0");
    }
    Some(text)
}

/// The order of two JSON numbers by exact decimal value, whatever their size; `None` if either is
/// NaN or infinite.
///
/// Time is linear in the two texts: nothing is expanded, so `1e999999999` costs no more than it
/// looks.
pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(Decimal::parse(a)?.compare(&Decimal::parse(b)?))
}

/// Whether two JSON numbers have one value; the same non-finite token is equal to itself.
pub(crate) fn equal(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    // JSON spells an integer in one way; only zero has two.
    if is_plain(a) && is_plain(b) {
        return false;
    }
    compare(a, b) == Some(Ordering::Equal)
}

/// Whether a number is spelled with digits alone, or with a sign before others than zero.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && text != "-0"
}

/// Feeds a hash that agrees for equal numbers.
pub(crate) fn hash(text: &str, state: &mut impl Hasher) {
    match Decimal::parse(text) {
        None => text.hash(state),
        Some(decimal) if decimal.is_zero() => 0u8.hash(state),
        Some(decimal) => {
            decimal.negative.hash(state);
            decimal.wrapped_exponent().hash(state);
            decimal.digits().for_each(|digit| digit.hash(state));
        }
    }
}

/// ±0.d₁d₂d₃… × 10^(exponent + shift), with d₁ and the last digit not zero; no digits at all for
/// zero.
struct Decimal<'a> {
    negative: bool,
    /// The significant digits, maybe with a `.` among them.
    significant: &'a [u8],
    exponent_negative: bool,
    /// The written exponent's digits, of any length.
    exponent: &'a [u8],
    shift: i64,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if matches!(text.as_bytes().last(), Some(b'N' | b'y')) {
            return None;
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let at = text.bytes().position(|byte| matches!(byte, b'e' | b'E'));
        let (mantissa, exponent) = at.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
        let (exponent_negative, exponent) = match exponent.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        let mantissa = mantissa.as_bytes();
        let nonzero = |byte: &u8| matches!(byte, b'1'..=b'9');
        let point = mantissa.iter().position(|&byte| byte == b'.').unwrap_or(mantissa.len());
        let first = mantissa.iter().position(nonzero).unwrap_or(mantissa.len());
        let last = mantissa.iter().rposition(nonzero).map_or(first, |last| last + 1);
        // Digits before the point count up; zeros between the point and the first digit count down.
        // Only a number below one starts with a zero.
        let (point, zeros) = (i64::try_from(point).ok()?, i64::try_from(first).ok()?);
        let shift = if zeros == 0 { point } else { point + 1 - zeros };
        Some(Self {
            negative,
            significant: &mantissa[first..last],
            exponent_negative,
            exponent: exponent.as_bytes(),
            shift,
        })
    }

    fn is_zero(&self) -> bool {
        self.significant.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.significant.iter().copied().filter(|&byte| byte != b'.')
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => {
                return if other.negative { Ordering::Greater } else { Ordering::Less };
            }
            (false, true) => {
                return if self.negative { Ordering::Less } else { Ordering::Greater };
            }
            (false, false) if self.negative != other.negative => {
                return other.negative.cmp(&self.negative);
            }
            (false, false) => {}
        }
        let magnitude =
            self.exponent_difference(other).cmp(&0).then_with(|| self.digits().cmp(other.digits()));
        if self.negative { magnitude.reverse() } else { magnitude }
    }

    /// The difference of the exponents, exact while small and of the right sign always: the written
    /// exponents are subtracted digit by digit from the front, and once their difference has passed
    /// every possible shift, no later digit can turn it.
    fn exponent_difference(&self, other: &Self) -> i64 {
        const SETTLED: i64 = 1 << 56;
        let length = self.exponent.len().max(other.exponent.len());
        let mut difference = 0;
        for (a, b) in self.signed_exponent(length).zip(other.signed_exponent(length)) {
            difference = difference * 10 + a - b;
            if difference.abs() > SETTLED {
                return difference;
            }
        }
        difference + self.shift - other.shift
    }

    /// The written exponent's digits, each with its sign, padded in front to a length.
    fn signed_exponent(&self, length: usize) -> impl Iterator<Item = i64> + '_ {
        let sign = if self.exponent_negative { -1 } else { 1 };
        let digits = self.exponent.iter().map(move |&byte| sign * i64::from(byte - b'0'));
        repeat_n(0, length - self.exponent.len()).chain(digits)
    }

    /// The exponent modulo 2^64: equal for equal exponents, which is all a hash needs.
    fn wrapped_exponent(&self) -> i64 {
        let written = self
            .exponent
            .iter()
            .fold(0i64, |sum, &byte| sum.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')));
        let signed = if self.exponent_negative { written.wrapping_neg() } else { written };
        signed.wrapping_add(self.shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(text: &str) -> u64 {
        let mut state = std::hash::DefaultHasher::new();
        hash(text, &mut state);
        state.finish()
    }

    #[test]
    fn decimals_compare_exactly() {
        let huge = format!("1e{}", "9".repeat(60));
        let huger = format!("10e{}", "9".repeat(60));
        let tiny = format!("1e-{}", "9".repeat(60));
        let ascending = [
            "-1e400",
            "-2",
            "-1.5",
            "-1",
            "-0.1",
            "-1e-400",
            "0",
            &tiny,
            "1e-400",
            "0.000123",
            "0.00123",
            "1",
            "1.0000000000000000000001",
            "9007199254740992",
            "9007199254740993",
            "1e16",
            "1e400",
            &huge,
            &huger,
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(compare(a, b), Some(i.cmp(&j)), "{a} {b}");
            }
        }
    }

    #[test]
    fn one_value_has_many_spellings() {
        for family in [
            vec!["0", "-0", "0.0", "-0.0", "0e99", "0.00E-7"],
            vec![
                "100",
                "1e2",
                "1E+2",
                "100.0",
                "0.1e3",
                "1000e-1",
                "10000.00e-02",
                "1e0000000000000000000000000000000000000000000002",
            ],
            vec!["-0.00125", "-125e-5", "-1.25E-3"],
        ] {
            for a in &family {
                for b in &family {
                    assert!(equal(a, b), "{a} {b}");
                    assert_eq!(hashed(a), hashed(b), "{a} {b}");
                }
            }
        }
        assert!(equal("NaN", "NaN") && !equal("NaN", "1") && !equal("Infinity", "-Infinity"));
        assert_eq!(compare("NaN", "1"), None);
        assert_eq!(compare("-Infinity", "1"), None);
    }

    #[test]
    fn doubles_print_as_javascript_does() {
        for (double, text) in [
            (3.0, "3.0"),
            (-0.0, "0.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000.0"),
            (1.5e-7, "1.5e-7"),
        ] {
            assert_eq!(print_double(double).as_deref(), Some(text));
        }
    }

    #[test]
    fn sums_are_exact_to_the_last_of_128_bits() {
        let (low, high) = (i128::MIN, i128::MAX);
        for (b, t, m, sum) in [
            (1, 2, 2, Some(3)),
            (high, high, high, Some(high)),
            (low, low, low, Some(low)),
            (0, high, 1, None),
            (1, high, 1, Some(high)),
            (-1, high, 0, None),
            (1, low, 0, None),
            (1, low, 1, Some(low)),
            (low, high, low, Some(high)),
            (high, -1, low, None),
            (-1, low, 0, Some(low + 1)),
            (low, 1, 1, None),
            (low, -1, -1, Some(high - 1)),
            (high, low, high, Some(low)),
            (low, 0, -1, Some(high)),
            (low, -1, 0, Some(high)),
            (low, 0, 0, None),
            (0, low, 0, Some(low)),
            (1, 0, low, None),
        ] {
            assert_eq!(exact_sum(b, t, m), sum, "{t} + {m} - {b}");
        }
    }

    #[test]
    fn sums_are_clamped_only_where_they_are_beyond() {
        let bound = |text: Option<&str>| text.map(|text| text.parse::<Bound>().unwrap());
        for (sum, min, max, expected) in [
            ("5", None, None, "5"),
            ("5", Some("4"), None, "5"),
            ("5", Some("5"), Some("5.5"), "5"),
            ("5", Some("6"), None, "6"),
            ("5", Some("6.5"), Some("7"), "6.5"),
            ("5", None, Some("6"), "5"),
            ("5", None, Some("4"), "4"),
            ("5", Some("3"), Some("4.5"), "4.5"),
            ("5.5", Some("5"), None, "5.5"),
            ("5.5", Some("6"), Some("7"), "6.0"),
            ("5.5", Some("4"), Some("5"), "5.0"),
            ("5.5", None, Some("6"), "5.5"),
        ] {
            let (min, max) = (bound(min), bound(max));
            let [zero, sum] = ["0", sum].map(|text| Number::from_json(text).unwrap());
            let clamped = count(zero, zero, sum, min.as_ref(), max.as_ref()).unwrap();
            let printed = match clamped {
                Computed::Integer(integer) => integer.to_string(),
                Computed::Double(double) => print_double(double).unwrap(),
                Computed::Bound(bound) => bound.to_string(),
            };
            assert_eq!(printed, expected, "{sum:?} {min:?} {max:?}");
        }
    }

    #[test]
    fn hashes_tell_numbers_apart() {
        let numbers = ["0", "1", "-1", "2", "10", "0.1", "0.01", "12", "1e1000", "NaN", "Infinity"];
        let distinct: std::collections::HashSet<_> = numbers.map(hashed).into();
        assert_eq!(distinct.len(), numbers.len());
    }
}
