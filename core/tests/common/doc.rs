//! Documents as the tests see them: a reading of JSON text that shares nothing with the crate's own.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// A document that remembers how its scalars and names are spelled.
#[derive(Clone)]
pub enum Doc {
    /// `null`, `true`, `false` and numbers, as they stand in the text.
    Token(String),
    /// A string's literal, with its quotes.
    String(String),
    Array(Vec<Doc>),
    /// Members with their names' literals.
    Object(Vec<(String, Doc)>),
}

/// What counts when documents are compared.
#[derive(Clone, Copy, Default)]
pub struct Lens {
    /// An integer and a float of one value are one.
    pub equal: bool,
    /// The order of elements does not count.
    pub unordered: bool,
    /// Strings that hold documents are compared as documents.
    pub embedded: bool,
}

/// Members in any order, numbers by type and value.
pub const SAME: Lens = Lens { equal: false, unordered: false, embedded: false };
/// As [`SAME`], but `1` is `1.0`.
pub const EQUAL: Lens = Lens { equal: true, ..SAME };

impl fmt::Display for Doc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(text) | Self::String(text) => f.write_str(text),
            Self::Array(elements) => {
                f.write_char('[')?;
                for (at, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if at > 0 { "," } else { "" })?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (at, (name, member)) in members.iter().enumerate() {
                    write!(f, "{}{name}:{member}", if at > 0 { "," } else { "" })?;
                }
                f.write_char('}')
            }
        }
    }
}

impl fmt::Debug for Doc {
    /// As text: counterexamples are to be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Doc {
    /// Reads valid text; a repeated name stands at its first place with its last value.
    ///
    /// # Panics
    /// Where the text is not JSON.
    pub fn read(text: &str) -> Self {
        Self::try_read(text).unwrap_or_else(|| panic!("not JSON: {text}"))
    }

    pub fn try_read(text: &str) -> Option<Self> {
        let mut rest = text.trim_ascii();
        let doc = read_value(&mut rest)?;
        rest.is_empty().then_some(doc)
    }

    /// A string that holds `content`.
    pub fn string(content: &str) -> Self {
        Self::String(serde_json::Value::from(content).to_string())
    }

    /// A member by the meaning of its name.
    pub fn member(&self, name: &[u16]) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rfind(|(literal, _)| units(literal) == name).map(|(_, member)| member)
    }

    pub fn members(&self) -> &[(String, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    pub fn elements(&self) -> &[Self] {
        if let Self::Array(elements) = self { elements } else { &[] }
    }

    /// The text that two documents share exactly if they do not differ through the lens.
    pub fn form(&self, lens: Lens) -> String {
        match self {
            Self::Token(token) => token_form(token, lens),
            Self::String(literal) => {
                let content = units(literal);
                let text = String::from_utf16_lossy(&content);
                match Self::try_read(&text) {
                    Some(inner @ (Self::Array(_) | Self::Object(_))) if lens.embedded => {
                        format!("embedded({})", inner.form(lens))
                    }
                    _ => format!("{content:?}"),
                }
            }
            Self::Array(elements) => {
                let mut forms: Vec<_> = elements.iter().map(|element| element.form(lens)).collect();
                if lens.unordered {
                    forms.sort();
                }
                format!("[{}]", forms.join(","))
            }
            Self::Object(members) => {
                // Of a repeated name the last counts.
                let form = |(name, member): &(String, Self)| (units(name), member.form(lens));
                let members: BTreeMap<_, _> = members.iter().map(form).collect();
                let forms: Vec<_> =
                    members.iter().map(|(name, form)| format!("{name:?}:{form}")).collect();
                format!("{{{}}}", forms.join(","))
            }
        }
    }

    pub fn is(&self, other: &Self, lens: Lens) -> bool {
        self.form(lens) == other.form(lens)
    }

    /// Every scalar as it is spelled, and every name.
    pub fn leaves(&self, out: &mut Vec<String>) {
        match self {
            Self::Token(text) | Self::String(text) => out.push(text.clone()),
            Self::Array(elements) => elements.iter().for_each(|element| element.leaves(out)),
            Self::Object(members) => members.iter().for_each(|(name, member)| {
                out.push(format!("{name}:"));
                member.leaves(out);
            }),
        }
    }
}

/// A number's sign, digits and exponent; integers apart from floats unless the lens makes them one.
fn token_form(token: &str, lens: Lens) -> String {
    if !token.contains(|character: char| character.is_ascii_digit()) {
        return token.to_owned();
    }
    let float = token.contains(['.', 'e', 'E']) && !lens.equal;
    let kind = if float { "f" } else { "n" };
    let (sign, magnitude) = token.strip_prefix('-').map_or(("", token), |rest| ("-", rest));
    let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    let trimmed = significant.trim_end_matches('0');
    if trimmed.is_empty() {
        return format!("{kind}0");
    }
    let dropped = significant.len() - trimmed.len();
    let scale = exponent.parse::<i64>().unwrap() - i64::try_from(fraction.len()).unwrap();
    format!("{kind}{sign}{trimmed}e{}", scale + i64::try_from(dropped).unwrap())
}

/// What a string's literal means, in UTF-16 so that lone surrogates are nothing special.
pub fn units(literal: &str) -> Vec<u16> {
    let mut units = Vec::new();
    let mut rest = &literal[1..literal.len() - 1];
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        if character == '\\' {
            length = 2;
            units.push(match rest.as_bytes()[1] {
                b'b' => 8,
                b'f' => 12,
                b'n' => 10,
                b'r' => 13,
                b't' => 9,
                b'u' => {
                    length = 6;
                    u16::from_str_radix(&rest[2..6], 16).unwrap()
                }
                byte => u16::from(byte),
            });
        } else {
            units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
        }
        rest = &rest[length..];
    }
    units
}

/// The UTF-16 of a pointer's bytes, in which a lone surrogate stands as three of them.
pub fn wide(pointer: &[u8]) -> Vec<u16> {
    let mut units = Vec::new();
    let mut rest = pointer;
    while !rest.is_empty() {
        let valid = match str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&rest[..error.valid_up_to()]).unwrap(),
        };
        units.extend(valid.encode_utf16());
        rest = &rest[valid.len()..];
        if let [0xed, second, third, after @ ..] = rest {
            units.push(0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f));
            rest = after;
        }
    }
    units
}

/// A member's name as the step of a pointer.
pub fn pointer_to(name: &[u16]) -> Vec<u16> {
    let escape = |&unit: &u16| match u8::try_from(unit) {
        Ok(b'~') => vec![u16::from(b'~'), u16::from(b'0')],
        Ok(b'/') => vec![u16::from(b'~'), u16::from(b'1')],
        _ => vec![unit],
    };
    std::iter::once(u16::from(b'/')).chain(name.iter().flat_map(escape)).collect()
}

fn read_value(rest: &mut &str) -> Option<Doc> {
    match rest.as_bytes().first()? {
        b'{' => {
            let mut members: Vec<(String, Doc)> = Vec::new();
            read_list(rest, '}', |rest| {
                let name = read_string(rest)?;
                *rest = rest.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
                let member = read_value(rest)?;
                let meaning = units(&name);
                match members.iter_mut().find(|(known, _)| units(known) == meaning) {
                    Some(known) => known.1 = member,
                    None => members.push((name, member)),
                }
                Some(())
            })?;
            Some(Doc::Object(members))
        }
        b'[' => {
            let mut elements = Vec::new();
            read_list(rest, ']', |rest| {
                elements.push(read_value(rest)?);
                Some(())
            })?;
            Some(Doc::Array(elements))
        }
        b'"' => read_string(rest).map(Doc::String),
        _ => {
            let end = rest.find(|c: char| c.is_ascii_whitespace() || ",]}".contains(c));
            let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
            *rest = after;
            let known = ["null", "true", "false", "NaN", "Infinity", "-Infinity"].contains(&token);
            let number = || serde_json::from_str::<Box<serde_json::value::RawValue>>(token).is_ok();
            (known || number()).then(|| Doc::Token(token.to_owned()))
        }
    }
}

fn read_list(
    rest: &mut &str,
    close: char,
    mut entry: impl FnMut(&mut &str) -> Option<()>,
) -> Option<()> {
    *rest = rest[1..].trim_ascii_start();
    if let Some(after) = rest.strip_prefix(close) {
        *rest = after;
        return Some(());
    }
    loop {
        entry(rest)?;
        *rest = rest.trim_ascii_start();
        if let Some(after) = rest.strip_prefix(close) {
            *rest = after;
            return Some(());
        }
        *rest = rest.strip_prefix(',')?.trim_ascii_start();
    }
}

fn read_string(rest: &mut &str) -> Option<String> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while *bytes.get(at)? != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    let (literal, after) = rest.split_at(at + 1);
    *rest = after;
    literal.starts_with('"').then(|| literal.to_owned())
}
