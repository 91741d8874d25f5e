//! JSON Pointers (RFC 6901) as data, with a printed form that keeps secrets.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use smallvec::SmallVec;

use crate::wtf8;

/// Where something stands in a document: a JSON Pointer (RFC 6901).
///
/// [`as_str`](Self::as_str) is the pointer in full. What is *printed* (`Display` and `Debug`) shows
/// `…` for every segment that could be a token: one of more than 24 characters, or with an ASCII
/// digit in it. A session's keys may be as secret as its values.
///
/// ```
/// use serde_json::json;
/// let rules = session_merge::Rules::default();
/// let merged = session_merge::merge(&json!({}), &json!({"nonce_81f": 1}), &json!({"nonce_81f": 2}), &rules)?;
/// assert_eq!(merged.conflicts[0].pointer.as_str(), "/nonce_81f");
/// assert_eq!(merged.conflicts[0].pointer.to_string(), "/…");
/// # Ok::<(), session_merge::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Pointer {
    /// The escaped text; a lone surrogate in a name stands as its three bytes (WTF-8). Most are
    /// short enough to need no allocation.
    text: SmallVec<[u8; 40]>,
}

/// Segments longer than this are not printed.
const LONGEST_PRINTED: usize = 24;

impl Pointer {
    /// The pointer of the whole document, which is empty.
    #[must_use]
    pub const fn root() -> Self {
        Self { text: SmallVec::new_const() }
    }

    /// Appends a segment, escaping `~` and `/` in it.
    pub fn push(&mut self, name: &[u8]) {
        self.text.push(b'/');
        if !name.iter().any(|byte| matches!(byte, b'~' | b'/')) {
            return self.text.extend_from_slice(name);
        }
        for &byte in name {
            match byte {
                b'~' => self.text.extend_from_slice(b"~0"),
                b'/' => self.text.extend_from_slice(b"~1"),
                _ => self.text.push(byte),
            }
        }
    }

    /// Appends a pointer that starts where this one ends.
    pub fn append(&mut self, below: &Self) {
        self.text.extend_from_slice(&below.text);
    }

    /// The pointer in full. Lone surrogates, which a `str` cannot hold, come as U+FFFD.
    #[must_use]
    pub fn as_str(&self) -> Cow<'_, str> {
        wtf8::to_str_lossy(&self.text)
    }

    /// The pointer's bytes: UTF-8, but for lone surrogates, which stand as three bytes each
    /// (WTF-8).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }
}

impl Serialize for Pointer {
    /// The pointer in full, as a string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.as_str())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in self.text.split(|&byte| byte == b'/').skip(1) {
            let segment = wtf8::to_str_lossy(segment);
            f.write_str("/")?;
            f.write_str(if is_telling(&segment) { "…" } else { &segment })?;
        }
        Ok(())
    }
}

/// Whether an escaped segment could be a token.
fn is_telling(segment: &str) -> bool {
    let mut length = 0;
    let mut letters = segment.chars();
    while let Some(letter) = letters.next() {
        if letter == '~' {
            // An escape: two characters that stand for one.
            letters.next();
        }
        length += 1;
        if length > LONGEST_PRINTED || letter.is_ascii_digit() || letter.is_control() {
            return true;
        }
    }
    false
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(segments: &[&str]) -> Pointer {
        let mut pointer = Pointer::root();
        for segment in segments {
            pointer.push(segment.as_bytes());
        }
        pointer
    }

    #[test]
    fn segments_are_escaped() {
        assert_eq!(pointer(&["a/b", "~", "", "*"]).as_str(), "/a~1b/~0//*");
        assert_eq!(Pointer::root().as_str(), "");
    }

    #[test]
    fn what_could_be_a_token_is_not_printed() {
        let shown = |name: &str| pointer(&[name]).to_string();
        assert_eq!(shown("cart"), "/cart");
        assert_eq!(shown("abcdefghijklmnopqrstuvwx"), "/abcdefghijklmnopqrstuvwx");
        assert_eq!(shown("abcdefghijklmnopqrstuvwxy"), "/…");
        assert_eq!(shown("é~é~é~é~é~é~é~é~é~é~é~é~"), "/é~0é~0é~0é~0é~0é~0é~0é~0é~0é~0é~0é~0");
        assert_eq!(shown("step1"), "/…");
        assert_eq!(shown("a\nb"), "/…");
        assert_eq!(format!("{:?}", pointer(&["a", "k3y", "b"])), "\"/a/…/b\"");
    }
}
