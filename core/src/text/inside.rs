//! A value in JSON text whose members or elements are to be looked at, however deep it is nested.

use super::members::{Member, elements, raw_members};
use super::tape::Tape;
use super::{Node, Origin};
use crate::model::Kind;

/// In so many containers around it, a value is found by skipping over those before it, which costs
/// nothing ahead. Were that done all the way down, what is at the bottom would be passed once for
/// each container that it is in: whatever is deeper is read once, into a tape.
const SKIPPED: usize = 4;

/// A value, and how to look inside.
#[derive(Clone, Copy)]
pub(super) struct Inside<'i> {
    pub(super) node: Node<'i>,
    way: Way<'i>,
}

#[derive(Clone, Copy)]
enum Way<'i> {
    /// By skipping, as in this many containers around.
    Skipping(usize),
    /// By a tape of this text. The node's [`Origin::Base`] is its entry there.
    Tape(&'i str, &'i Tape),
}

impl<'i> Inside<'i> {
    pub(super) fn new(node: Node<'i>) -> Self {
        Self { node, way: Way::Skipping(0) }
    }

    /// The tape by which to look further inside, where skipping has been enough.
    pub(super) fn needed_tape(self) -> Option<Tape> {
        match self.way {
            Way::Skipping(SKIPPED) => Tape::read(self.node.text, usize::MAX).ok().flatten(),
            _ => None,
        }
    }

    /// The same by its own tape.
    pub(super) fn along(self, tape: &'i Tape) -> Self {
        let text = self.node.text;
        Self { node: tape.node(text, Tape::ROOT), way: Way::Tape(text, tape) }
    }

    /// The members, repeated names included, or the elements, which have no names.
    pub(super) fn parts(self) -> impl Iterator<Item = Member<'i>> {
        match (self.way, self.node.origin) {
            (Way::Tape(text, tape), Origin::Base(entry)) => {
                Parts::Recorded(tape.inside(entry).map(move |part| tape.member(text, part)))
            }
            _ if self.node.kind() == Kind::Array => Parts::Elements(elements(self.node.text)),
            _ => Parts::Members(raw_members(self.node.text)),
        }
    }

    /// One of its parts.
    pub(super) fn part(self, node: Node<'i>) -> Self {
        let way = match self.way {
            Way::Skipping(depth) => Way::Skipping(depth + 1),
            tape @ Way::Tape(..) => tape,
        };
        Self { node, way }
    }
}

/// The ways to go through a container, without an allocation for each.
enum Parts<R, E, M> {
    Recorded(R),
    Elements(E),
    Members(M),
}

impl<'i, R, E, M> Iterator for Parts<R, E, M>
where
    R: Iterator<Item = Member<'i>>,
    E: Iterator<Item = &'i str>,
    M: Iterator<Item = Member<'i>>,
{
    type Item = Member<'i>;

    fn next(&mut self) -> Option<Member<'i>> {
        match self {
            Self::Recorded(parts) => parts.next(),
            Self::Elements(parts) => {
                parts.next().map(|text| Member { key: "", value: Node::trusted(text) })
            }
            Self::Members(parts) => parts.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::text::{Text, room};

    /// Two spellings each, whether they are the same, and whether they are equal.
    const PAIRS: [(&str, &str, [bool; 2]); 9] = [
        ("1.0", "10e-1", [true, true]),
        ("1", "1.0", [false, true]),
        ("1", "2", [false, false]),
        (r#""\u0061""#, r#""a""#, [true, true]),
        (r#"{"a":1,"b":[2]}"#, r#"{ "b": [2], "\u0061": 1 }"#, [true, true]),
        (r#"{"a":0,"a":1}"#, r#"{"a":1}"#, [true, true]),
        (r#"{"a":1,"b":2}"#, r#"{"a":1}"#, [false, false]),
        ("[1,2]", "[ 1 ]", [false, false]),
        ("[1,[2,{}]]", "[ 1, [2e0, { }] ]", [false, true]),
    ];

    #[test]
    fn what_is_deep_is_read_into_one_tape() {
        let node = Node::trusted("[[1]]");
        let mut inside = Inside::new(node);
        for _ in 0..SKIPPED {
            assert!(inside.needed_tape().is_none());
            inside = inside.part(node);
        }
        let tape = inside.needed_tape().unwrap();
        assert!(inside.along(&tape).part(node).needed_tape().is_none());
    }

    #[test]
    fn values_mean_the_same_however_deep_they_are() {
        for depth in 0..3 * SKIPPED {
            for (open, close) in [("[0,", ",3]"), ("[", "]"), (r#"{"x":1,"k":"#, r#","y":[]}"#)] {
                for (one, other, expected) in PAIRS {
                    let nested = |leaf| open.repeat(depth) + leaf + &close.repeat(depth);
                    let (one, other) = (nested(one), nested(other));
                    let room = room();
                    let model = Text::new(&room);
                    let [one, other] = [&one, &other].map(|text| Node::trusted(text));
                    let found = [model.same(&one, &other), model.equal(&one, &other)];
                    assert_eq!(found.map(Result::unwrap), expected, "{one:?} {other:?}");
                    let digests = [one, other].map(|node| model.digest(&node).unwrap());
                    assert_eq!(digests[0] == digests[1], expected[1], "{one:?} {other:?}");
                }
            }
        }
    }
}
