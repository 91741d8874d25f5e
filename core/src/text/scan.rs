//! Reading JSON text (RFC 8259): validation of what comes from outside, and skipping over what is
//! known to be valid.
//!
//! Beyond the RFC the tokens `NaN`, `Infinity` and `-Infinity` are numbers, because Python's `json`
//! writes them, and `\u` escapes may name lone surrogates. Nothing here recurses: nesting costs a
//! bit a level.

use super::around::Around;
use super::bytes::{bracket_or_quote, common_prefix, plain_end};

/// Why a text is not a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The first byte that cannot continue the text; its length if it ended too early.
    pub(crate) offset: usize,
    pub(crate) reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// What should have come instead.
    Expected(&'static str),
    /// The container that starts here is nested too deep.
    TooDeep,
}

/// Reads JSON text from given places: [`Strict`] where it comes from outside, [`Trusted`] where it
/// is known to be valid.
pub(super) trait Reader: Copy {
    /// The end of the string that starts at a quote.
    fn string(self, at: usize) -> Result<usize, Fault>;

    fn bytes(&self) -> &[u8];

    /// The byte at a place; behind the end a zero, which stands nowhere in a document.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or(0)
    }

    /// The end of the white space that starts here.
    #[inline]
    fn white(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t' | b'\n' | b'\r') {
            at += 1;
        }
        at
    }

    /// The place behind what comes before the white space that ends here.
    #[inline]
    fn white_before(&self, mut at: usize) -> usize {
        while matches!(self.byte(at.wrapping_sub(1)), b' ' | b'\t' | b'\n' | b'\r') {
            at -= 1;
        }
        at
    }

    /// A fault, at a place where something else should have been.
    #[cold]
    fn fault<T>(&self, offset: usize, expected: &'static str) -> Result<T, Fault> {
        Err(Fault { offset, reason: Reason::Expected(expected) })
    }

    /// The ends of a member's name and of the colon and white space behind it.
    #[inline]
    fn name(self, at: usize, expected: &'static str) -> Result<(usize, usize), Fault> {
        if self.byte(at) != b'"' {
            return self.fault(at, expected);
        }
        let end = self.string(at)?;
        let colon = self.white(end);
        if self.byte(colon) != b':' {
            return self.fault(colon, "`:`");
        }
        Ok((end, self.white(colon + 1)))
    }
}

/// Validates what it reads; values may be nested this much deeper.
#[derive(Clone, Copy)]
pub(super) struct Strict<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) max_depth: usize,
}

/// Skips over valid text.
#[derive(Clone, Copy)]
pub(super) struct Trusted<'t> {
    pub(super) bytes: &'t [u8],
}

/// Validates a whole text; the answer is its document without the white space around it.
///
/// # Errors
/// The first fault.
pub(crate) fn validate(text: &str, max_depth: usize) -> Result<&str, Fault> {
    let reader = Strict { bytes: text.as_bytes(), max_depth };
    let start = reader.white(0);
    let end = reader.value(start)?;
    let rest = reader.white(end);
    if rest < text.len() {
        return reader.fault(rest, "the end of the text");
    }
    Ok(&text[start..end])
}

impl Reader for Strict<'_> {
    fn bytes(&self) -> &[u8] {
        self.bytes
    }

    #[inline]
    fn string(self, at: usize) -> Result<usize, Fault> {
        let mut at = at + 1;
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => return Ok(at + 1),
                Some(b'\\') => at = self.escape(at + 1)?,
                Some(_) => return self.fault(at, "an escape for a control character"),
                None => return self.fault(at, "`\"`"),
            }
        }
    }
}

impl Strict<'_> {
    /// The end of the value that starts here.
    #[inline]
    pub(super) fn value(self, at: usize) -> Result<usize, Fault> {
        match self.bytes.get(at) {
            Some(b'{' | b'[') => self.container(at),
            _ => self.scalar(at),
        }
    }

    /// Goes through a container and all that is in it.
    fn container(self, start: usize) -> Result<usize, Fault> {
        let mut around = Around::default();
        let mut at = start;
        'container: loop {
            if around.depth == self.max_depth {
                return Err(Fault { offset: at, reason: Reason::TooDeep });
            }
            let mut object = self.byte(at) == b'{';
            at = self.white(at + 1);
            let mut closes = self.byte(at) == if object { b'}' } else { b']' };
            if object && !closes {
                (_, at) = self.name(at, "a member's name or `}`")?;
            } else if at == self.bytes.len() {
                return self.fault(at, "a value or `]`");
            }
            loop {
                match self.byte(at) {
                    _ if closes => {
                        at += 1;
                        match around.pop() {
                            Some(outer) => object = outer,
                            None => return Ok(at),
                        }
                    }
                    b'{' | b'[' => {
                        around.push(object);
                        continue 'container;
                    }
                    _ => at = self.scalar(at)?,
                }
                // Behind a value: on to the next, or to what closes here.
                at = self.white(at);
                closes = match (self.byte(at), object) {
                    (b',', true) => {
                        (_, at) = self.name(self.white(at + 1), "a member's name")?;
                        false
                    }
                    (b',', false) => {
                        at = self.white(at + 1);
                        false
                    }
                    (b'}', true) | (b']', false) => true,
                    (_, true) => return self.fault(at, "`,` or `}`"),
                    (_, false) => return self.fault(at, "`,` or `]`"),
                };
            }
        }
    }

    #[inline]
    fn scalar(self, at: usize) -> Result<usize, Fault> {
        if self.byte(at) == b'"' { self.string(at) } else { self.word(at) }
    }

    /// The end of the number or name that starts here.
    pub(super) fn word(self, at: usize) -> Result<usize, Fault> {
        match self.byte(at) {
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.token(at, "true"),
            b'f' => self.token(at, "false"),
            b'n' => self.token(at, "null"),
            b'N' => self.token(at, "NaN"),
            b'I' => self.token(at, "Infinity"),
            _ => self.fault(at, "a value"),
        }
    }

    #[inline]
    fn token(self, at: usize, token: &'static str) -> Result<usize, Fault> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if rest.starts_with(token.as_bytes()) {
            return Ok(at + token.len());
        }
        self.fault(at + common_prefix(rest, token.as_bytes()), token)
    }

    /// Behind a backslash.
    fn escape(self, at: usize) -> Result<usize, Fault> {
        match self.byte(at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 1),
            b'u' => {
                for digit in at + 1..at + 5 {
                    if !self.byte(digit).is_ascii_hexdigit() {
                        return self.fault(digit, "four hexadecimal digits");
                    }
                }
                Ok(at + 5)
            }
            _ => self.fault(at, "an escape"),
        }
    }

    #[inline]
    fn number(self, mut at: usize) -> Result<usize, Fault> {
        if self.byte(at) == b'-' {
            at += 1;
            if self.byte(at) == b'I' {
                return self.token(at, "Infinity");
            }
        }
        at = if self.byte(at) == b'0' { at + 1 } else { self.digits(at)? };
        if self.byte(at) == b'.' {
            at = self.digits(at + 1)?;
        }
        if let b'e' | b'E' = self.byte(at) {
            at += 1;
            if let b'+' | b'-' = self.byte(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        Ok(at)
    }

    fn digits(self, start: usize) -> Result<usize, Fault> {
        let mut at = start;
        while self.byte(at).is_ascii_digit() {
            at += 1;
        }
        if at == start { self.fault(at, "a digit") } else { Ok(at) }
    }
}

impl Reader for Trusted<'_> {
    fn bytes(&self) -> &[u8] {
        self.bytes
    }

    #[inline]
    fn string(self, at: usize) -> Result<usize, Fault> {
        Ok(skip_string(self.bytes, at))
    }
}

/// The end of the string that starts here, in valid text.
#[inline]
pub(super) fn skip_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            // What follows a backslash belongs to it.
            Some(_) => at += 2,
            None => return bytes.len(),
        }
    }
}

/// The end of the value that starts here, in valid text.
pub(super) fn skip_value(bytes: &[u8], start: usize) -> usize {
    match bytes.get(start) {
        Some(b'"') => skip_string(bytes, start),
        Some(b'{' | b'[') => skip_container(bytes, start),
        _ => {
            let ends =
                |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
            let rest = bytes.get(start..).unwrap_or_default();
            start + rest.iter().position(ends).unwrap_or(rest.len())
        }
    }
}

/// The end of the container that starts here: only brackets and strings matter.
fn skip_container(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        at = bracket_or_quote(bytes, at);
        match bytes.get(at) {
            Some(b'"') => at = skip_string(bytes, at),
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            Some(_) => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return at;
                }
            }
            None => return bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_texts() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "12.50",
            "1e5",
            "1E+5",
            "-1.0e-55",
            "NaN",
            "Infinity",
            "-Infinity",
            r#""""#,
            r#""\"\\\/\b\f\n\r\t\u00e9\ud800""#,
            "\"é\u{7f}\"",
            "[]",
            "{}",
            "[ ]",
            "{ }",
            "[1,2]",
            r#"{"a":1,"b":[{"c":{}}]}"#,
            // At one depth first an object is left open, then an array.
            r#"[{"a":[1]},[[1],2],{"a":{"b":1},"c":2}]"#,
            " \t\n\r[ 1 , 2 ] ",
            r#"{ "a" : 1 }"#,
        ] {
            let document = validate(text, 128).unwrap();
            assert_eq!(document, text.trim());
            assert_eq!(skip_value(document.as_bytes(), 0), document.len());
        }
    }

    #[test]
    fn faults_are_placed_at_the_first_byte_that_cannot_go_on() {
        for (text, offset, expected) in [
            ("", 0, "a value"),
            ("  ", 2, "a value"),
            ("nul}", 3, "null"),
            ("[1,]", 3, "a value"),
            ("[", 1, "a value or `]`"),
            ("[1", 2, "`,` or `]`"),
            ("[1 2", 3, "`,` or `]`"),
            ("{", 1, "a member's name or `}`"),
            ("{1", 1, "a member's name or `}`"),
            (r#"{"a""#, 4, "`:`"),
            (r#"{"a":}"#, 5, "a value"),
            (r#"{"a":1"#, 6, "`,` or `}`"),
            (r#"{"a":1,}"#, 7, "a member's name"),
            ("01", 1, "the end of the text"),
            ("-", 1, "a digit"),
            ("1.", 2, "a digit"),
            ("1e+", 3, "a digit"),
            ("-Inf", 4, "Infinity"),
            ("\"a", 2, "`\"`"),
            ("\"\n\"", 1, "an escape for a control character"),
            (r#""\x""#, 2, "an escape"),
            (r#""\u12g4""#, 5, "four hexadecimal digits"),
            ("1 1", 2, "the end of the text"),
            ("\u{feff}1", 0, "a value"),
        ] {
            let fault = Fault { offset, reason: Reason::Expected(expected) };
            assert_eq!(validate(text, 128), Err(fault), "{text}");
        }
    }

    #[test]
    fn depth_counts_containers() {
        assert!(validate("[[1]]", 2).is_ok());
        assert_eq!(validate("[[1],[]]", 1), Err(Fault { offset: 1, reason: Reason::TooDeep }));
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(validate(&nested(1000), 1000).is_ok());
        assert_eq!(validate(&nested(100_000), 999).unwrap_err().offset, 999);
    }
}
