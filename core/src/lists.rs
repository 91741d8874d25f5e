//! Lists: `ordered`, `append` and `set`, over elements sorted into classes of equal values.
//!
//! `ordered` and `append` are diff3 merges (S. Khanna, K. Kunal, B. C. Pierce, "A Formal
//! Investigation of Diff3", FSTTCS 2007): base is aligned with each side, elements matched in all
//! three hold the result together, and what lies between them is a chunk.

use std::ops::Range;

use crate::align::align;
use crate::classes::{ByClass, Classes};
use crate::conflict::ConflictKind;
use crate::model::{Failure, Kind, Model, Plan};
use crate::rules::{Place, Told};
use crate::walk::{Step, Walk};

/// One side's elements; equal elements, on whatever side, have one class.
pub(crate) struct Side<N> {
    pub(crate) nodes: Vec<N>,
    pub(crate) classes: Vec<u32>,
}

/// A stretch of base with what each side has in its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) base: Range<usize>,
    pub(crate) theirs: Range<usize>,
    pub(crate) mine: Range<usize>,
}

/// What an alignment of three sequences consists of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// An element of base that both sides kept: its index in base, theirs and mine.
    Kept(usize, usize, usize),
    /// What lies between; never empty on all three sides.
    Between(Chunk),
}

/// Base, theirs and mine.
pub(crate) struct Sides<N> {
    pub(crate) base: Side<N>,
    pub(crate) theirs: Side<N>,
    pub(crate) mine: Side<N>,
}

/// How three sequences lie against each other.
pub(crate) struct Alignment {
    /// From front to end.
    pub(crate) parts: Vec<Part>,
    /// For each element of theirs, whether it is one of base's.
    theirs_kept: Vec<bool>,
    /// For each element of mine, whether it is one of base's.
    mine_kept: Vec<bool>,
}

impl<N> Sides<N> {
    /// Splits three sequences at the elements that both sides kept.
    pub(crate) fn align(&self) -> Alignment {
        let to_theirs = align(&self.base.classes, &self.theirs.classes);
        let to_mine = align(&self.base.classes, &self.mine.classes);
        let flags = |partners: &[Option<usize>], length| {
            let mut flags = vec![false; length];
            partners.iter().flatten().for_each(|&partner| flags[partner] = true);
            flags
        };
        let theirs_kept = flags(&to_theirs, self.theirs.nodes.len());
        let mine_kept = flags(&to_mine, self.mine.nodes.len());
        let kept = to_theirs.into_iter().zip(to_mine).enumerate();
        let kept = kept.filter_map(|(b, partners)| match partners {
            (Some(t), Some(m)) => Some((b, t, m)),
            _ => None,
        });
        let ends = (self.base.nodes.len(), self.theirs.nodes.len(), self.mine.nodes.len());
        let mut parts = Vec::new();
        let mut from = (0, 0, 0);
        for (b, t, m) in kept.chain([ends]) {
            let chunk = Chunk { base: from.0..b, theirs: from.1..t, mine: from.2..m };
            if !(chunk.base.is_empty() && chunk.theirs.is_empty() && chunk.mine.is_empty()) {
                parts.push(Part::Between(chunk));
            }
            if (b, t, m) != ends {
                parts.push(Part::Kept(b, t, m));
            }
            from = (b + 1, t + 1, m + 1);
        }
        Alignment { parts, theirs_kept, mine_kept }
    }
}

/// `whole` as what stands before and after its first stretch that equals `core`.
fn around(whole: &[u32], core: &[u32]) -> Option<(usize, usize)> {
    if core.is_empty() {
        return None;
    }
    // Knuth, Morris and Pratt's search: linear however much `core` repeats itself. For each length
    // of a match, `shorter` is the longest match that is left when the next element does not fit.
    let next = |shorter: &[usize], mut length: usize, element: u32| loop {
        if core.get(length) == Some(&element) {
            return length + 1;
        }
        match length.checked_sub(1) {
            Some(last) => length = shorter[last],
            None => return 0,
        }
    };
    let mut shorter = vec![0; core.len()];
    for at in 1..core.len() {
        shorter[at] = next(&shorter, shorter[at - 1], core[at]);
    }
    let mut length = 0;
    for (at, &element) in whole.iter().enumerate() {
        length = next(&shorter, length, element);
        if length == core.len() {
            return Some((at + 1 - length, at + 1));
        }
    }
    None
}

impl<M: Model> Walk<'_, M> {
    /// Reads three lists, sorting their elements into classes.
    fn sides(
        &self,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Sides<M::Node>, Failure<M>> {
        let mut classes = Classes::new();
        let mut side = |list: Option<&M::Node>| -> Result<Side<M::Node>, M::Error> {
            let nodes = list.map_or(Ok(Vec::new()), |list| self.model.elements(list))?;
            let class = |node| {
                let digest = self.model.digest(node)?;
                classes.of(digest, node.clone(), |a, b| self.model.equal(a, b))
            };
            let classes = nodes.iter().map(class).collect::<Result<_, _>>()?;
            Ok(Side { nodes, classes })
        };
        let [base, theirs, mine] = [side(base), side(Some(theirs)), side(Some(mine))];
        let failure = Failure::Model;
        Ok(Sides {
            base: base.map_err(failure)?,
            theirs: theirs.map_err(failure)?,
            mine: mine.map_err(failure)?,
        })
    }

    /// Mode `ordered`, which is also what `deep` means for arrays.
    pub(crate) fn ordered(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Plan<M>, Failure<M>> {
        if self.equal(theirs, mine)? {
            return Ok(Plan::Take(theirs.clone()));
        }
        self.enter()?;
        let sides = self.sides(base, theirs, mine)?;
        let inner = place.element();
        let mut elements = Vec::with_capacity(sides.theirs.nodes.len());
        let alignment = sides.align();
        for part in &alignment.parts {
            match *part {
                Part::Kept(b, t, m) => {
                    let (base, theirs, mine) =
                        (&sides.base.nodes[b], &sides.theirs.nodes[t], &sides.mine.nodes[m]);
                    let step = Step::Index(b);
                    let kept =
                        self.decide_below(step, &inner, Some(base), Some(theirs), Some(mine))?;
                    elements.push(kept.plan);
                }
                Part::Between(ref chunk) => {
                    self.chunk(place, &sides, &alignment, chunk, &mut elements)?;
                }
            }
        }
        self.leave();
        Ok(Plan::Array(elements))
    }

    /// Decides what lies between elements that both sides kept.
    fn chunk(
        &mut self,
        place: &Place<'_>,
        sides: &Sides<M::Node>,
        alignment: &Alignment,
        chunk: &Chunk,
        out: &mut Vec<Plan<M>>,
    ) -> Result<(), Failure<M>> {
        let base = &sides.base.nodes[chunk.base.clone()];
        let theirs = &sides.theirs.nodes[chunk.theirs.clone()];
        let mine = &sides.mine.nodes[chunk.mine.clone()];
        let b = &sides.base.classes[chunk.base.clone()];
        let t = &sides.theirs.classes[chunk.theirs.clone()];
        let m = &sides.mine.classes[chunk.mine.clone()];
        let theirs_only_removed =
            alignment.theirs_kept[chunk.theirs.clone()].iter().all(|&kept| kept);
        let mine_only_removed = alignment.mine_kept[chunk.mine.clone()].iter().all(|&kept| kept);
        let mut put = |nodes: &[M::Node]| out.extend(nodes.iter().cloned().map(Plan::Take));
        // One side at most is equal to base here: where both are, every element is kept by both.
        if m == b || t == m {
            put(theirs);
        } else if t == b {
            put(mine);
        } else if theirs_only_removed && mine_only_removed {
            // What both kept is not in a chunk: nothing is left of it.
        } else if b.is_empty() {
            put(theirs);
            put(mine);
        } else {
            match (around(t, b), around(m, b)) {
                (Some(t), Some(m)) => {
                    put(&theirs[..t.0]);
                    put(&mine[..m.0]);
                    put(base);
                    put(&theirs[t.1..]);
                    put(&mine[m.1..]);
                }
                (Some(t), None) => {
                    put(&theirs[..t.0]);
                    put(mine);
                    put(&theirs[t.1..]);
                }
                (None, Some(m)) => {
                    put(&mine[..m.0]);
                    put(theirs);
                    put(&mine[m.1..]);
                }
                (None, None) => match self.side_by_side(base, theirs, mine)? {
                    Some(nodes) => put(&nodes),
                    None => out.extend(self.chunk_conflict(place, base, theirs, mine)?),
                },
            }
        }
        Ok(())
    }

    /// Objects that were edited where they stand, at each position by one side at most.
    fn side_by_side(
        &self,
        base: &[M::Node],
        theirs: &[M::Node],
        mine: &[M::Node],
    ) -> Result<Option<Vec<M::Node>>, Failure<M>> {
        if base.len() != theirs.len() || base.len() != mine.len() {
            return Ok(None);
        }
        let mut nodes = Vec::with_capacity(base.len());
        for ((base, theirs), mine) in base.iter().zip(theirs).zip(mine) {
            for node in [base, theirs, mine] {
                if self.kind(node)? != Kind::Object {
                    return Ok(None);
                }
            }
            if self.same(Some(mine), Some(base))? {
                nodes.push(theirs.clone());
            } else if self.same(Some(theirs), Some(base))? {
                nodes.push(mine.clone());
            } else {
                return Ok(None);
            }
        }
        Ok(Some(nodes))
    }

    /// A conflict of a whole chunk; a side that emptied it has deleted it.
    fn chunk_conflict(
        &mut self,
        place: &Place<'_>,
        base: &[M::Node],
        theirs: &[M::Node],
        mine: &[M::Node],
    ) -> Result<Vec<Plan<M>>, Failure<M>> {
        let side = |nodes: &[M::Node]| {
            if nodes.is_empty() { Plan::Missing } else { Plan::list(nodes) }
        };
        let plan = if theirs.is_empty() || mine.is_empty() {
            self.deletion(place, &side(base), side(theirs), side(mine))?
        } else {
            self.conflict(place, ConflictKind::EditEdit, side(base), side(theirs), side(mine))?
        };
        match plan {
            Plan::Missing => Ok(Vec::new()),
            Plan::Array(elements) => Ok(elements),
            // A caller's function chose; it was asked for a list.
            Plan::Take(list) if self.kind(&list)? == Kind::Array => {
                let elements = self.model.elements(&list).map_err(Failure::Model)?;
                Ok(elements.into_iter().map(Plan::Take).collect())
            }
            _ => Err(Failure::Model(self.model.resolver_error(
                Told("a function that decides a chunk of a list must return a list").into(),
            ))),
        }
    }

    /// Mode `append`: both sides' insertions stay, theirs' before mine's; what either removed goes.
    #[inline(never)]
    pub(crate) fn append(
        &mut self,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        limit: Option<usize>,
        unique: bool,
    ) -> Result<Plan<M>, Failure<M>> {
        let sides = self.sides(base, theirs, mine)?;
        let mut kept: Vec<(u32, &M::Node)> = Vec::new();
        let alignment = sides.align();
        for part in &alignment.parts {
            match *part {
                Part::Kept(b, t, m) => {
                    let (base, theirs, mine) =
                        (&sides.base.nodes[b], &sides.theirs.nodes[t], &sides.mine.nodes[m]);
                    let only_mine_changed = self.same(Some(theirs), Some(base))?;
                    let node = if only_mine_changed { mine } else { theirs };
                    kept.push((sides.base.classes[b], node));
                }
                Part::Between(Chunk { ref theirs, ref mine, .. }) => {
                    let insertions = [
                        (&sides.theirs, &alignment.theirs_kept, theirs),
                        (&sides.mine, &alignment.mine_kept, mine),
                    ];
                    for (side, known, range) in insertions {
                        let inserted = range.clone().filter(|&at| !known[at]);
                        kept.extend(inserted.map(|at| (side.classes[at], &side.nodes[at])));
                    }
                }
            }
        }
        if unique {
            let mut seen = ByClass::default();
            kept.reverse();
            kept.retain(|(class, _)| seen.insert(*class, ()));
            kept.reverse();
        }
        let cut = limit.map_or(0, |limit| kept.len().saturating_sub(limit));
        Ok(Plan::list(kept[cut..].iter().map(|(_, node)| *node)))
    }

    /// Mode `set`: (base ∩ theirs ∩ mine) ∪ (theirs − base) ∪ (mine − base), each value once.
    #[inline(never)]
    pub(crate) fn set(
        &mut self,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        kind: Kind,
    ) -> Result<Plan<M>, Failure<M>> {
        if self.equal(theirs, mine)? {
            return Ok(Plan::Take(theirs.clone()));
        }
        let like = theirs.clone();
        let sides = self.sides(base, theirs, mine)?;
        let members = |side: &Side<M::Node>| -> ByClass<()> {
            side.classes.iter().map(|&class| (class, ())).collect()
        };
        let [base, theirs, mine] = [&sides.base, &sides.theirs, &sides.mine].map(members);
        let mut seen = ByClass::default();
        let both = sides
            .theirs
            .classes
            .iter()
            .zip(&sides.theirs.nodes)
            .chain(sides.mine.classes.iter().zip(&sides.mine.nodes));
        let stays =
            |class: u32| !base.contains(class) || theirs.contains(class) && mine.contains(class);
        let nodes = both.filter(|(class, _)| stays(**class) && seen.insert(**class, ()));
        let nodes = nodes.map(|(_, node)| node);
        Ok(match kind {
            Kind::Set => Plan::Set { like, elements: nodes.cloned().collect() },
            _ => Plan::list(nodes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_first_stretch_is_found_as_by_trying_each_place() {
        let sequences: Vec<Vec<u32>> = (0..=8u32)
            .flat_map(|length| {
                (0..1 << length).map(move |code| (0..length).map(|at| code >> at & 1).collect())
            })
            .collect();
        for core in sequences.iter().filter(|core| (1..=5).contains(&core.len())) {
            for whole in &sequences {
                let slow = whole.windows(core.len()).position(|window| window == core);
                assert_eq!(around(whole, core), slow.map(|at| (at, at + core.len())));
            }
        }
        assert_eq!(around(&[1], &[]), None);
    }
}
