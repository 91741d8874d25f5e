//! The data model over JSON text: exact and faithful, nothing is turned into values.
//!
//! A node is the slice of text that spells a value. What a merge keeps is copied as it is spelled:
//! digits, escapes, inner white space.

#[cfg(test)]
mod agreement;
mod around;
mod bytes;
mod join;
mod lanes;
mod members;
mod names;
mod scan;
mod sides;
mod string;
mod tape;
#[cfg(test)]
mod tests;
mod tokens;
#[cfg(test)]
mod without_tape;

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;
use typed_arena::Arena;

use crate::double::print_bound;
use crate::model::{Joined, Kind, Model, Number, ObjectPlan, Plan, PlannedMember};
use crate::number::{self, Computed};
use crate::pointer::Pointer;
use crate::rules::{BoxError, Resolver};
use join::{Base, Side, join_lists};
use members::{Finder, Member, distinct, elements, pointer_at, raw_members};
use scan::{Fault, Reason};
use sides::{Changes, Piece, Sides};
pub(crate) use string::{escape, push_unit};
use tape::{Tape, value_end};

/// Documents as JSON text.
pub(crate) struct Text<'a> {
    /// Texts that the merge computed.
    arena: &'a Arena<String>,
    hasher: DefaultHashBuilder,
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

/// White space (RFC 8259, section 2).
const WHITE: [char; 4] = [' ', '\t', '\n', '\r'];

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
    pub(crate) fn new(arena: &'a Arena<String>) -> Self {
        let hasher = DefaultHashBuilder::default();
        Self { arena, hasher, base: None, changes: RefCell::default() }
    }

    /// Validates three texts; what is the same in all of them is read once. `None` if one of them
    /// is no document: [`Node::read`] tells what is wrong and where.
    pub(crate) fn read(&mut self, texts: [&'a str; 3], max_depth: usize) -> Option<[Node<'a>; 3]> {
        let [base, theirs, mine] = texts.map(|text| text.trim_matches(WHITE));
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
        Node::trusted(self.arena.alloc(json))
    }

    /// *Same*, or *equal* if an integer may be a float.
    fn alike(&self, a: Node<'a>, b: Node<'a>, strict: bool) -> bool {
        if std::ptr::eq(a.text, b.text) || a.text == b.text {
            return true;
        }
        let kind = a.kind();
        if kind != b.kind() {
            return false;
        }
        if let Some(alike) =
            self.alike_along(a, b, strict).or_else(|| self.alike_along(b, a, strict))
        {
            return alike;
        }
        match kind {
            Kind::String => {
                let plain = |node: Node<'_>| !node.text.as_bytes().contains(&b'\\');
                !(plain(a) && plain(b)) && string::unescape(a.text) == string::unescape(b.text)
            }
            Kind::Number => {
                let one_type = number::is_integer(a.text) == number::is_integer(b.text);
                (one_type || !strict) && number::equal(a.text, b.text)
            }
            Kind::Array => {
                let (mut a, mut b) = (elements(a.text), elements(b.text));
                let node = Node::trusted;
                loop {
                    match (a.next(), b.next()) {
                        (Some(a), Some(b)) if self.alike(node(a), node(b), strict) => {}
                        (a, b) => return a.is_none() && b.is_none(),
                    }
                }
            }
            Kind::Object => {
                let members = |node: Node<'a>| distinct(raw_members(node.text), &self.hasher);
                let (a, b) = (members(a), members(b));
                let mut finder = Finder::new(&b, &self.hasher);
                a.len() == b.len()
                    && a.iter().all(|member| {
                        let found = finder.find(member.key).map(|at| b[at].value);
                        found.is_some_and(|found| self.alike(member.value, found, strict))
                    })
            }
            _ => false,
        }
    }

    /// Whether a side's array is like base's along which it was read; `None` where that is not
    /// seen from its pieces.
    fn alike_along(&self, side: Node<'a>, base: Node<'a>, strict: bool) -> Option<bool> {
        let (Origin::Side(number), Origin::Base(entry)) = (side.origin, base.origin) else {
            return None;
        };
        let (text, tape) = self.base.as_ref()?;
        let changes = self.changes.borrow();
        let (aligned, pieces) = changes.container(number);
        // An object may have a name twice, of which the first does not count. Of an array with some
        // elements more and some less, the pieces do not tell which others are alike.
        if aligned.base != entry || side.kind() != Kind::Array || (aligned.lacks && aligned.adds) {
            return None;
        }
        Some(
            !(aligned.lacks || aligned.adds)
                && pieces.iter().all(|piece| match *piece {
                    Piece::Changed(own, node) => self.alike(node, tape.node(text, own), strict),
                    Piece::Run(..) | Piece::Added(..) => true,
                }),
        )
    }

    fn hash(&self, node: Node<'a>) -> u64 {
        let mut state = self.hasher.build_hasher();
        match node.kind() {
            Kind::String => state.write(&string::unescape(node.text)),
            Kind::Number => number::hash(node.text, &mut state),
            Kind::Array => {
                for element in elements(node.text) {
                    state.write_u64(self.hash(Node::trusted(element)));
                }
            }
            Kind::Object => {
                // Members in another order make the same object: their hashes are added up.
                let member = |member: &Member<'a>| {
                    let mut state = self.hasher.build_hasher();
                    state.write(&string::unescape(member.key));
                    state.write_u64(self.hash(member.value));
                    state.finish()
                };
                let members = distinct(raw_members(node.text), &self.hasher);
                state.write_u64(members.iter().map(member).fold(0, u64::wrapping_add));
            }
            _ => state.write(node.text.as_bytes()),
        }
        state.finish()
    }

    /// The members of an object, repeated names included, or the elements of an array, which have
    /// no names.
    fn parts(&self, container: Node<'a>) -> Vec<Member<'a>> {
        match (container.origin, &self.base) {
            (Origin::Base(entry), Some((text, tape))) => {
                tape.inside(entry).map(|part| tape.member(text, part)).collect()
            }
            (Origin::Side(number), Some((text, tape))) => {
                let mut members = Vec::new();
                let changes = self.changes.borrow();
                for piece in changes.container(number).1 {
                    match *piece {
                        Piece::Run(from, to) => {
                            let run = tape.between(from, to).map(|part| tape.member(text, part));
                            members.extend(run);
                        }
                        Piece::Changed(entry, value) => {
                            members.push(Member { value, ..tape.member(text, entry) });
                        }
                        Piece::Added(key, value) => members.push(Member { key, value }),
                    }
                }
                members
            }
            _ if container.kind() == Kind::Array => {
                let element = |text| Member { key: "", value: Node::trusted(text) };
                elements(container.text).map(element).collect()
            }
            _ => raw_members(container.text).collect(),
        }
    }

    /// An object of a side along base's object of an entry; `None` if that cannot be had.
    fn along(&self, entry: u32, node: Node<'a>) -> Option<Node<'a>> {
        let (text, tape) = self.base.as_ref()?;
        let mut changes = self.changes.borrow_mut();
        let is_along = match node.origin {
            Origin::Base(own) => own == entry,
            Origin::Side(number) => changes.container(number).0.base == entry,
            Origin::Unknown => false,
        };
        if is_along {
            return Some(node);
        }
        Sides::new(text, tape, node.text, usize::MAX, &mut changes).read(entry).ok()
    }

    /// The join with what base's tape tells; `None` where it cannot be made.
    fn join_along(
        &self,
        entry: u32,
        theirs: Node<'a>,
        mine: Node<'a>,
        whole: bool,
    ) -> Option<Vec<Joined<Self>>> {
        let (theirs, mine) = (self.along(entry, theirs)?, self.along(entry, mine)?);
        let (text, tape) = self.base.as_ref()?;
        let changes = self.changes.borrow();
        let all = [Piece::Run(entry + 1, tape.entry(entry).next)];
        let side = |node: Node<'a>| match node.origin {
            Origin::Side(number) => {
                let (aligned, pieces) = changes.container(number);
                Side { pieces, lacks: aligned.lacks, adds: aligned.adds }
            }
            _ => Side { pieces: &all, lacks: false, adds: false },
        };
        Base { text, tape, entry }.join(side(theirs), side(mine), whole, &self.hasher)
    }

    fn write(&self, plan: &Plan<Self>, out: &mut String) {
        match plan {
            Plan::Missing => {}
            Plan::Take(node) => out.push_str(node.text),
            Plan::Object(object) => {
                if let Some(node) = object.verbatim {
                    return out.push_str(node.text);
                }
                out.push('{');
                let start = out.len();
                for member in &object.members {
                    let before = out.len();
                    if before > start {
                        out.push(',');
                    }
                    match member {
                        PlannedMember::Run(run) => self.write_run(*run, out),
                        PlannedMember::Decided { plan: Plan::Missing, .. } => out.truncate(before),
                        PlannedMember::Decided { key, plan, .. } => {
                            out.push_str(key.0);
                            out.push(':');
                            self.write(plan, out);
                        }
                    }
                }
                out.push('}');
            }
            Plan::Array(elements) => {
                write_list(elements, out, |plan, out| self.write(plan, out));
            }
            Plan::Set { elements, .. } => {
                write_list(elements, out, |node, out| out.push_str(node.text));
            }
        }
    }

    fn write_run(&self, run: Run<'a>, out: &mut String) {
        match (run, &self.base) {
            (Run::Text(text), _) => out.push_str(text),
            (Run::Entries(from, to), Some((text, tape))) => {
                for (index, entry) in tape.between(from, to).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    let member = tape.member(text, entry);
                    out.push_str(member.key);
                    out.push(':');
                    out.push_str(member.value.text);
                }
            }
            // Entries are base's.
            (Run::Entries(..), None) => {}
        }
    }
}

fn write_list<T>(elements: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(element, out);
    }
    out.push(']');
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

/// The place behind a text, both from 1; columns count characters.
pub(crate) fn line_and_column(before: &str) -> (usize, usize) {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
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

impl<'a> Model for Text<'a> {
    type Node = Node<'a>;
    type Key = Key<'a>;
    type Run = Run<'a>;
    type Value = String;
    type Error = TextError;

    fn kind(&self, node: &Node<'a>) -> Result<Kind, TextError> {
        Ok(node.kind())
    }

    fn same(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, true))
    }

    fn is_one(&self, a: &Node<'a>, b: &Node<'a>) -> bool {
        std::ptr::eq(a.text, b.text)
    }

    fn equal(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, false))
    }

    fn digest(&self, node: &Node<'a>) -> Result<u64, TextError> {
        Ok(self.hash(*node))
    }

    fn order(&self, a: &Node<'a>, b: &Node<'a>) -> Result<Option<Ordering>, TextError> {
        Ok(match (a.kind(), b.kind()) {
            (Kind::Number, Kind::Number) => number::compare(a.text, b.text),
            // The order of UTF-8 bytes is that of code points.
            (Kind::String, Kind::String) => {
                Some(string::unescape(a.text).cmp(&string::unescape(b.text)))
            }
            _ => None,
        })
    }

    fn number(&self, node: &Node<'a>) -> Result<Option<Number>, TextError> {
        Ok(if node.kind() == Kind::Number { Number::from_json(node.text) } else { None })
    }

    fn string<'s>(&'s self, node: &'s Node<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(node.text))
    }

    fn label(&self, node: &Node<'a>) -> Result<Option<Vec<u8>>, TextError> {
        Ok(match node.kind() {
            Kind::String => Some(string::unescape(node.text).into_owned()),
            Kind::Array | Kind::Object => None,
            _ => Some(node.text.as_bytes().to_vec()),
        })
    }

    fn name<'s>(&'s self, key: &'s Key<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(key.0))
    }

    fn member(&self, object: &Node<'a>, name: &str) -> Result<Option<Node<'a>>, TextError> {
        let named = |key: &str| *string::unescape(key) == *name.as_bytes();
        // Of a repeated name the last counts.
        let members = raw_members(object.text);
        Ok(members.filter(|member| named(member.key)).last().map(|member| member.value))
    }

    fn elements(&self, list: &Node<'a>) -> Result<Vec<Node<'a>>, TextError> {
        Ok(self.parts(*list).into_iter().map(|part| part.value).collect())
    }

    fn join(
        &self,
        base: Option<&Node<'a>>,
        theirs: &Node<'a>,
        mine: &Node<'a>,
        whole: bool,
    ) -> Result<Vec<Joined<Self>>, TextError> {
        if let Some(Node { origin: Origin::Base(entry), .. }) = base
            && let Some(joined) = self.join_along(*entry, *theirs, *mine, whole)
        {
            return Ok(joined);
        }
        let members = |node: &Node<'a>| distinct(self.parts(*node).into_iter(), &self.hasher);
        let lists = [base.map_or(Vec::new(), members), members(theirs), members(mine)];
        let tape = self.base.as_ref().map(|(_, tape)| tape).filter(|_| !whole);
        Ok(join_lists(&lists, tape, &self.hasher))
    }

    fn empty(&self, like: &Node<'a>) -> Option<Node<'a>> {
        match like.kind() {
            Kind::Array => Some(Node::trusted("[]")),
            Kind::Object => Some(Node::trusted("{}")),
            _ => None,
        }
    }

    fn computed(&self, number: Computed<'_>) -> Result<Option<Node<'a>>, TextError> {
        let json = match number {
            Computed::Integer(integer) => Some(integer.to_string()),
            Computed::Double(double) => number::print_double(double),
            Computed::Bound(bound) => match bound.as_f64().filter(|_| bound.is_f64()) {
                Some(double) => number::print_double(double),
                None => print_bound(bound),
            },
        };
        Ok(json.map(|json| self.compute(json)))
    }

    fn text(&self, content: Vec<u8>) -> Result<Node<'a>, TextError> {
        let mut literal = String::with_capacity(content.len() + 2);
        string::escape(&content, &mut literal);
        Ok(self.compute(literal))
    }

    fn resolve(
        &self,
        resolver: &Resolver,
        base: Option<String>,
        theirs: String,
        mine: String,
    ) -> Result<Node<'a>, TextError> {
        let chosen = resolver.call_with_text(base.as_deref(), &theirs, &mine).map_err(TextError)?;
        // What a function returns is from outside, but cannot be deeper than memory: depth is the
        // result's business.
        Node::read(self.arena.alloc(chosen), usize::MAX)
            .map_err(|_| TextError("a function that decides a conflict must return JSON".into()))
    }

    fn build(&self, plan: &Plan<Self>) -> Result<String, TextError> {
        let mut out = String::with_capacity(match plan {
            Plan::Take(node) | Plan::Object(ObjectPlan { verbatim: Some(node), .. }) => {
                node.text.len()
            }
            // Room for what mine adds to it.
            Plan::Object(ObjectPlan { theirs: Some(node), .. }) => node.text.len() * 9 / 8 + 64,
            _ => 0,
        });
        self.write(plan, &mut out);
        Ok(out)
    }

    fn import(&self, json: String) -> Result<String, TextError> {
        Ok(json)
    }

    fn resolver_error(&self, error: BoxError) -> TextError {
        TextError(error)
    }
}
