//! The peers that take minutes to build.

use serde::de::IgnoredAny;
use suture_driver::SutureDriver;
use suture_driver_json::JsonDriver;

use crate::triples::Triple;

/// It gives up at the first conflict, so that it takes part only where there is none.
pub(crate) fn suture(triple: &Triple) -> Option<String> {
    JsonDriver.merge(&triple.base, &triple.mine, &triple.theirs).ok()?
}

pub(crate) fn validate_sonic(text: &str) -> usize {
    usize::from(sonic_rs::from_str::<IgnoredAny>(text).is_ok())
}

/// It reads in place and overwrites what it read: a copy is part of it, the buffers are not.
pub(crate) fn validate_simd(text: &str) -> Box<dyn FnMut() -> usize + '_> {
    let mut copy = Vec::with_capacity(text.len());
    let mut buffers = simd_json::Buffers::new(text.len());
    Box::new(move || {
        copy.clear();
        copy.extend_from_slice(text.as_bytes());
        let read = simd_json::to_tape_with_buffers(&mut copy, &mut buffers);
        usize::from(read.is_ok())
    })
}
