//! Patterns: JSON Pointers (RFC 6901) whose segments may hold `*` or be `**`.

use std::cmp::{Ordering, Reverse};

/// One segment of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Exactly this name.
    Literal(Vec<u8>),
    /// Names that hold these pieces in order, the first and last at the ends; always two pieces or
    /// more.
    Glob(Vec<Vec<u8>>),
    /// `**`: any number of segments, none included.
    Deep,
}

/// A parsed pattern with the text it came from.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) segments: Vec<Segment>,
}

impl Segment {
    /// Whether a member's name fits; `**` is not asked.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Literal(literal) => literal == name,
            Self::Glob(pieces) => glob_matches(pieces, name),
            Self::Deep => false,
        }
    }

    /// Whether every name fits: the segment `*`, which is all that fits a list's element.
    pub(super) fn matches_elements(&self) -> bool {
        matches!(self, Self::Glob(pieces) if pieces.iter().all(Vec::is_empty))
    }

    fn parse(text: &[u8]) -> Result<Self, &'static str> {
        if text == b"**" {
            return Ok(Self::Deep);
        }
        let mut pieces = vec![Vec::new()];
        let mut bytes = text.iter().copied();
        while let Some(byte) = bytes.next() {
            let unescaped = match byte {
                b'*' => {
                    pieces.push(Vec::new());
                    continue;
                }
                b'~' => match bytes.next() {
                    Some(b'0') => b'~',
                    Some(b'1') => b'/',
                    Some(b'2') => b'*',
                    _ => return Err("`~` must be followed by 0, 1 or 2"),
                },
                _ => byte,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(unescaped);
            }
        }
        Ok(match <[_; 1]>::try_from(pieces) {
            Ok([literal]) => Self::Literal(literal),
            Err(pieces) => Self::Glob(pieces),
        })
    }

    fn class(&self) -> Class {
        match self {
            Self::Literal(_) => Class::Literal,
            Self::Glob(_) => Class::Glob,
            Self::Deep => Class::Deep,
        }
    }

    fn literal_characters(&self) -> usize {
        let count = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        match self {
            Self::Literal(literal) => count(literal),
            Self::Glob(pieces) => pieces.iter().map(|piece| count(piece)).sum(),
            Self::Deep => 0,
        }
    }
}

/// What stands at one position of a pattern, the more specific first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Literal,
    Glob,
    End,
    Deep,
}

impl Pattern {
    /// The pattern of the whole document.
    pub(super) fn root() -> Self {
        Self { text: String::new(), segments: Vec::new() }
    }

    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let segments = match text.strip_prefix('/') {
            None if text.is_empty() => Vec::new(),
            None => return Err("a pattern is empty or starts with `/`"),
            Some(rest) => {
                let mut segments = Vec::new();
                for segment in rest.as_bytes().split(|&byte| byte == b'/') {
                    segments.push(Segment::parse(segment)?);
                }
                segments
            }
        };
        Ok(Self { text: text.to_owned(), segments })
    }

    /// The order of specificity, the most specific first: segment by segment from the left, a
    /// literal before a glob before the pattern's end before `**`; then the one with more literal
    /// characters; then by text.
    pub(super) fn specificity(&self, other: &Self) -> Ordering {
        let classes = |pattern: &Self| {
            let classes = pattern.segments.iter().map(Segment::class).collect::<Vec<_>>();
            classes.into_iter().chain([Class::End])
        };
        let literals = |pattern: &Self| {
            pattern.segments.iter().map(Segment::literal_characters).sum::<usize>()
        };
        classes(self)
            .cmp(classes(other))
            .then_with(|| Reverse(literals(self)).cmp(&Reverse(literals(other))))
            .then_with(|| self.text.cmp(&other.text))
    }
}

/// Matches the pieces between the stars: the ends are anchored, and the leftmost place will do for
/// each piece between.
fn glob_matches(pieces: &[Vec<u8>], name: &[u8]) -> bool {
    let [first, middle @ .., last] = pieces else {
        return false;
    };
    let Some(mut rest) = name.strip_prefix(first.as_slice()) else {
        return false;
    };
    for piece in middle.iter().filter(|piece| !piece.is_empty()) {
        match rest.windows(piece.len()).position(|window| window == piece.as_slice()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(segment: &str, name: &str) -> bool {
        Segment::parse(segment.as_bytes()).unwrap().matches(name.as_bytes())
    }

    #[test]
    fn globs() {
        for (segment, name) in [
            ("*", ""),
            ("*", "a*"),
            ("a*", "a"),
            ("*a", "aa"),
            ("a*a", "aa"),
            ("a*b*c", "aXbYbZc"),
            ("a**c", "abc"),
            ("~2", "*"),
            ("*~2", "x*"),
            ("***", "x"),
            ("~01", "~1"),
            ("*é", "é"),
        ] {
            assert!(matches(segment, name), "{segment} {name}");
        }
        for (segment, name) in [
            ("a*a", "a"),
            ("a*b*b", "ab"),
            ("a*", "b"),
            ("*a", "ab"),
            ("~2", "a"),
            ("a*bc*c", "abc"),
        ] {
            assert!(!matches(segment, name), "{segment} {name}");
        }
        assert!(Segment::parse(b"*").unwrap().matches_elements());
        assert!(!Segment::parse(b"a*").unwrap().matches_elements());
    }

    #[test]
    fn refused() {
        for text in ["a", "/~", "/~3", "/a~", "*"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn specificity_is_a_total_order() {
        let ordered = [
            "/a/b/c", "/a/b", "/a/*/c", "/a/bb*", "/a/b*", "/a/*", "/a", "/a/**", "/*/a", "/zzz*",
            "/éé*", "/*", "", "/**/a", "/**/*", "/**",
        ];
        let patterns: Vec<_> = ordered.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        for (i, a) in patterns.iter().enumerate() {
            for (j, b) in patterns.iter().enumerate() {
                assert_eq!(a.specificity(b), i.cmp(&j), "{} {}", a.text, b.text);
            }
        }
    }
}
