//! The members and elements of containers, in their order of appearance, and by name.

use std::borrow::Cow;

use super::Node;
use super::scan::{Reader, Trusted, skip_string, skip_value};
use super::string::unescape;
use crate::classes::Classes;
use crate::pointer::Pointer;

/// A member as it is spelled.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    /// The name's literal.
    pub(super) key: &'a str,
    pub(super) value: Node<'a>,
}

/// The members of an object in valid text, repeated names included.
pub(super) fn raw_members(object: &str) -> impl Iterator<Item = Member<'_>> {
    let reader = Trusted { bytes: object.as_bytes() };
    let mut at = reader.white(1);
    std::iter::from_fn(move || {
        let start = at;
        let (key_end, value) = reader.name(start, "a member's name").ok()?;
        let end = skip_value(reader.bytes, value);
        at = behind(reader, end);
        Some(Member { key: &object[start..key_end], value: Node::trusted(&object[value..end]) })
    })
}

/// Where the next member or element starts, or the bracket is that closes.
fn behind(reader: Trusted<'_>, end: usize) -> usize {
    let at = reader.white(end);
    if reader.byte(at) == b',' { reader.white(at + 1) } else { at }
}

/// The elements of an array in valid text.
pub(super) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let bytes = array.as_bytes();
    let reader = Trusted { bytes };
    let mut at = reader.white(1);
    std::iter::from_fn(move || {
        if matches!(bytes.get(at), None | Some(b']')) {
            return None;
        }
        let start = at;
        let end = skip_value(bytes, start);
        at = behind(reader, end);
        Some(&array[start..end])
    })
}

impl<'a> Node<'a> {
    /// An object's members, repeated names included.
    pub(crate) fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        raw_members(self.text).map(|member| (unescape(member.key), member.value))
    }
}

/// Members, each name once: at its first place, as it comes last.
pub(super) fn distinct<'a>(all: impl Iterator<Item = Member<'a>>) -> Vec<Member<'a>> {
    let mut members: Vec<Member<'a>> = Vec::new();
    let mut names = Classes::new();
    for member in all {
        let place = names.of_word(unescape(member.key)) as usize;
        match members.get_mut(place) {
            Some(first) => *first = member,
            None => members.push(member),
        }
    }
    members
}

/// Finds members by name: at once if they are asked for in their order, else by an index that is
/// made when first needed.
pub(super) struct Finder<'m, 'a> {
    /// No name comes twice.
    members: &'m [Member<'a>],
    next: usize,
    /// The names, each with the class that is its member's place.
    index: Option<Classes<Cow<'a, [u8]>>>,
}

/// Up to so many members are compared one by one rather than hashed.
const FEW: usize = 8;

impl<'m, 'a> Finder<'m, 'a> {
    pub(super) fn new(members: &'m [Member<'a>]) -> Self {
        Self { members, next: 0, index: None }
    }

    pub(super) fn find(&mut self, key: &str) -> Option<usize> {
        let members = self.members;
        if members.get(self.next).is_some_and(|member| member.key == key) {
            self.next += 1;
            return Some(self.next - 1);
        }
        let name = unescape(key);
        let at = if members.len() <= FEW {
            members.iter().position(|member| unescape(member.key) == name)?
        } else {
            let index = self.index.get_or_insert_with(|| {
                let mut names = Classes::new();
                for member in members {
                    names.of_word(unescape(member.key));
                }
                names
            });
            index.find_word(&name)? as usize
        };
        self.next = at + 1;
        Some(at)
    }
}

/// The pointer of the container that starts at an offset of a text which is valid up to there.
pub(super) fn pointer_at(text: &str, offset: usize) -> Pointer {
    /// An open container: the name or index of the entry that the scan is in.
    struct Frame<'t> {
        key: Option<&'t str>,
        index: usize,
    }
    let bytes = text.as_bytes();
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while at < offset {
        let byte = bytes[at];
        let end = if byte == b'"' { skip_string(bytes, at) } else { at + 1 };
        match (byte, open.last_mut()) {
            (b'{' | b'[', _) => open.push(Frame { key: None, index: 0 }),
            (b'}' | b']', _) => drop(open.pop()),
            (b',', Some(frame)) => {
                frame.key = None;
                frame.index += 1;
            }
            // In an object the first string of an entry is its name; in an array no name is ever
            // asked for.
            (b'"', Some(frame)) if frame.key.is_none() => frame.key = text.get(at..end),
            _ => {}
        }
        at = end;
    }
    let mut pointer = Pointer::root();
    for frame in open {
        match frame.key {
            Some(key) => pointer.push(&unescape(key)),
            None => pointer.push(frame.index.to_string().as_bytes()),
        }
    }
    pointer
}
