//! The data model over JSON text: exact and faithful, nothing is turned into values.
//!
//! A node is the slice of text that spells a value. What a merge keeps is copied as it is spelled:
//! digits, escapes, inner white space.
//!
//! Most of a document is what it was. So base alone is read from front to back: [`tokens`] finds
//! the places that matter, [`tape`] validates and keeps where the members are. Theirs and mine are
//! compared with base, and only what differs is read ([`sides`]) and kept ([`changes`]). The
//! [`join`] meets what neither side changed in long runs, which [`mod@write`] copies as one. Where
//! names are repeated or spelled in several ways, members are read one by one and joined by name
//! ([`members`]).

#[cfg(test)]
mod agreement;
mod alike;
mod around;
mod bytes;
mod changes;
mod inside;
mod join;
mod lanes;
mod members;
mod model;
mod names;
mod parts;
mod scan;
mod sides;
mod string;
mod tape;
#[cfg(test)]
mod tests;
mod tokens;
#[cfg(any(test, fuzzing))]
pub(crate) mod twins;
#[cfg(test)]
mod without_tape;
mod write;

use std::cell::{LazyCell, RefCell};

use typed_arena::Arena;

use crate::model::Kind;
use crate::pointer::Pointer;
use crate::rules::BoxError;
use changes::Changes;
use members::pointer_at;
use scan::{Fault, Reader, Reason, Trusted};
use sides::Sides;
pub(crate) use string::{escape, push_unit};
use tape::{Tape, value_end};

/// Room for the texts that a merge computes. Few merges do: it is made when it is needed.
pub(crate) type Room = LazyCell<Arena<String>>;

pub(crate) fn room() -> Room {
    LazyCell::new(|| Arena::with_capacity(0))
}

/// Documents as JSON text.
pub(crate) struct Text<'a> {
    room: &'a Room,
    /// The text of base and what is where in it, if that is known.
    base: Option<(&'a str, Tape)>,
    /// What is known of the sides.
    changes: RefCell<Changes<'a>>,
}

/// The text of one value, without white space around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    text: &'a str,
    origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It is base's value of this entry of the tape, or a side's that is spelled just so.
    Base(u32),
    /// It is a side's container of this number among the [`Changes`].
    Side(u32),
    Unknown,
}

/// The literal of a member's name, with its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a>(&'a str);

/// Members that neither side changed.
#[derive(Clone, Copy)]
pub(crate) enum Run<'a> {
    /// As they stand in base's text, with nothing but commas between.
    Text(&'a str),
    /// Base's entries from one up to another.
    Entries(u32, u32),
}

/// What a caller's function failed with.
#[derive(Debug)]
pub(crate) struct TextError(pub(crate) BoxError);

/// Why a text is no document.
#[derive(Debug)]
pub(crate) enum Syntax {
    Malformed { line: usize, column: usize, expected: &'static str },
    TooDeep { pointer: Pointer },
}

impl<'a> Text<'a> {
    pub(crate) fn new(room: &'a Room) -> Self {
        Self { room, base: None, changes: RefCell::default() }
    }

    /// Validates three texts; what is the same in all of them is read once. `None` if one of them
    /// is no document: [`Node::read`] tells what is wrong and where.
    pub(crate) fn read(&mut self, texts: [&'a str; 3], max_depth: usize) -> Option<[Node<'a>; 3]> {
        let [base, theirs, mine] = texts.map(trimmed);
        let plain = |text: &'a str| {
            let end = value_end(text.as_bytes(), 0, max_depth).ok()?;
            (end == text.len()).then_some(Node::trusted(text))
        };
        if !base.starts_with(['{', '[']) {
            return Some([plain(base)?, plain(theirs)?, plain(mine)?]);
        }
        let Some(tape) = Tape::read(base, max_depth).ok()? else {
            return Some([Node::trusted(base), plain(theirs)?, plain(mine)?]);
        };
        let changes = self.changes.get_mut();
        let mut side =
            |side| Sides::new(base, &tape, side, max_depth, changes).read(Tape::ROOT).ok();
        let nodes = [tape.node(base, Tape::ROOT), side(theirs)?, side(mine)?];
        self.base = Some((base, tape));
        Some(nodes)
    }

    fn compute(&self, json: String) -> Node<'a> {
        Node::trusted(self.room.alloc(json))
    }
}

impl<'a> Node<'a> {
    /// Validates a text from outside.
    pub(crate) fn read(json: &'a str, max_depth: usize) -> Result<Self, Syntax> {
        match scan::validate(json, max_depth) {
            Ok(document) => Ok(Self::trusted(document)),
            Err(fault) => Err(Syntax::new(json, fault)),
        }
    }

    /// Takes text that is known to be valid.
    pub(crate) fn trusted(text: &'a str) -> Self {
        Self { text, origin: Origin::Unknown }
    }

    /// The first byte tells.
    fn kind(self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }
}

/// A text without the white space around it.
fn trimmed(text: &str) -> &str {
    let reader = Trusted { bytes: text.as_bytes() };
    let end = reader.white_before(text.len());
    &text[reader.white(0).min(end)..end]
}

/// The place behind a text, both from 1; columns count characters.
pub(crate) fn line_and_column(before: &str) -> (usize, usize) {
    let mut place = (1, 1);
    for character in before.chars() {
        place = if character == '\n' { (place.0 + 1, 1) } else { (place.0, place.1 + 1) };
    }
    place
}

impl Syntax {
    /// Finds line and column, or the pointer, which are needed only now.
    fn new(json: &str, fault: Fault) -> Self {
        match fault.reason {
            Reason::TooDeep => Self::TooDeep { pointer: pointer_at(json, fault.offset) },
            Reason::Expected(expected) => {
                let (line, column) = line_and_column(json.get(..fault.offset).unwrap_or(json));
                Self::Malformed { line, column, expected }
            }
        }
    }
}
