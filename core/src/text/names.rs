//! Sets of member names.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::string::unescape;
use crate::classes::Classes;

/// Up to so many names are kept in a list; more are hashed.
const FEW: usize = 64;

/// Names, each once. Most objects are small, and most names are told from all others by a few of
/// their bytes: only two names that agree in those are compared.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// The literals of the names, as long as they are few and have no escapes.
    few: SmallVec<[&'a str; 16]>,
    /// A look at each of them.
    glance: Glance,
    /// All of the names, when they are many.
    many: Option<Classes<Cow<'a, [u8]>>>,
}

impl<'a> Names<'a> {
    /// Adds the name of a literal, of which may be known that it has no escapes; false if it was
    /// there.
    #[inline]
    pub(super) fn insert(&mut self, literal: &'a str, is_known_plain: bool) -> bool {
        let is_plain = is_known_plain || is_plain(literal.as_bytes());
        if self.many.is_some() || self.few.len() == FEW || !is_plain {
            return self.insert_many(unescape(literal));
        }
        if !self.glance.insert(literal.as_bytes()) && self.few.contains(&literal) {
            return false;
        }
        self.few.push(literal);
        true
    }

    /// Whether the name of a literal is there.
    pub(super) fn contains(&self, literal: &str) -> bool {
        if let Some(many) = &self.many {
            return many.find_word(&unescape(literal)).is_some();
        }
        if is_plain(literal.as_bytes()) {
            return self.glance.contains(literal.as_bytes()) && self.few.contains(&literal);
        }
        let name = unescape(literal);
        self.few.iter().any(|known| unescape(known) == name)
    }

    #[cold]
    fn insert_many(&mut self, name: Cow<'a, [u8]>) -> bool {
        let few = &self.few;
        let many = self.many.get_or_insert_with(|| {
            let mut many = Classes::new();
            for known in few {
                many.of_word(unescape(known));
            }
            many
        });
        let count = many.len();
        many.of_word(name) as usize == count
    }
}

/// Whether a literal has no escapes.
#[inline]
pub(super) fn is_plain(literal: &[u8]) -> bool {
    /// Whether one of eight bytes is a backslash: it is the one whose difference is zero.
    fn has_escape(chunk: [u8; 8]) -> bool {
        const LOW: u64 = u64::from_ne_bytes([1; 8]);
        let difference = u64::from_ne_bytes(chunk) ^ (LOW * u64::from(b'\\'));
        difference.wrapping_sub(LOW) & !difference & (LOW << 7) != 0
    }
    let (chunks, rest) = literal.as_chunks();
    !chunks.iter().any(|chunk| has_escape(*chunk))
        && match literal.last_chunk() {
            Some(last) => !has_escape(*last),
            None => !rest.contains(&b'\\'),
        }
}

/// Bits that names without escapes choose by their length and a few of their bytes: where a bit is
/// not set, its name was not there.
#[derive(Clone, Default)]
pub(super) struct Glance {
    bits: [u64; 32],
}

impl Glance {
    /// Adds a name; false if its bit was set already.
    #[inline]
    pub(super) fn insert(&mut self, literal: &[u8]) -> bool {
        let (word, bit) = Self::place(literal);
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }

    fn contains(&self, literal: &[u8]) -> bool {
        let (word, bit) = Self::place(literal);
        self.bits[word] & bit != 0
    }

    #[inline]
    fn place(literal: &[u8]) -> (usize, u64) {
        let (first, last) = match (literal.first_chunk(), literal.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (literal.first_chunk(), literal.last_chunk()) {
                (Some(first), Some(last)) => {
                    (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
                }
                _ => (literal.get(1).copied().unwrap_or_default().into(), 0),
            },
        };
        let mixed = (first ^ last.rotate_left(23) ^ (literal.len() as u64) << 56)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> 59) as usize, 1 << (mixed >> 53 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_names_once_each() {
        let literals: Vec<String> =
            (0..500).map(|n| format!("\"{}{n}\"", "x".repeat(n % 20))).collect();
        for count in [1, FEW - 1, FEW, FEW + 1, 500] {
            let mut names = Names::default();
            for (index, literal) in literals[..count].iter().enumerate() {
                assert!(!names.contains(literal));
                assert!(names.insert(literal, false), "{literal}");
                assert!(names.contains(literal) && !names.insert(literal, false));
                assert!(names.contains(&literals[index / 2]));
            }
            assert!(!names.contains("\"y\""));
        }
    }

    #[test]
    fn escapes_are_seen_wherever_they_are() {
        for length in 2..40 {
            let mut literal = "x".repeat(length);
            assert!(is_plain(literal.as_bytes()));
            for at in 0..length {
                for (byte, plain) in [("\\", false), ("\u{1}", true), ("]", true), ("[", true)] {
                    literal.replace_range(at..=at, byte);
                    assert_eq!(is_plain(literal.as_bytes()), plain, "{literal}");
                }
                literal.replace_range(at..=at, "x");
            }
        }
    }

    #[test]
    fn escapes_spell_the_same_name() {
        for [one, other] in [["\"a\"", "\"\\u0061\""], ["\"\\u0061\"", "\"a\""], ["\"\"", "\"\""]] {
            let mut names = Names::default();
            assert!(names.insert(one, false));
            assert!(names.contains(other));
            assert!(!names.insert(other, false));
        }
    }
}
