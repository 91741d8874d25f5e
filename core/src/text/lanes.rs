//! Classes of bytes, found in many bytes at once.
//!
//! With SSE2 where the target has it (every x86-64 does) and with WebAssembly's `simd128` where the
//! build enables it; other targets use the portable twins. The tests, and a fuzz target, hold the
//! two against each other. The only `unsafe` of the crate are the calls of the SSE2 functions here,
//! which the compiler wants for every target feature.

/// What sixty-four bytes are, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes {
    /// `"`
    pub(super) quotes: u64,
    /// `{`, `}`, `[` and `]`
    pub(super) brackets: u64,
    /// `:`, `,` and the space, but not the other white space.
    pub(super) between: u64,
    /// Backslashes and control characters, which most blocks have none of.
    pub(super) rare: u64,
}

/// A bit for each byte that ends a plain stretch of a string: a quote, a backslash, a control
/// character.
#[inline]
pub(super) fn special(chunk: &[u8; 16]) -> u32 {
    vector::special(chunk)
}

/// The classes of each byte of a block.
#[inline]
pub(super) fn classes(block: &[u8; 64]) -> Classes {
    vector::classes(block)
}

pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod vector {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8,
    };

    use super::Classes;

    #[inline]
    #[expect(unsafe_code, reason = "see the module's page")]
    pub(super) fn special(chunk: &[u8; 16]) -> u32 {
        // SAFETY: this is compiled only where the whole build may use SSE2.
        unsafe { special_sse2(chunk) }
    }

    #[inline]
    #[expect(unsafe_code, reason = "see the module's page")]
    pub(super) fn classes(block: &[u8; 64]) -> Classes {
        // SAFETY: this is compiled only where the whole build may use SSE2.
        unsafe { classes_sse2(block) }
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn load(chunk: &[u8; 16]) -> __m128i {
        let number = i128::from_le_bytes(*chunk);
        #[expect(clippy::cast_possible_truncation, reason = "the number is split into its halves")]
        let (low, high) = (number as i64, (number >> 64) as i64);
        _mm_set_epi64x(high, low)
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn is(bytes: __m128i, byte: u8) -> __m128i {
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte.cast_signed()))
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn rare(bytes: __m128i) -> __m128i {
        let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        _mm_or_si128(is(bytes, b'\\'), control)
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn special_sse2(chunk: &[u8; 16]) -> u32 {
        let bytes = load(chunk);
        _mm_movemask_epi8(_mm_or_si128(is(bytes, b'"'), rare(bytes))).cast_unsigned()
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn classes_sse2(block: &[u8; 64]) -> Classes {
        let mut classes = Classes::default();
        let (chunks, _) = block.as_chunks();
        for (index, chunk) in chunks.iter().enumerate() {
            let bytes = load(chunk);
            // Brackets differ from braces in one bit that can be set.
            let braces = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
            let brackets = _mm_or_si128(is(braces, b'{'), is(braces, b'}'));
            let marks = _mm_or_si128(is(bytes, b','), is(bytes, b':'));
            let between = _mm_or_si128(marks, is(bytes, b' '));
            let bits = |lanes| u64::from(_mm_movemask_epi8(lanes).cast_unsigned()) << (index * 16);
            classes.quotes |= bits(is(bytes, b'"'));
            classes.brackets |= bits(brackets);
            classes.between |= bits(between);
            classes.rare |= bits(rare(bytes));
        }
        classes
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector {
    use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_le, u8x16_splat, u64x2, v128, v128_or};

    use super::Classes;

    #[inline]
    fn load(chunk: &[u8; 16]) -> v128 {
        let number = u128::from_le_bytes(*chunk);
        #[expect(clippy::cast_possible_truncation, reason = "the number is split into its halves")]
        u64x2(number as u64, (number >> 64) as u64)
    }

    #[inline]
    fn is(bytes: v128, byte: u8) -> v128 {
        u8x16_eq(bytes, u8x16_splat(byte))
    }

    #[inline]
    fn rare(bytes: v128) -> v128 {
        v128_or(is(bytes, b'\\'), u8x16_le(bytes, u8x16_splat(0x1f)))
    }

    #[inline]
    pub(super) fn special(chunk: &[u8; 16]) -> u32 {
        let bytes = load(chunk);
        i8x16_bitmask(v128_or(is(bytes, b'"'), rare(bytes))).into()
    }

    #[inline]
    pub(super) fn classes(block: &[u8; 64]) -> Classes {
        let mut classes = Classes::default();
        let (chunks, _) = block.as_chunks();
        for (index, chunk) in chunks.iter().enumerate() {
            let bytes = load(chunk);
            // Brackets differ from braces in one bit that can be set.
            let braces = v128_or(bytes, u8x16_splat(0x20));
            let brackets = v128_or(is(braces, b'{'), is(braces, b'}'));
            let between = v128_or(v128_or(is(bytes, b','), is(bytes, b':')), is(bytes, b' '));
            let bits = |lanes| u64::from(i8x16_bitmask(lanes)) << (index * 16);
            classes.quotes |= bits(is(bytes, b'"'));
            classes.brackets |= bits(brackets);
            classes.between |= bits(between);
            classes.rare |= bits(rare(bytes));
        }
        classes
    }
}

#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use portable as vector;

/// The twin of the vector code, and what stands in for it elsewhere.
#[cfg_attr(any(target_feature = "sse2", target_feature = "simd128"), allow(dead_code))]
pub(super) mod portable {
    use super::{Classes, is_special};

    pub(in super::super) fn special(chunk: &[u8; 16]) -> u32 {
        let bits = chunk.iter().enumerate();
        bits.fold(0, |mask, (index, &byte)| mask | u32::from(is_special(byte)) << index)
    }

    pub(in super::super) fn classes(block: &[u8; 64]) -> Classes {
        let mut classes = Classes::default();
        for (index, byte) in block.iter().enumerate() {
            let bit = 1 << index;
            match byte {
                b'"' => classes.quotes |= bit,
                b'{' | b'}' | b'[' | b']' => classes.brackets |= bit,
                b':' | b',' | b' ' => classes.between |= bit,
                b'\\' | 0..=0x1f => classes.rare |= bit,
                _ => {}
            }
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::super::twins::lanes_agree;

    #[test]
    fn the_twins_agree() {
        for byte in 0..=255 {
            for index in 0..64 {
                for filler in [b'a', 0x80, 0xff, b'"', b'{'] {
                    let mut block = [filler; 64];
                    block[index] = byte;
                    lanes_agree(&block);
                }
            }
        }
    }
}
