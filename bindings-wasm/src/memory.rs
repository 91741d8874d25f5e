//! Comparing memory sixteen bytes at a time.
//!
//! Most of three documents is compared and found to be equal. The compiler's own function, as it is
//! built for size, goes byte by byte.

use std::arch::wasm32::{u8x16_bitmask, u8x16_ne, v128_load};

const LANES: usize = 16;

/// The C function: the compiler calls it wherever slices are compared.
///
/// # Safety
/// As there: so many bytes can be read at both.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    let mut at = 0;
    while length - at >= LANES {
        // SAFETY: there are sixteen bytes more at both; a load needs no alignment.
        let lanes = unsafe { [a, b].map(|side| v128_load(side.add(at).cast())) };
        if u8x16_bitmask(u8x16_ne(lanes[0], lanes[1])) != 0 {
            break;
        }
        at += LANES;
    }
    while at < length {
        // SAFETY: there is a byte more at both.
        let [a, b] = unsafe { [*a.add(at), *b.add(at)] };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
        at += 1;
    }
    0
}
