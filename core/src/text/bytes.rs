//! Searching and comparing bytes, many at a step.

use super::lanes::{is_special, special};

/// The first byte at or behind `from` that ends a plain stretch of a string: a quote, a backslash
/// or a control character; the length if there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let mask = special(chunk);
        if mask != 0 {
            return at + mask.trailing_zeros() as usize;
        }
        at += chunk.len();
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

/// The first bracket or quote at or behind `from`; the length if there is none.
#[inline]
pub(super) fn bracket_or_quote(bytes: &[u8], from: usize) -> usize {
    // The brackets differ from one another in one bit that can be set: `[` then is `{`, `]` is `}`.
    let is_one = |byte: &u8| *byte == b'"' || matches!(*byte | 0x20, b'{' | b'}');
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(is_one).unwrap_or(rest.len())
}

/// How many bytes two slices have in common at their front.
#[inline]
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 32;
    let (a, b) = (&a[..a.len().min(b.len())], &b[..a.len().min(b.len())]);
    let (a_steps, _) = a.as_chunks::<STEP>();
    let (b_steps, _) = b.as_chunks::<STEP>();
    let steps = a_steps.iter().zip(b_steps).take_while(|(a, b)| a == b).count();
    let (a_words, a_rest) = a[steps * STEP..].as_chunks();
    let (b_words, b_rest) = b[steps * STEP..].as_chunks();
    let mut same = steps * STEP;
    for (a, b) in a_words.iter().zip(b_words) {
        let difference = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if difference != 0 {
            return same + difference.trailing_zeros() as usize / 8;
        }
        same += 8;
    }
    same + a_rest.iter().zip(b_rest).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_stretches_end_where_they_should() {
        for length in 0..70 {
            for from in 0..=length {
                let mut text = vec![b'x'; length];
                assert_eq!(plain_end(&text, from), length);
                for at in from..length {
                    for byte in [b'"', b'\\', b'\n'] {
                        text[at] = byte;
                        assert_eq!(plain_end(&text, from), at);
                    }
                    text[at] = b'x';
                }
            }
        }
    }

    #[test]
    fn common_prefixes_end_where_they_should() {
        for length in 0..100 {
            let text = vec![b'x'; length];
            for other in 0..100 {
                let shorter = vec![b'x'; other];
                assert_eq!(common_prefix(&text, &shorter), length.min(other));
            }
            for at in 0..length {
                let mut changed = text.clone();
                changed[at] = b'y';
                assert_eq!(common_prefix(&text, &changed), at);
            }
        }
    }
}
