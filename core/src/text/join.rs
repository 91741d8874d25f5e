//! The three-way join of members in JSON text.
//!
//! What the sides changed in base is known by then (see [`sides`](super::sides)): the join follows
//! base's members through the pieces of both sides and meets every stretch that neither changed
//! once, however long it is. Where a side has a member at another place, or names are repeated,
//! members are joined by name.

use hashbrown::DefaultHashBuilder;

use super::members::{Finder, Member};
use super::names::Names;
use super::sides::Piece;
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

/// What a side has instead of a member of base.
enum Instead<'a> {
    /// The same, up to this entry.
    Unchanged(u32),
    Changed(Node<'a>),
    Missing,
}

/// A way through the pieces of a side in the order of base.
struct Follow<'j, 'a> {
    pieces: &'j [Piece<'a>],
}

impl<'a> Follow<'_, 'a> {
    /// What the side has instead of an entry, which is behind the one that was asked for before.
    #[inline]
    fn at(&mut self, entry: u32) -> Instead<'a> {
        while let Some((piece, rest)) = self.pieces.split_first() {
            match *piece {
                Piece::Run(from, to) if entry < to => {
                    return if from <= entry { Instead::Unchanged(to) } else { Instead::Missing };
                }
                Piece::Changed(own, node) if own == entry => return Instead::Changed(node),
                Piece::Changed(own, _) if own > entry => return Instead::Missing,
                _ => self.pieces = rest,
            }
        }
        Instead::Missing
    }
}

impl<'a> Base<'_, 'a> {
    /// Joins the pieces of two sides, where no name comes twice: neither in base nor among what the
    /// sides add to it. `None` if one does.
    pub(super) fn join(
        &self,
        theirs: &[Piece<'a>],
        mine: &[Piece<'a>],
        whole: bool,
        hasher: &DefaultHashBuilder,
    ) -> Option<Vec<Joined<Text<'a>>>> {
        let mut names = Names::new(hasher);
        for entry in self.tape.inside(self.entry) {
            let name = self.name(entry);
            if !names.insert_known(name, self.tape.is_plain || !name.contains('\\')) {
                return None;
            }
        }
        let added = [added(theirs, &names, hasher)?, added(mine, &names, hasher)?];
        let [theirs_added, mine_added] = &added;
        let mut in_theirs = Finder::new(theirs_added, hasher);
        let mut in_mine = Finder::new(mine_added, hasher);
        let stop = self.tape.entry(self.entry).next;
        let follow = |pieces| Follow { pieces };
        let mut out = Output { base: self, joined: Vec::with_capacity(theirs.len() + 4), whole };
        let mut mine_follow = follow(mine);
        for piece in theirs {
            match *piece {
                Piece::Run(from, to) => {
                    let mut at = from;
                    while at < to {
                        at = match mine_follow.at(at) {
                            Instead::Unchanged(until) => out.unchanged(at, until.min(to)),
                            Instead::Changed(mine) => {
                                out.member(at, Some(self.node(at)), Some(mine))
                            }
                            Instead::Missing => out.member(at, Some(self.node(at)), None),
                        };
                    }
                }
                Piece::Changed(at, theirs) => {
                    let mine = match mine_follow.at(at) {
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
        // What is left: what theirs has not got, first in the order of mine.
        let mut theirs_follow = follow(theirs);
        for piece in mine {
            match *piece {
                Piece::Run(from, to) => {
                    let mut at = from;
                    while at < to {
                        at = match theirs_follow.at(at) {
                            Instead::Unchanged(until) => until,
                            Instead::Changed(_) => self.tape.entry(at).next,
                            Instead::Missing => out.member(at, None, Some(self.node(at))),
                        };
                    }
                }
                Piece::Changed(at, mine) => {
                    if let Instead::Missing = theirs_follow.at(at) {
                        out.member(at, None, Some(mine));
                    }
                }
                Piece::Added(key, mine) => {
                    if in_theirs.find(key).is_none() {
                        out.new_member(key, None, Some(mine));
                    }
                }
            }
        }
        let (mut theirs_follow, mut mine_follow) = (follow(theirs), follow(mine));
        let mut at = self.entry + 1;
        while at < stop {
            at = match theirs_follow.at(at) {
                Instead::Unchanged(until) => until,
                Instead::Changed(_) => self.tape.entry(at).next,
                Instead::Missing => match mine_follow.at(at) {
                    Instead::Missing => out.member(at, None, None),
                    _ => self.tape.entry(at).next,
                },
            };
        }
        Some(out.joined)
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

/// What a side adds to base; `None` if base or the side has one of the names already.
fn added<'a>(
    pieces: &[Piece<'a>],
    base: &Names<'_, 'a>,
    hasher: &DefaultHashBuilder,
) -> Option<Vec<Member<'a>>> {
    let mut members = Vec::new();
    let mut own = None;
    for piece in pieces {
        if let Piece::Added(key, value) = *piece {
            let own = own.get_or_insert_with(|| Names::new(hasher));
            if base.contains(key) || !own.insert(key) {
                return None;
            }
            members.push(Member { key, value });
        }
    }
    Some(members)
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
    hasher: &DefaultHashBuilder,
) -> Vec<Joined<Text<'a>>> {
    let (mut in_base, mut in_mine) = (Finder::new(base, hasher), Finder::new(mine, hasher));
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
