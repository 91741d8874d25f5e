//! Comparing documents of the builtin types themselves, in one go and without taking references.
//!
//! Whatever else comes along (another type, a key that is no plain string) is left to the general
//! way, which gives the same answers by safe means: here it is only said that the answer is not
//! known. Nothing in this file runs Python code while an [`Item`] is held, as those demand:
//! references that are dropped again are never the last ones.

use hashbrown::HashMap;
use pyo3::prelude::*;

use super::changes::{Chain, Changes, Found};
use super::item::{Item, Sort};

/// What comparing two values showed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Different,
    /// Objects that are different in what is written down, `true`, or may be.
    Recorded(bool),
    Unknown,
}

impl Verdict {
    pub(super) fn answer(self) -> Option<bool> {
        match self {
            Self::Same => Some(true),
            Self::Different => Some(false),
            Self::Recorded(_) | Self::Unknown => None,
        }
    }
}

/// A way through two documents at once.
pub(super) struct Scan<'c, 'py> {
    py: Python<'py>,
    max_depth: usize,
    changes: &'c mut Changes<'py>,
    /// For containers to which there are several references, alone or in pairs: what was found, and
    /// how deep they stood. Without this, a list of two references to a list of two references and
    /// so on would be read 2ⁿ times.
    known: HashMap<(usize, usize), (usize, Verdict)>,
    /// How many pairs of objects were come by.
    met: usize,
    /// Whether objects that are found different, when nothing is recorded, are remembered.
    pub(super) keeps_apart: bool,
}

impl<'c, 'py> Scan<'c, 'py> {
    pub(super) fn new(py: Python<'py>, max_depth: usize, changes: &'c mut Changes<'py>) -> Self {
        Self { py, max_depth, changes, known: HashMap::new(), met: 0, keeps_apart: false }
    }

    /// Compares two values that stand this deep. Where they are the same, or what differs is
    /// recorded, the depth of all that is in them is checked, too. What is not recorded ends at the
    /// first difference.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most values are scalars, for which it is short")]
    pub(super) fn values<const RECORD: bool>(
        &mut self,
        base: Item<'_>,
        mine: Item<'_>,
        depth: usize,
    ) -> Verdict {
        let is_same = match base.sort_if_shared(mine) {
            Some(Sort::Str) => base.is_same_plain(mine),
            Some(Sort::Int) => base == mine || base.is_same_integer(mine),
            sort => return self.no_strings::<RECORD>(sort, (base, mine), depth),
        };
        if is_same { Verdict::Same } else { Verdict::Different }
    }

    /// Compares two values that are not both strings, nor both integers; with the sort of both.
    fn no_strings<const RECORD: bool>(
        &mut self,
        sort: Option<Sort>,
        (base, mine): (Item<'_>, Item<'_>),
        depth: usize,
    ) -> Verdict {
        match sort {
            Some(Sort::Dict) => self.objects::<RECORD>(base, mine, depth),
            Some(Sort::List) => self.lists(base, mine, depth),
            _ => match base.is_same_scalar(mine) {
                Some(true) => Verdict::Same,
                Some(false) => Verdict::Different,
                None => self.others(base, mine, depth),
            },
        }
    }

    /// Compares values of which one is neither a scalar nor a builtin container.
    #[cold]
    fn others(&mut self, base: Item<'_>, mine: Item<'_>, depth: usize) -> Verdict {
        if base == mine {
            self.depth(base, depth);
            return Verdict::Same;
        }
        Verdict::Unknown
    }

    /// What can be said of two containers of one type without reading both.
    #[inline]
    fn foreseen(&mut self, base: Item<'_>, mine: Item<'_>, depth: usize) -> Option<Verdict> {
        if base == mine {
            self.depth(base, depth);
            return Some(Verdict::Same);
        }
        self.is_too_deep(depth).then_some(Verdict::Unknown)
    }

    fn lists(&mut self, base: Item<'_>, mine: Item<'_>, depth: usize) -> Verdict {
        if let Some(verdict) = self.foreseen(base, mine, depth) {
            return verdict;
        }
        let are_shared = are_shared(base, mine, depth);
        if are_shared && let Some(verdict) = self.known::<false>(base, mine, depth) {
            return verdict;
        }
        let (mut bases, mut mines) = (base.elements(), mine.elements());
        let verdict = loop {
            match (bases.next(), mines.next()) {
                (Some(base), Some(mine)) => {
                    let verdict = self.values::<false>(base, mine, depth + 1);
                    if verdict != Verdict::Same {
                        break verdict;
                    }
                }
                (None, None) => break Verdict::Same,
                _ => break Verdict::Different,
            }
        };
        if are_shared && verdict == Verdict::Same {
            self.known.insert((base.address(), mine.address()), (depth, verdict));
        }
        verdict
    }

    fn objects<const RECORD: bool>(
        &mut self,
        base: Item<'_>,
        mine: Item<'_>,
        depth: usize,
    ) -> Verdict {
        if let Some(verdict) = self.foreseen(base, mine, depth) {
            return verdict;
        }
        let are_shared = are_shared(base, mine, depth);
        if are_shared && let Some(verdict) = self.known::<RECORD>(base, mine, depth) {
            return verdict;
        }
        self.met += 1;
        let mut verdict = Verdict::Same;
        let (met, mut chain) = (self.met, Chain::default());
        let (mut bases, mut mines) = (base.members(), mine.members());
        // Side by side as long as the names are the same: mostly, to the end.
        while let Some((key, [of_base, of_mine])) = bases.in_step(&mut mines) {
            verdict = self.values::<RECORD>(of_base, of_mine, depth + 1);
            if verdict != Verdict::Same {
                if !RECORD {
                    break;
                }
                self.record(&mut chain, key, (Some(of_base), Some(of_mine)), verdict, depth + 1);
                verdict = Verdict::Same;
            }
        }
        if verdict == Verdict::Same && !(bases.are_over() && mines.are_over()) {
            let rest = ((base, bases), (mine, mines));
            verdict = self.any_step::<RECORD>(&mut chain, rest, depth + 1);
        }
        if RECORD && verdict == Verdict::Same && chain.length > 0 {
            let of = [base.own(self.py), mine.own(self.py)];
            self.changes.found.push(Found { met, of, chain });
            verdict = Verdict::Recorded(chain.is_sure);
        } else if !RECORD && verdict == Verdict::Different && self.keeps_apart {
            self.changes.apart.push((base.address(), mine.address()));
        }
        if are_shared && matches!(verdict, Verdict::Same | Verdict::Recorded(_)) {
            self.known.insert((base.address(), mine.address()), (depth, verdict));
        }
        verdict
    }

    #[cold]
    pub(super) fn record(
        &mut self,
        chain: &mut Chain,
        key: Item<'_>,
        (base, mine): (Option<Item<'_>>, Option<Item<'_>>),
        verdict: Verdict,
        depth: usize,
    ) {
        if !matches!(verdict, Verdict::Recorded(_)) {
            for value in [base, mine].into_iter().flatten() {
                self.depth(value, depth);
            }
        }
        let is_sure = matches!(verdict, Verdict::Different | Verdict::Recorded(true));
        let own = |item: Item<'_>| item.own(self.py);
        self.changes.add(chain, (own(key), base.map(own), mine.map(own)), is_sure);
    }

    /// Checks the depth of a value that stands this deep.
    pub(super) fn depth(&mut self, value: Item<'_>, depth: usize) {
        let is_dict = match value.sort() {
            Sort::Dict => true,
            Sort::List => false,
            Sort::Other => {
                if value.is_container_by_subclass() {
                    self.changes.unread.push((value.own(self.py), depth));
                }
                return;
            }
            _ => return,
        };
        if self.is_too_deep(depth) {
            return;
        }
        let is_shared = depth > 1 && value.is_shared();
        if is_shared && self.known::<true>(value, value, depth).is_some() {
            return;
        }
        if !is_dict {
            value.elements().for_each(|element| self.depth_below(element, depth + 1));
        } else if !value.is_flat() {
            value.members().for_each(|(_, value)| self.depth_below(value, depth + 1));
        }
        if is_shared {
            self.known.insert((value.address(), value.address()), (depth, Verdict::Same));
        }
    }

    #[inline]
    fn depth_below(&mut self, value: Item<'_>, depth: usize) {
        if !value.is_scalar() {
            self.depth(value, depth);
        }
    }

    #[inline]
    fn is_too_deep(&mut self, depth: usize) -> bool {
        if depth <= self.max_depth {
            return false;
        }
        self.changes.is_too_deep = true;
        true
    }

    /// What was found when two containers were read before, and they stood no less deep.
    #[cold]
    fn known<const RECORD: bool>(
        &self,
        base: Item<'_>,
        mine: Item<'_>,
        depth: usize,
    ) -> Option<Verdict> {
        match *self.known.get(&(base.address(), mine.address()))? {
            (known, _) if known < depth => None,
            (_, Verdict::Recorded(_)) if !RECORD => Some(Verdict::Unknown),
            (_, verdict) => Some(verdict),
        }
    }
}

/// Whether two containers may both stand in other places, too; a document itself does not.
#[inline]
fn are_shared(base: Item<'_>, mine: Item<'_>, depth: usize) -> bool {
    depth > 1 && base.is_shared() && mine.is_shared()
}

/// Whether two keys are one, or equal plain strings.
#[inline]
pub(super) fn is_same_name(a: Item<'_>, b: Item<'_>) -> bool {
    a == b || a.sort() == Sort::Str && b.sort() == Sort::Str && a.is_same_text(b)
}
