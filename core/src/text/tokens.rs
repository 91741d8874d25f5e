//! Where the tokens of a JSON text start, found in blocks of sixty-four bytes.
//!
//! The way is that of simdjson (Langdale and Lemire, "Parsing gigabytes of JSON per second", The
//! VLDB Journal 28, 2019): classes of bytes become bits, and arithmetic on the bits tells what is
//! inside of strings. Blocks are looked at when they are needed, so that nothing is stored.

use super::lanes::{Classes, classes};

const BLOCK: usize = 64;

/// The places of brackets and of the first bytes of strings, numbers and names like `true`, from a
/// given place on. Between two of them, behind the end of what starts at the first, there is
/// nothing but white space, commas and colons.
pub(super) struct Tokens<'t> {
    bytes: &'t [u8],
    /// Where the present block starts.
    block: usize,
    /// The tokens in it that are still to come.
    starts: u64,
    /// All ones if the next block starts inside of a string.
    in_string: u64,
    /// 1 if the next block's first byte is escaped.
    escaped: u64,
    /// 1 if the byte before the next block belongs to a number or a name.
    in_scalar: u64,
    /// Whether there was a backslash.
    has_escapes: bool,
    /// Whether a string held something it must not, or a control character stood outside.
    is_malformed: bool,
}

impl<'t> Tokens<'t> {
    /// Tokens from a place that is not inside of a string, number or name.
    pub(super) fn new(bytes: &'t [u8], at: usize) -> Self {
        let mut tokens = Self {
            bytes,
            block: at,
            starts: 0,
            in_string: 0,
            escaped: 0,
            in_scalar: 0,
            has_escapes: false,
            is_malformed: false,
        };
        tokens.read();
        tokens
    }

    /// Whether the strings so far are well formed. Their ends are seen by who reads the tokens: a
    /// string that does not end takes all others with it.
    pub(super) fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// Whether something was escaped so far.
    pub(super) fn has_escapes(&self) -> bool {
        self.has_escapes
    }

    /// The next token; behind the last one the length of the text.
    #[inline]
    pub(super) fn next(&mut self) -> usize {
        if self.starts == 0 && !self.go_on() {
            return self.bytes.len();
        }
        let at = self.block + self.starts.trailing_zeros() as usize;
        self.starts &= self.starts - 1;
        at
    }

    /// Goes on to the next block that has tokens; false if there is none.
    #[inline(never)]
    fn go_on(&mut self) -> bool {
        while self.starts == 0 {
            self.block += BLOCK;
            if self.block >= self.bytes.len() {
                self.block = self.bytes.len();
                return false;
            }
            self.read();
        }
        true
    }

    fn read(&mut self) {
        let rest = self.bytes.get(self.block..).unwrap_or_default();
        if let Some(block) = rest.first_chunk() {
            self.find(block);
        } else {
            let mut block = [b' '; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.find(&block);
        }
    }

    /// Finds the tokens of a block.
    #[inline]
    fn find(&mut self, block: &[u8; BLOCK]) {
        let Classes { mut quotes, brackets, mut between, rare } = classes(block);
        let mut control = 0;
        if rare != 0 || self.escaped != 0 {
            let escaped;
            (escaped, control) = self.rare(block, rare);
            quotes &= !escaped;
            between |= control;
        }
        let in_string = prefix_xor(quotes) ^ self.in_string;
        self.in_string = 0_u64.wrapping_sub(in_string >> 63);
        self.is_malformed |= control & in_string != 0;
        let scalars = !(brackets | between | quotes);
        let goes_on = scalars << 1 | self.in_scalar;
        self.in_scalar = scalars >> 63;
        let starts = (brackets | scalars | quotes) & !(goes_on & !brackets);
        // The opening quote is a token; what is in the string, and its closing quote, are none.
        self.starts = starts & !(in_string ^ quotes);
    }

    /// Which bytes a backslash escapes, and which are control characters. White space other than
    /// the space is among these; any other makes the text malformed, as does what is no escape.
    #[cold]
    fn rare(&mut self, block: &[u8; BLOCK], mut rare: u64) -> (u64, u64) {
        let (mut escaped, mut control) = (self.escaped, 0);
        self.escaped = 0;
        while rare != 0 {
            let index = rare.trailing_zeros() as usize;
            rare &= rare - 1;
            let bit = 1_u64 << index;
            match block[index] {
                b'\\' if escaped & bit == 0 => {
                    self.has_escapes = true;
                    self.is_malformed |= !is_escape(self.bytes, self.block + index + 1);
                    if index + 1 == BLOCK {
                        self.escaped = 1;
                    }
                    escaped |= bit << 1;
                }
                b'\\' => {}
                byte => {
                    self.is_malformed |= !matches!(byte, b'\t' | b'\n' | b'\r');
                    control |= bit;
                }
            }
        }
        (escaped, control)
    }
}

/// Whether an escape goes on in this way behind its backslash.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
        Some(b'u') => {
            bytes.get(at + 1..at + 5).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        }
        _ => false,
    }
}

/// Each bit becomes the parity of itself and those below: set from an opening quote up to the
/// closing one.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
