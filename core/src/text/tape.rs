//! Validating JSON text (RFC 8259) at speed, and where its members and elements are.
//!
//! This reads what [`scan`](super::scan) reads, and refuses what it refuses, but does not tell what
//! is wrong and where: who wants to know reads again.

use std::cell::Cell;
use std::ops::Range;

use super::members::Member;
use super::scan::{Fault, Reader, Strict, Trusted};
use super::tokens::Tokens;
use super::{Node, Origin};

/// What is malformed, or nested too deep.
#[derive(Debug)]
pub(super) struct Refused;

impl From<Fault> for Refused {
    fn from(_: Fault) -> Self {
        Self
    }
}

/// The members and elements of a document, those of a container right behind it.
pub(super) struct Tape {
    entries: Vec<Entry>,
    /// Whether there is no white space between tokens.
    pub(super) is_compact: bool,
    /// Whether there is no escape in any string.
    pub(super) is_plain: bool,
}

/// A member or an element; the document itself comes first, and is an element.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Where it starts: a member's name, an element's value.
    pub(super) start: u32,
    /// Where the value starts.
    pub(super) value: u32,
    /// Where the value ends.
    pub(super) end: u32,
    /// The entry behind all that this one holds.
    pub(super) next: u32,
}

/// A tape in the making: told what is read, in its order.
#[derive(Default)]
struct Entries {
    entries: Vec<Entry>,
    /// The innermost open container. While one is open its `end` is twice the container around it,
    /// and one more if that is an object: an entry takes at least two bytes.
    open: u32,
}

#[expect(clippy::cast_possible_truncation, reason = "longer texts are not read so")]
impl Entries {
    /// A member or element, and where its value starts.
    #[inline]
    fn entry(&mut self, start: usize, value: usize) {
        let entry = Entry { start: start as u32, value: value as u32, end: 0, next: 0 };
        self.entries.push(entry);
    }

    /// The end of its value, if that is no container.
    #[inline]
    fn end(&mut self, end: usize) {
        let next = self.entries.len() as u32;
        if let Some(entry) = self.entries.last_mut() {
            (entry.end, entry.next) = (end as u32, next);
        }
    }

    /// Its value is a container, of which all that follows is a part; whether the one that it is in
    /// is an object.
    #[inline]
    fn enter(&mut self, from_object: bool) {
        let index = self.entries.len() as u32 - 1;
        if let Some(entry) = self.entries.last_mut() {
            entry.end = self.open << 1 | u32::from(from_object);
        }
        self.open = index;
    }

    /// The end of the container; the answer is what was told when it was entered, nothing for the
    /// outermost.
    #[inline]
    fn leave(&mut self, end: usize) -> Option<bool> {
        let (index, next) = (self.open, self.entries.len() as u32);
        let entry = self.entries.get_mut(index as usize)?;
        let around = entry.end;
        self.open = around >> 1;
        (entry.end, entry.next) = (end as u32, next);
        (index > 0).then_some(around & 1 == 1)
    }
}

impl Tape {
    /// Reads a document that is a container, without white space around it; `None` for one of more
    /// bytes than an entry can count.
    pub(super) fn read(text: &str, max_depth: usize) -> Result<Option<Self>, Refused> {
        if u32::try_from(text.len()).is_err() {
            return Ok(None);
        }
        // In sessions members are seldom shorter than this.
        let mut entries = Entries { entries: Vec::with_capacity(text.len() / 12 + 4), open: 0 };
        entries.entry(0, 0);
        let container = container(text.as_bytes(), 0, max_depth, &mut entries)?;
        if container.end < text.len() {
            return Err(Refused);
        }
        let Container { is_compact, is_plain, .. } = container;
        Ok(Some(Self { entries: entries.entries, is_compact, is_plain }))
    }

    /// The entry of an index; an empty one at the end for an index of none.
    #[inline]
    pub(super) fn entry(&self, index: u32) -> Entry {
        const NONE: Entry =
            Entry { start: u32::MAX, value: u32::MAX, end: u32::MAX, next: u32::MAX };
        self.entries.get(index as usize).copied().unwrap_or(NONE)
    }

    /// The document itself.
    pub(super) const ROOT: u32 = 0;

    /// A member of this text's; its name is empty if it is an element.
    pub(super) fn member<'a>(&self, text: &'a str, index: u32) -> Member<'a> {
        Member { key: self.name(text, index), value: self.node(text, index) }
    }

    /// The literal of the name of an entry of this text's; nothing for an element.
    pub(super) fn name<'a>(&self, text: &'a str, index: u32) -> &'a str {
        &text[self.name_range(text.as_bytes(), index)]
    }

    /// The bytes of a [`name`](Self::name).
    #[inline]
    pub(super) fn name_bytes<'a>(&self, text: &'a str, index: u32) -> &'a [u8] {
        &text.as_bytes()[self.name_range(text.as_bytes(), index)]
    }

    #[inline]
    fn name_range(&self, text: &[u8], index: u32) -> Range<usize> {
        let entry = self.entry(index);
        let (start, value) = (entry.start as usize, entry.value as usize);
        if start == value {
            return start..start;
        }
        if self.is_compact {
            // Nothing but the colon stands between.
            return start..value - 1;
        }
        let reader = Trusted { bytes: text };
        let colon = reader.white_before(value) - 1;
        start..reader.white_before(colon)
    }

    /// The value of an entry of this text's.
    #[inline]
    pub(super) fn node<'a>(&self, text: &'a str, index: u32) -> Node<'a> {
        let entry = self.entry(index);
        let text = &text[entry.value as usize..entry.end as usize];
        Node { text, origin: Origin::Base(index) }
    }

    /// The members or elements of an entry.
    pub(super) fn inside(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        self.between(index + 1, self.entry(index).next)
    }

    /// The entries from one up to another of the same container.
    pub(super) fn between(&self, from: u32, to: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            let index = at;
            at = self.entry(index).next;
            (index < to).then_some(index)
        })
    }
}

/// The end of the value that starts here. In a text that is too long for entries, a container is
/// read by the exact reader.
pub(super) fn value_end(bytes: &[u8], at: usize, max_depth: usize) -> Result<usize, Refused> {
    match bytes.get(at) {
        Some(b'{' | b'[') if u32::try_from(bytes.len()).is_ok() => {
            let mut entries = Entries::default();
            entries.entry(at, at);
            Ok(container(bytes, at, max_depth, &mut entries)?.end)
        }
        _ => Ok(Strict { bytes, max_depth }.value(at)?),
    }
}

/// A container that was read.
struct Container {
    end: usize,
    /// Whether there is no white space between its tokens.
    is_compact: bool,
    /// Whether there is no escape in its strings.
    is_plain: bool,
}

/// Goes through a container and all that is in it.
#[inline(never)]
fn container(
    bytes: &[u8],
    start: usize,
    max_depth: usize,
    entries: &mut Entries,
) -> Result<Container, Refused> {
    /// The end of a value that is a string: it is found only when the next token is.
    const STRING: usize = 0;

    let strict = Strict { bytes, max_depth };
    let mut tokens = Tokens::new(bytes, start);
    // White space is met wherever something is not where it would be without.
    let is_compact = Cell::new(true);
    let before = |byte: u8, at: usize| {
        let near = at.wrapping_sub(1);
        if strict.byte(near) == byte {
            return Ok(near);
        }
        is_compact.set(false);
        let far = strict.white_before(at).wrapping_sub(1);
        if strict.byte(far) == byte { Ok(far) } else { Err(Refused) }
    };
    let mut depth = 0;
    let mut open = tokens.next();
    let mut is_object = strict.byte(open) == b'{';
    'container: loop {
        if depth == max_depth {
            return Err(Refused);
        }
        let mut is_first = true;
        // The end of the value before, or of the bracket.
        let mut end = open + 1;
        loop {
            let at = tokens.next();
            let byte = strict.byte(at);
            let closes = matches!(byte, b'}' | b']');
            let gap = if closes || is_first { at } else { before(b',', at)? };
            if end == STRING {
                entries.end(before(b'"', gap)? + 1);
            } else if end != gap {
                if end != strict.white_before(gap) {
                    return Err(Refused);
                }
                is_compact.set(false);
            }
            is_first = false;
            if closes {
                if is_object != (byte == b'}') {
                    return Err(Refused);
                }
                end = at + 1;
                match entries.leave(end) {
                    Some(outer) => (is_object, depth) = (outer, depth - 1),
                    None if tokens.is_malformed() => return Err(Refused),
                    None => {
                        let is_plain = !tokens.has_escapes();
                        return Ok(Container { end, is_compact: is_compact.get(), is_plain });
                    }
                }
                continue;
            }
            let mut value = at;
            if is_object {
                value = tokens.next();
                before(b'"', before(b':', value)?)?;
                if byte != b'"' {
                    return Err(Refused);
                }
            }
            entries.entry(at, value);
            match strict.byte(value) {
                b'"' => end = STRING,
                byte @ (b'{' | b'[') => {
                    entries.enter(is_object);
                    depth += 1;
                    is_object = byte == b'{';
                    open = value;
                    continue 'container;
                }
                _ => {
                    end = strict.word(value)?;
                    entries.end(end);
                }
            }
        }
    }
}
