//! When two values in JSON text are the same, or equal.

use std::hash::Hasher;

use super::changes::Piece;
use super::inside::Inside;
use super::members::{Finder, Member, distinct};
use super::names::is_plain;
use super::{Node, Origin, Text, string};
use crate::digest::begin;
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
        let along = || self.alike_along(a, b, strict).or_else(|| self.alike_along(b, a, strict));
        let known = if kind == Kind::Array { along() } else { None };
        known.unwrap_or_else(|| means_alike(Inside::new(a), Inside::new(b), strict))
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
                && pieces.iter().all(|piece| match piece {
                    Piece::Changed(own, node) => self.alike(node, tape.node(text, own), strict),
                    Piece::Run(..) | Piece::Added(..) => true,
                }),
        )
    }
}

/// As [`Text::alike`], for values that are spelled differently, by their texts alone.
fn means_alike(a: Inside<'_>, b: Inside<'_>, strict: bool) -> bool {
    let (x, y) = (a.node.text, b.node.text);
    match (a.node.kind(), b.node.kind()) {
        (Kind::String, Kind::String) => {
            let plain = |text: &str| is_plain(text.as_bytes());
            !(plain(x) && plain(y)) && string::unescape(x) == string::unescape(y)
        }
        (Kind::Number, Kind::Number) => {
            let one_type = number::is_integer(x) == number::is_integer(y);
            (one_type || !strict) && number::equal(x, y)
        }
        (Kind::Array, Kind::Array) | (Kind::Object, Kind::Object) => {
            match (a.needed_tape(), b.needed_tape()) {
                (Some(x), Some(y)) => containers_alike(a.along(&x), b.along(&y), strict),
                _ => containers_alike(a, b, strict),
            }
        }
        _ => false,
    }
}

/// The same for two objects or two arrays.
fn containers_alike(a: Inside<'_>, b: Inside<'_>, strict: bool) -> bool {
    let part =
        |x: Node<'_>, y: Node<'_>| x.text == y.text || means_alike(a.part(x), b.part(y), strict);
    if a.node.kind() == Kind::Array {
        let (mut a, mut b) = (a.parts(), b.parts());
        loop {
            match (a.next(), b.next()) {
                (Some(a), Some(b)) if part(a.value, b.value) => {}
                (a, b) => return a.is_none() && b.is_none(),
            }
        }
    }
    let (a, b) = (distinct(a.parts()), distinct(b.parts()));
    let mut finder = Finder::new(&b);
    a.len() == b.len()
        && a.iter().all(|member| {
            let found = finder.find(member.key).map(|at| b[at].value);
            found.is_some_and(|found| part(member.value, found))
        })
}

/// A digest under which equal values agree.
pub(super) fn digest(value: Inside<'_>) -> u64 {
    let mut state = begin();
    let text = value.node.text;
    match value.node.kind() {
        Kind::String => state.write(&string::unescape(text)),
        Kind::Number => number::hash(text, &mut state),
        Kind::Array | Kind::Object => match value.needed_tape() {
            Some(tape) => digest_parts(value.along(&tape), &mut state),
            None => digest_parts(value, &mut state),
        },
        _ => state.write(text.as_bytes()),
    }
    state.finish()
}

fn digest_parts(container: Inside<'_>, state: &mut impl Hasher) {
    if container.node.kind() == Kind::Array {
        for element in container.parts() {
            state.write_u64(digest(container.part(element.value)));
        }
        return;
    }
    // Members in another order make the same object: their digests are added up.
    let member = |member: &Member<'_>| {
        let mut state = begin();
        state.write(&string::unescape(member.key));
        state.write_u64(digest(container.part(member.value)));
        state.finish()
    };
    let members = distinct(container.parts());
    state.write_u64(members.iter().map(member).fold(0, u64::wrapping_add));
}
