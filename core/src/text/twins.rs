//! The fast ways of reading, held against the plain ones by tests and by fuzzing.

use super::lanes::{self, portable};
use super::members::{elements, raw_members};
use super::scan::validate;
use super::tape::{Tape, value_end};

/// Checks both kinds of twins on any bytes.
#[cfg(fuzzing)]
pub fn check(bytes: &[u8]) {
    lanes_agree(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        for depth in [3, 128] {
            readers_agree(text, depth);
        }
        if text.starts_with(['{', '['])
            && let Ok(Some(tape)) = Tape::read(text, 128)
        {
            compare(&tape, text, Tape::ROOT);
        }
    }
}

/// Checks that vectors find what one byte after the other does, in each part of the bytes that
/// fills one.
pub(super) fn lanes_agree(bytes: &[u8]) {
    for block in bytes.as_chunks().0 {
        assert_eq!(lanes::classes(block), portable::classes(block), "{block:?}");
    }
    for chunk in bytes.as_chunks().0 {
        assert_eq!(lanes::special(chunk), portable::special(chunk), "{chunk:?}");
    }
}

/// Checks that the whole text is one document for both readers, or for none.
pub(super) fn readers_agree(text: &str, depth: usize) {
    let exact = validate(text, depth).is_ok_and(|document| document == text);
    let fast = value_end(text.as_bytes(), 0, depth).is_ok_and(|end| end == text.len());
    assert_eq!(exact, fast, "{text:?}");
    if text.starts_with(['{', '[']) {
        assert_eq!(exact, Tape::read(text, depth).is_ok(), "{text:?}");
    }
}

/// Compares what the tape tells of a container with what is found by reading it.
pub(super) fn compare(tape: &Tape, text: &str, entry: u32) {
    let node = tape.node(text, entry);
    let inside: Vec<_> = tape.inside(entry).map(|part| tape.member(text, part)).collect();
    let found: Vec<_> = match node.text.as_bytes()[0] {
        b'{' => raw_members(node.text).map(|member| (member.key, member.value.text)).collect(),
        b'[' => elements(node.text).map(|element| ("", element)).collect(),
        _ => Vec::new(),
    };
    assert_eq!(inside.iter().map(|part| (part.key, part.value.text)).collect::<Vec<_>>(), found);
    for part in tape.inside(entry) {
        compare(tape, text, part);
    }
}
