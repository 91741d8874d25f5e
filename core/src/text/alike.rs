//! When two values in JSON text are the same, or equal.

use std::hash::Hasher;

use super::members::{Finder, Member, distinct, elements, raw_members};
use super::names::is_plain;
use super::sides::Piece;
use super::{Node, Origin, Text, string};
use crate::digest::Digest;
use crate::model::Kind;
use crate::number;

impl<'a> Text<'a> {
    /// *Same*, or *equal* if an integer may be a float.
    pub(super) fn alike(&self, a: Node<'a>, b: Node<'a>, strict: bool) -> bool {
        if std::ptr::eq(a.text, b.text) || a.text == b.text {
            return true;
        }
        let kind = a.kind();
        if kind != b.kind() {
            return false;
        }
        match kind {
            Kind::String => {
                let plain = |node: Node<'_>| is_plain(node.text.as_bytes());
                !(plain(a) && plain(b)) && string::unescape(a.text) == string::unescape(b.text)
            }
            Kind::Number => {
                let one_type = number::is_integer(a.text) == number::is_integer(b.text);
                (one_type || !strict) && number::equal(a.text, b.text)
            }
            Kind::Array => {
                let along = self.alike_along(a, b, strict);
                let along = along.or_else(|| self.alike_along(b, a, strict));
                along.unwrap_or_else(|| self.arrays_alike(a, b, strict))
            }
            Kind::Object => {
                let members = |node: Node<'a>| distinct(raw_members(node.text));
                let (a, b) = (members(a), members(b));
                let mut finder = Finder::new(&b);
                a.len() == b.len()
                    && a.iter().all(|member| {
                        let found = finder.find(member.key).map(|at| b[at].value);
                        found.is_some_and(|found| self.alike(member.value, found, strict))
                    })
            }
            _ => false,
        }
    }

    fn arrays_alike(&self, a: Node<'a>, b: Node<'a>, strict: bool) -> bool {
        let (mut a, mut b) = (elements(a.text), elements(b.text));
        let node = Node::trusted;
        loop {
            match (a.next(), b.next()) {
                (Some(a), Some(b)) if self.alike(node(a), node(b), strict) => {}
                (a, b) => return a.is_none() && b.is_none(),
            }
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
        // With some elements more and some less, the pieces do not tell which others are alike.
        if aligned.base != entry || (aligned.lacks && aligned.adds) {
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
}

impl Node<'_> {
    /// A digest under which equal values agree.
    pub(super) fn digest(self) -> u64 {
        let mut state = Digest::new();
        match self.kind() {
            Kind::String => state.write(&string::unescape(self.text)),
            Kind::Number => number::hash(self.text, &mut state),
            Kind::Array => {
                for element in elements(self.text) {
                    state.write_u64(Node::trusted(element).digest());
                }
            }
            Kind::Object => {
                // Members in another order make the same object: their hashes are added up.
                let member = |member: &Member<'_>| {
                    let mut state = Digest::new();
                    state.write(&string::unescape(member.key));
                    state.write_u64(member.value.digest());
                    state.finish()
                };
                let members = distinct(raw_members(self.text));
                state.write_u64(members.iter().map(member).fold(0, u64::wrapping_add));
            }
            _ => state.write(self.text.as_bytes()),
        }
        state.finish()
    }
}
