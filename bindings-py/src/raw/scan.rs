//! Comparing documents of the builtin types themselves, in one go and without taking references.
//!
//! Whatever else comes along (another type, a key that is no plain string) is left to the general
//! way, which gives the same answers by safe means: here it is only said that the answer is not
//! known. Nothing in this file runs Python code while an [`Item`] is held, as those demand: references
//! that are dropped again are never the last ones.

use hashbrown::HashMap;
use pyo3::prelude::*;

use super::changes::{Change, Changes, Found, ObjectChanges};
use super::item::{Item, Members, Sort};

/// What comparing two values showed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Different,
    /// Objects that are, as far as is known, different; in what is written down.
    Recorded,
    Unknown,
}

impl Verdict {
    pub(super) fn answer(self) -> Option<bool> {
        match self {
            Self::Same => Some(true),
            Self::Different => Some(false),
            Self::Recorded | Self::Unknown => None,
        }
    }
}

/// How many pairs of equal keys are remembered; a power of two.
const REMEMBERED: usize = 32;

/// A way through two documents at once.
pub(super) struct Scan<'c, 's, 'py> {
    py: Python<'py>,
    max_depth: usize,
    changes: &'c mut Changes<'py>,
    /// Pairs of keys found equal, each at a place given by its address: the objects in a list
    /// mostly have the same keys, which whoever read them made once.
    keys: [Option<(Item<'s>, Item<'s>)>; REMEMBERED],
    /// For containers to which there are several references, alone or in pairs: what was found, and
    /// how deep they stood. Without this, a list of two references to a list of two references and
    /// so on would be read 2ⁿ times.
    known: HashMap<(usize, usize), (usize, Verdict)>,
}

impl<'c, 's, 'py> Scan<'c, 's, 'py> {
    pub(super) fn new(py: Python<'py>, max_depth: usize, changes: &'c mut Changes<'py>) -> Self {
        Self { py, max_depth, changes, keys: [None; REMEMBERED], known: HashMap::new() }
    }

    /// Compares two values that stand this deep. Where they are the same, or what differs is recorded,
    /// the depth of all that is in them is checked, too. What is not recorded ends at the first
    /// difference.
    #[inline]
    pub(super) fn values<const RECORD: bool>(
        &mut self,
        base: Item<'s>,
        mine: Item<'s>,
        depth: usize,
    ) -> Verdict {
        match base.is_same_scalar(mine) {
            Some(true) => Verdict::Same,
            Some(false) => Verdict::Different,
            None => self.containers::<RECORD>(base, mine, depth),
        }
    }

    fn containers<const RECORD: bool>(
        &mut self,
        base: Item<'s>,
        mine: Item<'s>,
        depth: usize,
    ) -> Verdict {
        if base == mine {
            self.depth(base, depth);
            return Verdict::Same;
        }
        let is_dict = match (base.sort(), mine.sort()) {
            (Sort::Dict, Sort::Dict) => true,
            (Sort::List, Sort::List) => false,
            _ => return Verdict::Unknown,
        };
        if self.is_too_deep(depth) {
            return Verdict::Unknown;
        }
        let are_shared = base.is_shared() && mine.is_shared();
        if are_shared && let Some(verdict) = self.known::<RECORD>(base, mine, depth) {
            return verdict;
        }
        let verdict = if is_dict {
            self.objects::<RECORD>(base, mine, depth + 1)
        } else {
            self.lists(base, mine, depth + 1)
        };
        if are_shared && matches!(verdict, Verdict::Same | Verdict::Recorded) {
            self.known.insert((base.address(), mine.address()), (depth, verdict));
        }
        verdict
    }

    fn lists(&mut self, base: Item<'s>, mine: Item<'s>, depth: usize) -> Verdict {
        let (bases, mines) = (base.elements(), mine.elements());
        if bases.len() != mines.len() {
            return Verdict::Different;
        }
        for (base, mine) in bases.zip(mines) {
            let verdict = self.values::<false>(base, mine, depth);
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        Verdict::Same
    }

    /// Compares two objects whose members stand this deep.
    fn objects<const RECORD: bool>(
        &mut self,
        base: Item<'s>,
        mine: Item<'s>,
        depth: usize,
    ) -> Verdict {
        let (count, my_count) = (base.count(), mine.count());
        if !RECORD && count != my_count {
            return Verdict::Different;
        }
        let place = self.changes.found.len();
        if RECORD {
            self.changes.found.push(Found::default());
        }
        let mut object = Object { depth, changes: Vec::new() };
        let (mut bases, mut mines) = (base.members(), mine.members());
        let mut in_step = 0;
        // Side by side as long as the names are the same: mostly, to the end.
        while in_step < count.min(my_count) {
            if !(bases.step() && mines.step()) {
                break;
            }
            if !self.is_same_key(bases.key(), mines.key()) {
                let verdict = self.out_of_step::<RECORD>(&mut object, (base, mine), bases, mines);
                return self.close::<RECORD>(place, (base, mine), object, verdict);
            }
            in_step += 1;
            let verdict = self.values::<RECORD>(bases.value(), mines.value(), depth);
            if verdict != Verdict::Same {
                if !RECORD {
                    return verdict;
                }
                let values = (Some(bases.value()), Some(mines.value()));
                self.record(&mut object, mines.key(), values, verdict);
            }
        }
        if RECORD && in_step < count.max(my_count) {
            // What one of them has at its end, the other cannot have anywhere.
            for (key, value) in bases {
                self.record(&mut object, key, (Some(value), None), Verdict::Different);
            }
            for (key, value) in mines {
                self.record(&mut object, key, (None, Some(value)), Verdict::Different);
            }
        }
        self.close::<RECORD>(place, (base, mine), object, Verdict::Same)
    }

    /// Writes down what was found in two objects whose members are all compared.
    #[inline]
    fn close<const RECORD: bool>(
        &mut self,
        place: usize,
        (base, mine): (Item<'s>, Item<'s>),
        object: Object<'py>,
        verdict: Verdict,
    ) -> Verdict {
        if !RECORD {
            return verdict;
        }
        if verdict != Verdict::Same || object.changes.is_empty() {
            self.changes.found.truncate(place);
            return verdict;
        }
        let of = Some([base.own(self.py), mine.own(self.py)]);
        self.changes.found[place] = Found { of, changes: object.changes };
        Verdict::Recorded
    }

    /// Compares what is left of two objects from the first members on whose names are not the same.
    #[cold]
    fn out_of_step<const RECORD: bool>(
        &mut self,
        object: &mut Object<'py>,
        (base, mine): (Item<'s>, Item<'s>),
        mut bases: Members<'s>,
        mut mines: Members<'s>,
    ) -> Verdict {
        if !(base.has_plain_keys() && mine.has_plain_keys()) {
            return Verdict::Unknown;
        }
        let mut b = Some((bases.key(), bases.value()));
        let mut m = Some((mines.key(), mines.value()));
        // In step again behind members that one of them lacks.
        loop {
            let (key, of_base, of_mine) = match (b, m) {
                (None, None) => return Verdict::Same,
                (Some((key, of_base)), Some((my_key, of_mine)))
                    if self.is_same_key(key, my_key) =>
                {
                    (b, m) = (bases.next(), mines.next());
                    (my_key, Some(of_base), Some(of_mine))
                }
                (Some((key, value)), _) if mine.member(key).is_none() => {
                    b = bases.next();
                    (key, Some(value), None)
                }
                (_, Some((key, value))) if base.member(key).is_none() => {
                    m = mines.next();
                    (key, None, Some(value))
                }
                _ => break,
            };
            let verdict = self.member::<RECORD>(object, key, (of_base, of_mine));
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        // What is left of the two has another order.
        for (key, value) in m.into_iter().chain(mines) {
            let verdict = self.member::<RECORD>(object, key, (base.member(key), Some(value)));
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        for (key, value) in b.into_iter().chain(bases) {
            if mine.member(key).is_none() {
                let verdict = self.member::<RECORD>(object, key, (Some(value), None));
                if verdict != Verdict::Same {
                    return verdict;
                }
            }
        }
        Verdict::Same
    }

    /// Compares a member of two objects. If what differs is recorded, nothing is in the way of going
    /// on, as if they were the same.
    fn member<const RECORD: bool>(
        &mut self,
        object: &mut Object<'py>,
        key: Item<'s>,
        values: (Option<Item<'s>>, Option<Item<'s>>),
    ) -> Verdict {
        let verdict = match values {
            (Some(base), Some(mine)) => self.values::<RECORD>(base, mine, object.depth),
            _ => Verdict::Different,
        };
        if RECORD && verdict != Verdict::Same {
            self.record(object, key, values, verdict);
            return Verdict::Same;
        }
        verdict
    }

    #[cold]
    fn record(
        &mut self,
        object: &mut Object<'py>,
        key: Item<'s>,
        (base, mine): (Option<Item<'s>>, Option<Item<'s>>),
        verdict: Verdict,
    ) {
        if verdict != Verdict::Recorded {
            for value in [base, mine].into_iter().flatten() {
                self.depth(value, object.depth);
            }
        }
        let own = |item: Item<'s>| item.own(self.py);
        object.changes.push(Change { key: own(key), base: base.map(own), mine: mine.map(own) });
    }

    /// Checks the depth of a value that stands this deep.
    pub(super) fn depth(&mut self, value: Item<'s>, depth: usize) {
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
        let is_shared = value.is_shared();
        if is_shared && self.known::<true>(value, value, depth).is_some() {
            return;
        }
        if !is_dict {
            value.elements().for_each(|element| self.depth_below(element, depth + 1));
        } else if !value.is_flat() {
            let mut members = value.members();
            while members.step() {
                self.depth_below(members.value(), depth + 1);
            }
        }
        if is_shared {
            self.known.insert((value.address(), value.address()), (depth, Verdict::Same));
        }
    }

    #[inline]
    fn depth_below(&mut self, value: Item<'s>, depth: usize) {
        if !value.is_scalar() {
            self.depth(value, depth);
        }
    }

    fn is_too_deep(&mut self, depth: usize) -> bool {
        let is_too_deep = depth > self.max_depth;
        self.changes.is_too_deep |= is_too_deep;
        is_too_deep
    }

    /// What was found when two containers were read before, and they stood no less deep.
    #[cold]
    fn known<const RECORD: bool>(
        &self,
        base: Item<'s>,
        mine: Item<'s>,
        depth: usize,
    ) -> Option<Verdict> {
        match *self.known.get(&(base.address(), mine.address()))? {
            (known, _) if known < depth => None,
            (_, Verdict::Recorded) if !RECORD => Some(Verdict::Unknown),
            (_, verdict) => Some(verdict),
        }
    }

    /// Whether two keys are one, or equal plain strings.
    #[inline]
    pub(super) fn is_same_key(&mut self, a: Item<'s>, b: Item<'s>) -> bool {
        if a == b {
            return true;
        }
        // Objects are 16 bytes apart, or more.
        let place = (a.address() >> 4) % REMEMBERED;
        if self.keys[place] == Some((a, b)) {
            return true;
        }
        let is_same = is_same_name(a, b);
        if is_same {
            self.keys[place] = Some((a, b));
        }
        is_same
    }
}

/// Whether two keys are one, or equal plain strings.
pub(super) fn is_same_name(a: Item<'_>, b: Item<'_>) -> bool {
    a == b || a.sort() == Sort::Str && b.sort() == Sort::Str && a.is_same_text(b)
}

/// An object whose members are being compared.
struct Object<'py> {
    /// How deep its members stand.
    depth: usize,
    changes: ObjectChanges<'py>,
}
