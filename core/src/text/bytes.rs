//! The two loops over bytes that a merge spends its time in.
//!
//! Strings are searched sixteen bytes at a step, with SSE2 where the target has it (every x86-64
//! does) and with WebAssembly's `simd128` where the build enables it; other targets use the
//! portable twin. The tests hold the two against each other. The only `unsafe` of the crate is the
//! call of the SSE2 function, which the compiler wants for every target feature.

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
    let (a_steps, a_rest) = a.as_chunks::<STEP>();
    let (b_steps, b_rest) = b.as_chunks::<STEP>();
    let steps = a_steps.iter().zip(b_steps).take_while(|(a, b)| a == b).count();
    let (a, b) = match (a_steps.get(steps), b_steps.get(steps)) {
        (Some(a), Some(b)) => (&a[..], &b[..]),
        _ => (a_rest, b_rest),
    };
    steps * STEP + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// A bit for each byte that is special.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
#[expect(unsafe_code, reason = "see the module's page")]
fn special(chunk: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8,
    };

    #[target_feature(enable = "sse2")]
    #[inline]
    fn mask(low: i64, high: i64) -> u32 {
        let bytes = _mm_set_epi64x(high, low);
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"'.cast_signed()));
        let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\'.cast_signed()));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        let special = _mm_or_si128(_mm_or_si128(quote, backslash), control);
        _mm_movemask_epi8(special).cast_unsigned()
    }

    let number = i128::from_le_bytes(*chunk);
    #[expect(clippy::cast_possible_truncation, reason = "the number is split into its halves")]
    let (low, high) = (number as i64, (number >> 64) as i64);
    // SAFETY: this is compiled only where the whole build may use SSE2.
    unsafe { mask(low, high) }
}

/// A bit for each byte that is special.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
fn special(chunk: &[u8; 16]) -> u32 {
    use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_le, u8x16_splat, u64x2, v128_or};
    let number = u128::from_le_bytes(*chunk);
    #[expect(clippy::cast_possible_truncation, reason = "the number is split into its halves")]
    let bytes = u64x2(number as u64, (number >> 64) as u64);
    let is = |byte| u8x16_eq(bytes, u8x16_splat(byte));
    let control = u8x16_le(bytes, u8x16_splat(0x1f));
    i8x16_bitmask(v128_or(v128_or(is(b'"'), is(b'\\')), control)).into()
}

/// A bit for each byte that is special.
#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
#[inline]
fn special(chunk: &[u8; 16]) -> u32 {
    portable_special(chunk)
}

/// The twin of the vector code, and what stands in for it elsewhere.
#[cfg_attr(any(target_feature = "sse2", target_feature = "simd128"), allow(dead_code))]
fn portable_special(chunk: &[u8; 16]) -> u32 {
    let bits = chunk.iter().enumerate();
    bits.fold(0, |mask, (index, &byte)| mask | u32::from(is_special(byte)) << index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twins_agree() {
        for byte in 0..=255 {
            for index in 0..16 {
                for filler in [b'a', 0x80, 0xff, b'"'] {
                    let mut chunk = [filler; 16];
                    chunk[index] = byte;
                    assert_eq!(special(&chunk), portable_special(&chunk), "{chunk:?}");
                }
            }
        }
    }

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
