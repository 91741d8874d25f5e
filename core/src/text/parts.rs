//! What containers consist of, with what is known of them from base's tape and the sides.

use super::changes::{Linked, Piece, Pieces};
use super::join::{Base, Side};
use super::members::{Member, elements, raw_members};
use super::sides::Sides;
use super::{Node, Origin, Text};
use crate::model::{Joined, Kind};

impl<'a> Text<'a> {
    /// The members of an object, repeated names included, or the elements of an array, which have
    /// no names.
    pub(super) fn parts(&self, container: Node<'a>) -> Vec<Member<'a>> {
        match (container.origin, &self.base) {
            (Origin::Base(entry), Some((text, tape))) => {
                tape.inside(entry).map(|part| tape.member(text, part)).collect()
            }
            (Origin::Side(number), Some((text, tape))) => {
                let mut members = Vec::new();
                let changes = self.changes.borrow();
                for piece in changes.container(number).1.iter() {
                    match piece {
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
    #[inline]
    fn along(&self, entry: u32, node: Node<'a>) -> Option<Node<'a>> {
        let is_along = match node.origin {
            Origin::Base(own) => own == entry,
            Origin::Side(number) => self.changes.borrow().container(number).0.base == entry,
            Origin::Unknown => false,
        };
        if is_along { Some(node) } else { self.read_along(entry, node) }
    }

    /// Reads an object, which came from elsewhere, along base's.
    #[cold]
    fn read_along(&self, entry: u32, node: Node<'a>) -> Option<Node<'a>> {
        let (text, tape) = self.base.as_ref()?;
        let changes = &mut self.changes.borrow_mut();
        Sides::new(text, tape, node.text, usize::MAX, changes).read(entry).ok()
    }

    /// The join with what base's tape tells; `None` where it cannot be made.
    pub(super) fn join_along(
        &self,
        entry: u32,
        theirs: Node<'a>,
        mine: Node<'a>,
        whole: bool,
    ) -> Option<Vec<Joined<Self>>> {
        let (theirs, mine) = (self.along(entry, theirs)?, self.along(entry, mine)?);
        let (text, tape) = self.base.as_ref()?;
        let changes = self.changes.borrow();
        let all = [Linked::alone(Piece::Run(entry + 1, tape.entry(entry).next))];
        let side = |node: Node<'a>| match node.origin {
            Origin::Side(number) => {
                let (aligned, pieces) = changes.container(number);
                Side { pieces, lacks: aligned.lacks, adds: aligned.adds }
            }
            _ => Side { pieces: Pieces::of(&all), lacks: false, adds: false },
        };
        Base { text, tape, entry }.join(side(theirs), side(mine), whole)
    }
}
