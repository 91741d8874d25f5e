//! The members and elements of containers in valid text, and the three-way join of members.

use std::borrow::Cow;
use std::collections::HashMap;

use super::scan::{skip_string, skip_value, skip_white};
use super::string::unescape;
use super::{Key, Node, Text};
use crate::model::Joined;
use crate::pointer::Pointer;

/// A member as it is spelled.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    /// The name's literal.
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    /// Where the name starts in the object's text.
    start: usize,
    /// Where the value ends in it.
    end: usize,
}

impl Member<'_> {
    /// Whether nothing but the colon stands between name and value.
    fn is_compact(&self) -> bool {
        self.end - self.start == self.key.len() + 1 + self.value.len()
    }
}

/// The members of an object in their order, repeated names included.
pub(super) fn raw_members(object: &str) -> impl Iterator<Item = Member<'_>> {
    let bytes = object.as_bytes();
    let mut at = 1;
    std::iter::from_fn(move || {
        let start = skip_white(bytes, at);
        if bytes.get(start) != Some(&b'"') {
            return None;
        }
        let key_end = skip_string(bytes, start);
        let colon = skip_white(bytes, key_end);
        let value = skip_white(bytes, colon + 1);
        let end = skip_value(bytes, value);
        at = behind_comma(bytes, end);
        Some(Member { key: &object[start..key_end], value: &object[value..end], start, end })
    })
}

/// The elements of an array in their order.
pub(super) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let bytes = array.as_bytes();
    let mut at = skip_white(bytes, 1);
    std::iter::from_fn(move || {
        if matches!(bytes.get(at), None | Some(b']')) {
            return None;
        }
        let start = at;
        let end = skip_value(bytes, start);
        at = skip_white(bytes, behind_comma(bytes, end));
        Some(&array[start..end])
    })
}

fn behind_comma(bytes: &[u8], end: usize) -> usize {
    let at = skip_white(bytes, end);
    if bytes.get(at) == Some(&b',') { at + 1 } else { at }
}

/// An object's members, each name once: at its first place, with its last value.
pub(super) struct Members<'a> {
    list: Vec<Member<'a>>,
    text: &'a str,
    /// Whether a name was repeated.
    repeated: bool,
}

impl<'a> Members<'a> {
    pub(super) fn of(object: &'a str) -> Self {
        let mut list: Vec<Member<'a>> = Vec::new();
        let mut at_name: HashMap<Cow<'a, [u8]>, usize> = HashMap::new();
        let mut repeated = false;
        for member in raw_members(object) {
            match at_name.entry(unescape(member.key)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    repeated = true;
                    list[*first.get()] = Member { key: list[*first.get()].key, ..member };
                }
                std::collections::hash_map::Entry::Vacant(first) => {
                    first.insert(list.len());
                    list.push(member);
                }
            }
        }
        Self { list, text: object, repeated }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member<'a>> {
        self.list.iter()
    }

    pub(super) fn get(&self, at: usize) -> Member<'a> {
        self.list[at]
    }

    pub(super) fn finder(&self) -> Finder<'_, 'a> {
        Finder { members: self, next: 0, index: None }
    }
}

/// Finds members by name: at once if they are asked for in their order, else by an index made when first needed.
pub(super) struct Finder<'m, 'a> {
    members: &'m Members<'a>,
    next: usize,
    index: Option<HashMap<Cow<'a, [u8]>, usize>>,
}

impl<'a> Finder<'_, 'a> {
    pub(super) fn find(&mut self, key: &str) -> Option<usize> {
        let list = &self.members.list;
        if list.get(self.next).is_some_and(|member| member.key == key) {
            self.next += 1;
            return Some(self.next - 1);
        }
        let index = self.index.get_or_insert_with(|| {
            list.iter().enumerate().map(|(at, member)| (unescape(member.key), at)).collect()
        });
        let at = *index.get(unescape(key).as_ref())?;
        self.next = at + 1;
        Some(at)
    }
}

/// The join of [`Model::join`](crate::model::Model::join). Unchanged neighbours in compact text make one run.
pub(super) fn join<'a>(
    base: Option<&'a str>,
    theirs: &'a str,
    mine: &'a str,
    whole: bool,
) -> Vec<Joined<Text<'a>>> {
    let (base, theirs, mine) =
        (Members::of(base.unwrap_or("{}")), Members::of(theirs), Members::of(mine));
    let (mut in_base, mut in_mine) = (base.finder(), mine.finder());
    let (mut base_seen, mut mine_seen) = (vec![false; base.len()], vec![false; mine.len()]);
    let mut joined = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    let see = |finder: &mut Finder<'_, 'a>, seen: &mut [bool], key: &str| {
        let at = finder.find(key)?;
        seen[at] = true;
        Some(finder.members.get(at).value)
    };
    for member in theirs.iter() {
        let b = see(&mut in_base, &mut base_seen, member.key);
        let m = see(&mut in_mine, &mut mine_seen, member.key);
        let unchanged = !whole && !theirs.repeated && b == Some(member.value) && m == b;
        if unchanged && member.is_compact() {
            run = match run {
                Some((start, end)) if end + 1 == member.start => Some((start, member.end)),
                _ => {
                    joined.extend(run.map(|(start, end)| Joined::Run(&theirs.text[start..end])));
                    Some((member.start, member.end))
                }
            };
            continue;
        }
        joined.extend(run.take().map(|(start, end)| Joined::Run(&theirs.text[start..end])));
        joined.push(Joined::Member {
            key: Key(member.key),
            base: b.map(Node),
            theirs: Some(Node(member.value)),
            mine: m.map(Node),
        });
    }
    joined.extend(run.map(|(start, end)| Joined::Run(&theirs.text[start..end])));
    for (member, _) in mine.iter().zip(mine_seen).filter(|(_, seen)| !seen) {
        joined.push(Joined::Member {
            key: Key(member.key),
            base: see(&mut in_base, &mut base_seen, member.key).map(Node),
            theirs: None,
            mine: Some(Node(member.value)),
        });
    }
    for (member, _) in base.iter().zip(base_seen).filter(|(_, seen)| !seen) {
        joined.push(Joined::Member {
            key: Key(member.key),
            base: Some(Node(member.value)),
            theirs: None,
            mine: None,
        });
    }
    joined
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
            // In an object the first string of an entry is its name; in an array no name is ever asked for.
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
