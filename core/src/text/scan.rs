//! Reading JSON text (RFC 8259): validation of what comes from outside, and skipping over what is known to be valid.
//!
//! Beyond the RFC the tokens `NaN`, `Infinity` and `-Infinity` are numbers, because Python's `json` writes them, and `\u` escapes may name
//! lone surrogates. Nothing here recurses: nesting costs a bit a level.

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

/// The kinds of the open containers, a bit each.
struct Open {
    objects: Vec<u64>,
    depth: usize,
    max_depth: usize,
}

impl Open {
    fn push(&mut self, object: bool, offset: usize) -> Result<(), Fault> {
        if self.depth == self.max_depth {
            return Err(Fault { offset, reason: Reason::TooDeep });
        }
        let (word, bit) = (self.depth / 64, self.depth % 64);
        if bit == 0 && self.objects.len() == word {
            self.objects.push(0);
        }
        self.objects[word] = self.objects[word] & !(1 << bit) | u64::from(object) << bit;
        self.depth += 1;
        Ok(())
    }

    fn in_object(&self) -> bool {
        let top = self.depth - 1;
        self.objects[top / 64] >> (top % 64) & 1 == 1
    }
}

/// A position in a text that is being validated.
struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
}

/// Validates a whole text; the answer is its document without the white space around it.
///
/// # Errors
/// The first fault.
pub(crate) fn validate(text: &str, max_depth: usize) -> Result<&str, Fault> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    scanner.white();
    let start = scanner.at;
    scanner.value(max_depth)?;
    let end = scanner.at;
    scanner.white();
    if scanner.at < text.len() {
        return Err(scanner.fault("the end of the text"));
    }
    Ok(&text[start..end])
}

impl Scanner<'_> {
    fn fault(&self, expected: &'static str) -> Fault {
        Fault { offset: self.at, reason: Reason::Expected(expected) }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, max_depth: usize) -> Result<(), Fault> {
        let mut open = Open { objects: Vec::new(), depth: 0, max_depth };
        loop {
            let closed = match self.peek() {
                Some(bracket @ (b'{' | b'[')) => {
                    open.push(bracket == b'{', self.at)?;
                    self.at += 1;
                    self.white();
                    match (self.peek(), bracket) {
                        (Some(b'}'), b'{') | (Some(b']'), b'[') => {
                            self.at += 1;
                            open.depth -= 1;
                            true
                        }
                        (_, b'{') => {
                            self.name("a member's name or `}`")?;
                            false
                        }
                        (None, _) => return Err(self.fault("a value or `]`")),
                        _ => false,
                    }
                }
                _ => {
                    self.scalar()?;
                    true
                }
            };
            if closed && self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Goes on behind a value to the next; true if there is none.
    fn close(&mut self, open: &mut Open) -> Result<bool, Fault> {
        while open.depth > 0 {
            self.white();
            match (self.peek(), open.in_object()) {
                (Some(b','), object) => {
                    self.at += 1;
                    self.white();
                    if object {
                        self.name("a member's name")?;
                    }
                    return Ok(false);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    open.depth -= 1;
                }
                (_, true) => return Err(self.fault("`,` or `}`")),
                (_, false) => return Err(self.fault("`,` or `]`")),
            }
        }
        Ok(true)
    }

    /// A member's name and its colon.
    fn name(&mut self, expected: &'static str) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault(expected));
        }
        self.string()?;
        self.white();
        if self.peek() != Some(b':') {
            return Err(self.fault("`:`"));
        }
        self.at += 1;
        self.white();
        Ok(())
    }

    fn scalar(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.token("true"),
            Some(b'f') => self.token("false"),
            Some(b'n') => self.token("null"),
            Some(b'N') => self.token("NaN"),
            Some(b'I') => self.token("Infinity"),
            _ => Err(self.fault("a value")),
        }
    }

    fn token(&mut self, token: &'static str) -> Result<(), Fault> {
        for byte in token.bytes() {
            if self.peek() != Some(byte) {
                return Err(self.fault(token));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(0..=0x1f) => return Err(self.fault("an escape for a control character")),
                Some(_) => self.at += 1,
                None => return Err(self.fault("`\"`")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.fault("four hexadecimal digits"));
                    }
                }
                self.at += 1;
            }
            _ => return Err(self.fault("an escape")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'-') {
            self.at += 1;
            if self.peek() == Some(b'I') {
                return self.token("Infinity");
            }
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault("a digit")) } else { Ok(()) }
    }
}

/// The end of the white space that starts here.
pub(super) fn skip_white(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the string that starts here, in valid text.
pub(super) fn skip_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of the value that starts here, in valid text.
pub(super) fn skip_value(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = skip_string(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
                continue;
            }
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            _ => {
                while bytes.get(at).is_some_and(|byte| {
                    !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
                }) {
                    at += 1;
                }
            }
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
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
