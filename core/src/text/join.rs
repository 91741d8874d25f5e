//! The three-way join of members in JSON text.
//!
//! What the sides changed in base is known by then (see [`sides`](super::sides)): the join follows
//! base's members through the pieces of both sides and meets every stretch that neither changed
//! once, however long it is. Where a side has a member at another place, or names are repeated,
//! members are joined by name.

use super::changes::{Piece, Pieces};
use super::members::{Finder, Member};
use super::names::{Glance, Names, is_plain};
use super::tape::Tape;
use super::{Key, Node, Origin, Run, Text};
use crate::model::Joined;

/// One object of base, as the join sees it.
pub(super) struct Base<'j, 'a> {
    pub(super) text: &'a str,
    pub(super) tape: &'j Tape,
    /// The object's entry.
    pub(super) entry: u32,
}

/// A side of the join.
#[derive(Clone, Copy)]
pub(super) struct Side<'j, 'a> {
    pub(super) pieces: Pieces<'j, 'a>,
    /// Whether some of base's members are not at their place, or not there.
    pub(super) lacks: bool,
    /// Whether there are members of names that base has not at their place.
    pub(super) adds: bool,
}

impl<'j, 'a> Side<'j, 'a> {
    /// The members of names that base has not at their place.
    fn added(self) -> impl Iterator<Item = Member<'a>> + use<'j, 'a> {
        let pieces = self.adds.then(|| self.pieces.iter());
        pieces.into_iter().flatten().filter_map(|piece| match piece {
            Piece::Added(key, value) => Some(Member { key, value }),
            Piece::Run(..) | Piece::Changed(..) => None,
        })
    }
}

/// What a side has instead of a member of base.
enum Instead<'a> {
    /// The same, up to this entry.
    Unchanged(u32),
    Changed(Node<'a>),
    Missing,
}

/// A way through the pieces of a side in the order of base.
struct Follow<'j, 'a> {
    pieces: Pieces<'j, 'a>,
}

impl<'a> Follow<'_, 'a> {
    /// What the side has instead of an entry, which is behind the one that was asked for before.
    #[inline]
    fn at(&mut self, entry: u32) -> Instead<'a> {
        while let Some(piece) = self.pieces.first() {
            match piece {
                Piece::Run(from, to) if entry < to => {
                    return if from <= entry { Instead::Unchanged(to) } else { Instead::Missing };
                }
                Piece::Changed(own, node) if own == entry => return Instead::Changed(node),
                Piece::Changed(own, _) if own > entry => return Instead::Missing,
                _ => self.pieces.advance(),
            }
        }
        Instead::Missing
    }
}

impl<'a> Base<'_, 'a> {
    /// Joins two sides, where no name comes twice: neither in base nor among what a side adds to
    /// it. `None` if one does.
    pub(super) fn join(
        &self,
        theirs: Side<'_, 'a>,
        mine: Side<'_, 'a>,
        whole: bool,
    ) -> Option<Vec<Joined<Text<'a>>>> {
        let added = self.added([theirs, mine])?;
        let [theirs_added, mine_added] = &added;
        let mut in_mine = Finder::new(mine_added);
        let joined = Vec::with_capacity(theirs.pieces.count + mine.pieces.count);
        let mut out = Output { base: self, joined, whole };
        let mut follow = Follow { pieces: mine.pieces };
        for piece in theirs.pieces.iter() {
            match piece {
                Piece::Run(from, to) => {
                    let mut at = from;
                    while at < to {
                        at = match follow.at(at) {
                            Instead::Unchanged(until) => out.unchanged(at, until.min(to)),
                            Instead::Changed(mine) => {
                                out.member(at, Some(self.node(at)), Some(mine))
                            }
                            Instead::Missing => out.member(at, Some(self.node(at)), None),
                        };
                    }
                }
                Piece::Changed(at, theirs) => {
                    let mine = match follow.at(at) {
                        Instead::Unchanged(_) => Some(self.node(at)),
                        Instead::Changed(mine) => Some(mine),
                        Instead::Missing => None,
                    };
                    out.member(at, Some(theirs), mine);
                }
                Piece::Added(key, theirs) => {
                    let mine = in_mine.find(key).map(|at| mine_added[at].value);
                    out.new_member(key, Some(theirs), mine);
                }
            }
        }
        if theirs.lacks || mine.adds {
            out.only_mine(theirs, mine, &mut Finder::new(theirs_added));
        }
        if theirs.lacks && mine.lacks {
            out.only_base(theirs, mine);
        }
        Some(out.joined)
    }

    /// What theirs and mine add to base; `None` if a name comes twice in base or in a side.
    fn added(&self, sides: [Side<'_, 'a>; 2]) -> Option<[Vec<Member<'a>>; 2]> {
        if self.seem_distinct(&sides) || self.are_distinct(&sides) {
            return Some(sides.map(|side| side.added().collect()));
        }
        None
    }

    /// Whether all names in base, with what either side adds, are seen to be different at a glance.
    fn seem_distinct(&self, sides: &[Side<'_, 'a>; 2]) -> bool {
        let mut in_base = Glance::default();
        let mut names = self.tape.inside(self.entry).map(|at| self.tape.name_bytes(self.text, at));
        names.all(|name| (self.tape.is_plain || is_plain(name)) && in_base.insert(name))
            && sides.iter().all(|side| {
                !side.adds || {
                    let mut own = in_base.clone();
                    let mut names = side.added().map(|member| member.key.as_bytes());
                    names.all(|name| is_plain(name) && own.insert(name))
                }
            })
    }

    /// Whether all names in base, with what either side adds, are different.
    fn are_distinct(&self, sides: &[Side<'_, 'a>; 2]) -> bool {
        let mut in_base = Names::default();
        let mut names = self.tape.inside(self.entry).map(|entry| self.name(entry));
        names.all(|name| in_base.insert(name, self.tape.is_plain))
            && sides.iter().all(|side| {
                let mut own = Names::default();
                let mut names = side.added().map(|member| member.key);
                names.all(|name| !in_base.contains(name) && own.insert(name, false))
            })
    }

    /// Entries as one piece.
    fn run(&self, from: u32, to: u32) -> Run<'a> {
        if !self.tape.is_compact {
            return Run::Entries(from, to);
        }
        // A comma or the closing bracket stands behind the last.
        let object = self.tape.entry(self.entry);
        let behind = if to < object.next { self.tape.entry(to).start } else { object.end };
        Run::Text(&self.text[self.tape.entry(from).start as usize..behind as usize - 1])
    }

    fn name(&self, entry: u32) -> &'a str {
        self.tape.name(self.text, entry)
    }

    fn node(&self, entry: u32) -> Node<'a> {
        self.tape.node(self.text, entry)
    }
}

/// The join so far.
struct Output<'o, 'j, 'a> {
    base: &'o Base<'j, 'a>,
    joined: Vec<Joined<Text<'a>>>,
    /// Whether every member is to come by itself.
    whole: bool,
}

impl<'a> Output<'_, '_, 'a> {
    /// Entries that neither side changed; the answer is the first one that is still to come.
    fn unchanged(&mut self, from: u32, to: u32) -> u32 {
        if self.whole {
            let node = Some(self.base.node(from));
            return self.member(from, node, node);
        }
        self.joined.push(Joined::Run(self.base.run(from, to)));
        to
    }

    /// What mine has and theirs has not, in the order of mine.
    fn only_mine(
        &mut self,
        theirs: Side<'_, 'a>,
        mine: Side<'_, 'a>,
        in_theirs: &mut Finder<'_, 'a>,
    ) {
        let mut follow = Follow { pieces: theirs.pieces };
        for piece in mine.pieces.iter() {
            match piece {
                Piece::Run(from, to) => {
                    let mut at = from;
                    while at < to {
                        at = match follow.at(at) {
                            Instead::Unchanged(until) => until,
                            Instead::Changed(_) => self.base.tape.entry(at).next,
                            Instead::Missing => self.member(at, None, Some(self.base.node(at))),
                        };
                    }
                }
                Piece::Changed(at, mine) => {
                    if let Instead::Missing = follow.at(at) {
                        self.member(at, None, Some(mine));
                    }
                }
                Piece::Added(key, mine) => {
                    if in_theirs.find(key).is_none() {
                        self.new_member(key, None, Some(mine));
                    }
                }
            }
        }
    }

    /// What neither side has.
    fn only_base(&mut self, theirs: Side<'_, 'a>, mine: Side<'_, 'a>) {
        let tape = self.base.tape;
        let mut follow = [theirs, mine].map(|side| Follow { pieces: side.pieces });
        for entry in tape.inside(self.base.entry) {
            if follow.iter_mut().all(|side| matches!(side.at(entry), Instead::Missing)) {
                self.member(entry, None, None);
            }
        }
    }

    /// A member of base; the answer is the entry behind it.
    fn member(&mut self, entry: u32, theirs: Option<Node<'a>>, mine: Option<Node<'a>>) -> u32 {
        let (key, base) = (Key(self.base.name(entry)), Some(self.base.node(entry)));
        self.joined.push(Joined::Member { key, base, theirs, mine });
        self.base.tape.entry(entry).next
    }

    /// A member that base has not.
    fn new_member(&mut self, key: &'a str, theirs: Option<Node<'a>>, mine: Option<Node<'a>>) {
        self.joined.push(Joined::Member { key: Key(key), base: None, theirs, mine });
    }
}

/// Joins members by name; no list has a name twice. With base's tape, members that are unchanged on
/// both sides come as runs.
pub(super) fn join_lists<'a>(
    [base, theirs, mine]: &[Vec<Member<'a>>; 3],
    tape: Option<&Tape>,
) -> Vec<Joined<Text<'a>>> {
    let (mut in_base, mut in_mine) = (Finder::new(base), Finder::new(mine));
    let (mut base_seen, mut mine_seen) = (vec![false; base.len()], vec![false; mine.len()]);
    let see = |finder: &mut Finder<'_, 'a>, list: &[Member<'a>], seen: &mut [bool], key: &str| {
        let at = finder.find(key)?;
        seen[at] = true;
        Some(list[at].value)
    };
    let joined = |key, base, theirs, mine| Joined::Member { key: Key(key), base, theirs, mine };
    let mut out = Vec::with_capacity(theirs.len());
    for member in theirs {
        let b = see(&mut in_base, base, &mut base_seen, member.key);
        let m = see(&mut in_mine, mine, &mut mine_seen, member.key);
        match (tape, [b, Some(member.value), m].map(|node| node.map(|node| node.origin))) {
            (Some(tape), [b @ Some(Origin::Base(entry)), t, m]) if t == b && m == b => {
                out.push(Joined::Run(Run::Entries(entry, tape.entry(entry).next)));
            }
            _ => out.push(joined(member.key, b, Some(member.value), m)),
        }
    }
    for (member, _) in mine.iter().zip(mine_seen).filter(|(_, seen)| !seen) {
        let b = see(&mut in_base, base, &mut base_seen, member.key);
        out.push(joined(member.key, b, None, Some(member.value)));
    }
    for (member, _) in base.iter().zip(base_seen).filter(|(_, seen)| !seen) {
        out.push(joined(member.key, Some(member.value), None, None));
    }
    out
}
