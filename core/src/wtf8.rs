//! UTF-8 that can also hold lone surrogates, each as the three bytes its code point would take
//! (WTF-8).
//!
//! JSON text may name code points like `\ud800` that no Rust `str` can hold, and Python writes
//! them.

use std::borrow::Cow;

/// Appends a code point; a low surrogate after a high one becomes the one code point the pair
/// stands for.
pub(crate) fn push(out: &mut Vec<u8>, code: u32) {
    if let Some(character) = char::from_u32(code) {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        // Only surrogates are not characters: 0xD800..=0xDFFF, which fit three bytes.
        let [low, high] = [(code & 0x3f) as u8, (code >> 6 & 0x3f) as u8];
        out.extend_from_slice(&[0xed, 0x80 | high, 0x80 | low]);
    }
}

/// The text with every lone surrogate replaced by U+FFFD.
pub(crate) fn to_str_lossy(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for piece in pieces(bytes) {
        match piece {
            Piece::Text(valid) => text.push_str(valid),
            Piece::Surrogate(_) => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(text)
}

/// A stretch of WTF-8.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'a> {
    /// Ordinary text.
    Text(&'a str),
    /// A lone surrogate's code point.
    Surrogate(u16),
}

/// Splits WTF-8 into ordinary text and lone surrogates.
pub(crate) fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    // `utf8_chunks` reports a surrogate's three bytes as one to three invalid chunks of one byte
    // each.
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let valid = match str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        if valid.is_empty() {
            let code = match *rest {
                [0xed, second, third, ..] => {
                    0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f)
                }
                _ => 0xfffd,
            };
            rest = rest.get(3..).unwrap_or_default();
            return Some(Piece::Surrogate(code));
        }
        rest = &rest[valid.len()..];
        Some(Piece::Text(valid))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_survive() {
        let mut bytes = b"a".to_vec();
        push(&mut bytes, 0xd800);
        push(&mut bytes, 0x1f600);
        push(&mut bytes, 0xdfff);
        let seen: Vec<_> = pieces(&bytes).collect();
        assert_eq!(
            seen,
            [
                Piece::Text("a"),
                Piece::Surrogate(0xd800),
                Piece::Text("😀"),
                Piece::Surrogate(0xdfff)
            ]
        );
        assert_eq!(to_str_lossy(&bytes), "a\u{fffd}😀\u{fffd}");
    }
}
