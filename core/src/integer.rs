//! Integers as JSON text.

/// The digits of an integer.
///
/// By hand, because the standard library's way divides numbers of 128 bits: a WebAssembly module
/// has no instruction for that, and would hold a kilobyte of code instead.
#[expect(clippy::cast_possible_truncation, reason = "the number is split into words, and digits")]
pub(crate) fn print_integer(integer: i128) -> String {
    // The highest comes first.
    let mut words = [96, 64, 32, 0].map(|shift| (integer.unsigned_abs() >> shift) as u32);
    let mut digits = Vec::new();
    while digits.is_empty() || words != [0; 4] {
        let mut rest = 0;
        for word in &mut words {
            let number = rest << 32 | u64::from(*word);
            *word = (number / 10) as u32;
            rest = number % 10;
        }
        digits.push(b'0' + rest as u8);
    }
    if integer < 0 {
        digits.push(b'-');
    }
    digits.iter().rev().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::print_integer;

    #[test]
    fn integers_of_every_length() {
        for shift in 0..128 {
            for integer in [i128::MAX >> shift, i128::MIN >> shift, 1 << (shift / 2)] {
                assert_eq!(print_integer(integer), integer.to_string());
            }
        }
    }
}
