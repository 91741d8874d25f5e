//! JSON strings as they are written, and what they mean.

use std::borrow::Cow;

use super::names::is_plain;
use crate::wtf8::{self, Piece};

/// The content of a valid string literal (with its quotes), lone surrogates as in WTF-8.
pub(crate) fn unescape(literal: &str) -> Cow<'_, [u8]> {
    let literal = literal.as_bytes();
    let inside = &literal[1..literal.len() - 1];
    if is_plain(literal) {
        return Cow::Borrowed(inside);
    }
    let first = inside.iter().take_while(|&&byte| byte != b'\\').count();
    let mut content = inside[..first].to_vec();
    let mut rest = &inside[first..];
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'\\', [b'u', after @ ..]) => unescape_unicode(after, &mut content),
            (b'\\', [escape, after @ ..]) => {
                content.push(match escape {
                    b'b' => 0x08,
                    b'f' => 0x0c,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                after
            }
            _ => {
                content.push(*byte);
                after
            }
        };
    }
    Cow::Owned(content)
}

/// Reads the four digits behind `\u`, and the low surrogate that may follow a high one.
fn unescape_unicode<'t>(digits: &'t [u8], content: &mut Vec<u8>) -> &'t [u8] {
    let unit = |digits: &[u8]| digits.iter().take(4).fold(0, |sum, &byte| sum << 4 | hex(byte));
    let high = unit(digits);
    let rest = digits.get(4..).unwrap_or_default();
    if let (0xd800..=0xdbff, [b'\\', b'u', after @ ..]) = (high, rest)
        && let low @ 0xdc00..=0xdfff = unit(after)
    {
        wtf8::push(content, 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
        return after.get(4..).unwrap_or_default();
    }
    wtf8::push(content, high);
    rest
}

fn hex(digit: u8) -> u32 {
    char::from(digit).to_digit(16).unwrap_or_default()
}

/// Writes a string literal. Only what must be is escaped: quotes, backslashes, control characters,
/// and lone surrogates, which text in UTF-8 cannot hold.
pub(crate) fn escape(content: &[u8], out: &mut String) {
    out.push('"');
    for piece in wtf8::pieces(content) {
        match piece {
            Piece::Surrogate(code) => push_unit(code, out),
            Piece::Text(text) => {
                let mut from = 0;
                for (at, byte) in text.bytes().enumerate() {
                    let short = match byte {
                        b'"' => "\\\"",
                        b'\\' => "\\\\",
                        b'\n' => "\\n",
                        b'\r' => "\\r",
                        b'\t' => "\\t",
                        0x08 => "\\b",
                        0x0c => "\\f",
                        0..=0x1f => "",
                        _ => continue,
                    };
                    out.push_str(&text[from..at]);
                    out.push_str(short);
                    if short.is_empty() {
                        push_unit(byte.into(), out);
                    }
                    from = at + 1;
                }
                out.push_str(&text[from..]);
            }
        }
    }
    out.push('"');
}

/// Writes a UTF-16 code unit as `\u` and four digits.
pub(crate) fn push_unit(unit: u16, out: &mut String) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        let digit = u32::from(unit >> shift & 0xf);
        out.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_back() {
        let meant = |literal| unescape(literal).into_owned();
        assert_eq!(meant(r#""plain é""#), "plain é".as_bytes());
        assert_eq!(meant(r#""\"\\\/\b\f\n\r\t\u00E9""#), "\"\\/\u{8}\u{c}\n\r\té".as_bytes());
        assert_eq!(meant(r#""\ud83d\ude00""#), "😀".as_bytes());
        assert_eq!(
            meant(r#""\ud83d\ud83d\ude00\udc00x""#),
            [b"\xed\xa0\xbd".as_slice(), "😀".as_bytes(), b"\xed\xb0\x80x"].concat()
        );
        assert_eq!(meant(r#""\ud83d\n""#), b"\xed\xa0\xbd\n");
        let mut written = String::new();
        escape(&meant(r#""\"\\\/\b\f\n\r\t\u001f\u007f\u00E9\ud800""#), &mut written);
        assert_eq!(written, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\u{7f}é\\ud800\"");
    }
}
