//! The data model over JSON text: exact and faithful, nothing is turned into values.
//!
//! A node is the slice of text that spells a value. What a merge keeps is copied as it is spelled:
//! digits, escapes, inner white space.

mod bytes;
mod join;
mod members;
mod names;
mod scan;
mod string;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;
use typed_arena::Arena;

use crate::double::print_bound;
use crate::model::{Joined, Kind, Model, Number, Plan, PlannedMember};
use crate::number::{self, Computed};
use crate::pointer::Pointer;
use crate::rules::{BoxError, Resolver};
use join::{Stop, join, join_distinct};
use members::{Finder, Member, distinct_members, elements, pointer_at, raw_members};
use scan::{Fault, Reason, Strict, Trusted};
pub(crate) use string::{escape, push_unit};

/// Documents as JSON text.
pub(crate) struct Text<'a> {
    /// Texts that the merge computed.
    arena: &'a Arena<String>,
    hasher: DefaultHashBuilder,
    /// The depth allowed to root objects that are not validated yet: the first join does that.
    unread: Cell<Option<usize>>,
}

/// The text of one value, without white space around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a>(&'a str);

/// The literal of a member's name, with its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a>(&'a str);

/// What can go wrong in a merge of texts.
#[derive(Debug)]
pub(crate) enum TextError {
    /// One of the texts of [`Text::unread`] is no document; [`Node::read`] tells which and where.
    Malformed,
    /// What a caller's function failed with.
    Resolver(BoxError),
}

/// Why a text is no document.
#[derive(Debug)]
pub(crate) enum Syntax {
    Malformed { line: usize, column: usize, expected: &'static str },
    TooDeep { pointer: Pointer },
}

impl<'a> Text<'a> {
    pub(crate) fn new(arena: &'a Arena<String>) -> Self {
        Self { arena, hasher: DefaultHashBuilder::default(), unread: Cell::new(None) }
    }

    /// Takes three texts for objects that are to be merged member by member, and leaves it to the
    /// merge to validate them: what is the same in all three is then read once. `None` if one of
    /// them cannot be an object.
    pub(crate) fn unread(&self, texts: [&'a str; 3], max_depth: usize) -> Option<[Node<'a>; 3]> {
        let nodes = texts.map(|text| text.trim_matches([' ', '\t', '\n', '\r']));
        if !nodes.iter().all(|text| text.starts_with('{')) {
            return None;
        }
        self.unread.set(Some(max_depth));
        Some(nodes.map(Node))
    }

    fn compute(&self, json: String) -> Node<'a> {
        Node(self.arena.alloc(json))
    }

    /// *Same*, or *equal* if an integer may be a float.
    fn alike(&self, a: Node<'a>, b: Node<'a>, strict: bool) -> bool {
        if a.0 == b.0 {
            return true;
        }
        let kind = a.kind();
        if kind != b.kind() {
            return false;
        }
        match kind {
            Kind::String => {
                let plain = |node: Node<'_>| !node.0.contains('\\');
                !(plain(a) && plain(b)) && string::unescape(a.0) == string::unescape(b.0)
            }
            Kind::Number => {
                let one_type = number::is_integer(a.0) == number::is_integer(b.0);
                (one_type || !strict) && number::equal(a.0, b.0)
            }
            Kind::Array => {
                let (mut a, mut b) = (elements(a.0), elements(b.0));
                loop {
                    match (a.next(), b.next()) {
                        (Some(a), Some(b)) if self.alike(Node(a), Node(b), strict) => {}
                        (a, b) => return a.is_none() && b.is_none(),
                    }
                }
            }
            Kind::Object => {
                let members = |node: Node<'a>| distinct_members(node.0, &self.hasher);
                let (a, b) = (members(a), members(b));
                let mut finder = Finder::new(&b, &self.hasher);
                a.len() == b.len()
                    && a.iter().all(|member| {
                        let found = finder.find(member.key).map(|at| Node(b[at].value));
                        found.is_some_and(|found| self.alike(Node(member.value), found, strict))
                    })
            }
            _ => false,
        }
    }

    fn hash(&self, node: Node<'a>) -> u64 {
        let mut state = self.hasher.build_hasher();
        match node.kind() {
            Kind::String => state.write(&string::unescape(node.0)),
            Kind::Number => number::hash(node.0, &mut state),
            Kind::Array => {
                for element in elements(node.0) {
                    state.write_u64(self.hash(Node(element)));
                }
            }
            Kind::Object => {
                // Members in another order make the same object: their hashes are added up.
                let member = |member: &Member<'a>| {
                    let mut state = self.hasher.build_hasher();
                    state.write(&string::unescape(member.key));
                    state.write_u64(self.hash(Node(member.value)));
                    state.finish()
                };
                let members = distinct_members(node.0, &self.hasher);
                state.write_u64(members.iter().map(member).fold(0, u64::wrapping_add));
            }
            _ => state.write(node.0.as_bytes()),
        }
        state.finish()
    }

    fn write(plan: &Plan<Self>, out: &mut String) {
        match plan {
            Plan::Missing => {}
            Plan::Take(node) => out.push_str(node.0),
            Plan::Object(object) => {
                if let Some(node) = object.verbatim {
                    return out.push_str(node.0);
                }
                out.push('{');
                let start = out.len();
                for member in &object.members {
                    let before = out.len();
                    if before > start {
                        out.push(',');
                    }
                    match member {
                        PlannedMember::Run(run) => out.push_str(run),
                        PlannedMember::Decided { plan: Plan::Missing, .. } => out.truncate(before),
                        PlannedMember::Decided { key, plan, .. } => {
                            out.push_str(key.0);
                            out.push(':');
                            Self::write(plan, out);
                        }
                    }
                }
                out.push('}');
            }
            Plan::Array(elements) => write_list(elements, out, Self::write),
            Plan::Set { elements, .. } => {
                write_list(elements, out, |node, out| out.push_str(node.0));
            }
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
            Ok(document) => Ok(Self(document)),
            Err(fault) => Err(Syntax::new(json, fault)),
        }
    }

    /// Takes text that is known to be valid.
    pub(crate) fn trusted(json: &'a str) -> Self {
        Self(json)
    }

    /// The first byte tells.
    fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
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
    type Run = &'a str;
    type Value = String;
    type Error = TextError;

    fn kind(&self, node: &Node<'a>) -> Result<Kind, TextError> {
        Ok(node.kind())
    }

    fn same(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, true))
    }

    fn equal(&self, a: &Node<'a>, b: &Node<'a>) -> Result<bool, TextError> {
        Ok(self.alike(*a, *b, false))
    }

    fn digest(&self, node: &Node<'a>) -> Result<u64, TextError> {
        Ok(self.hash(*node))
    }

    fn order(&self, a: &Node<'a>, b: &Node<'a>) -> Result<Option<Ordering>, TextError> {
        Ok(match (a.kind(), b.kind()) {
            (Kind::Number, Kind::Number) => number::compare(a.0, b.0),
            // The order of UTF-8 bytes is that of code points.
            (Kind::String, Kind::String) => Some(string::unescape(a.0).cmp(&string::unescape(b.0))),
            _ => None,
        })
    }

    fn number(&self, node: &Node<'a>) -> Result<Option<Number>, TextError> {
        Ok(if node.kind() == Kind::Number { Number::from_json(node.0) } else { None })
    }

    fn string<'s>(&'s self, node: &'s Node<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(node.0))
    }

    fn label(&self, node: &Node<'a>) -> Result<Option<Vec<u8>>, TextError> {
        Ok(match node.kind() {
            Kind::String => Some(string::unescape(node.0).into_owned()),
            Kind::Array | Kind::Object => None,
            _ => Some(node.0.as_bytes().to_vec()),
        })
    }

    fn name<'s>(&'s self, key: &'s Key<'a>) -> Result<Cow<'s, [u8]>, TextError> {
        Ok(string::unescape(key.0))
    }

    fn member(&self, object: &Node<'a>, name: &str) -> Result<Option<Node<'a>>, TextError> {
        let named = |key: &str| *string::unescape(key) == *name.as_bytes();
        // Of a repeated name the last counts.
        let members = raw_members(object.0);
        Ok(members.filter(|member| named(member.key)).last().map(|member| Node(member.value)))
    }

    fn elements(&self, list: &Node<'a>) -> Result<Vec<Node<'a>>, TextError> {
        Ok(elements(list.0).map(Node).collect())
    }

    fn join(
        &self,
        base: Option<&Node<'a>>,
        theirs: &Node<'a>,
        mine: &Node<'a>,
        whole: bool,
    ) -> Result<Vec<Joined<Self>>, TextError> {
        let repeated =
            || join_distinct(base.map(|node| node.0), theirs.0, mine.0, whole, &self.hasher);
        let Some(base) = base else {
            return Ok(repeated());
        };
        let texts = [base.0, theirs.0, mine.0];
        let joined = if let Some(max_depth) = self.unread.take() {
            // The object itself is the first level.
            let inside = max_depth - 1;
            let strict =
                |text: &'a str| (text, Strict { bytes: text.as_bytes(), max_depth: inside });
            let joined = join(texts.map(strict), whole, &self.hasher);
            let valid = |text: &&str| scan::validate(text, max_depth).is_ok();
            if matches!(joined, Err(Stop::Repeated)) && !texts.iter().all(valid) {
                return Err(TextError::Malformed);
            }
            joined
        } else {
            let trusted = |text: &'a str| (text, Trusted { bytes: text.as_bytes() });
            join(texts.map(trusted), whole, &self.hasher)
        };
        match joined {
            Ok(joined) => Ok(joined),
            Err(Stop::Repeated) => Ok(repeated()),
            Err(Stop::Fault) => Err(TextError::Malformed),
        }
    }

    fn empty(&self, like: &Node<'a>) -> Option<Node<'a>> {
        match like.kind() {
            Kind::Array => Some(Node("[]")),
            Kind::Object => Some(Node("{}")),
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
        let chosen = resolver
            .call_with_text(base.as_deref(), &theirs, &mine)
            .map_err(TextError::Resolver)?;
        // What a function returns is from outside, but cannot be deeper than memory: depth is the
        // result's business.
        Node::read(self.arena.alloc(chosen), usize::MAX).map_err(|_| {
            TextError::Resolver("a function that decides a conflict must return JSON".into())
        })
    }

    fn build(&self, plan: &Plan<Self>) -> Result<String, TextError> {
        let mut out = String::new();
        Self::write(plan, &mut out);
        Ok(out)
    }

    fn import(&self, json: String) -> Result<String, TextError> {
        Ok(json)
    }

    fn resolver_error(&self, error: BoxError) -> TextError {
        TextError::Resolver(error)
    }
}
