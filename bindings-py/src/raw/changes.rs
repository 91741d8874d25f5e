//! What mine changed, found by one way through base and mine.

use std::num::NonZeroUsize;

use hashbrown::HashMap;
use pyo3::prelude::*;

use super::item::{Item, Sort};
use super::scan::{Scan, Verdict, is_same_name};

/// A member of an object that mine may have changed.
pub(crate) struct Change<'py> {
    pub(crate) key: Bound<'py, PyAny>,
    pub(crate) base: Option<Bound<'py, PyAny>>,
    pub(crate) mine: Option<Bound<'py, PyAny>>,
    /// The place of the object's next change, if there is one.
    next: Option<NonZeroUsize>,
}

/// What mine changed in the objects that stand in the same places of base and mine.
#[derive(Default)]
pub(crate) struct Changes<'py> {
    /// The objects in which mine changed something, in the order of the documents.
    pub(super) found: Vec<Found<'py>>,
    /// The changes of all of them, each with the place of the next one in its object.
    all: Vec<Change<'py>>,
    /// Where one is looked for first, as they are mostly asked for in order.
    next: usize,
    /// Else, where they stand by the addresses of their objects, so far as that was needed.
    places: HashMap<(usize, usize), usize>,
    indexed: usize,
    /// Whether something was nested too deep.
    pub(crate) is_too_deep: bool,
    /// Pairs of objects that a comparison with theirs has found different, by their addresses.
    pub(super) apart: Vec<(usize, usize)>,
    /// Containers by subclass, whose depth is still to be checked, and how deep they stand.
    pub(crate) unread: Vec<(Bound<'py, PyAny>, usize)>,
}

/// What mine changed in one object.
pub(super) struct Found<'py> {
    /// As the how manieth pair of objects it was met.
    pub(super) met: usize,
    /// The object of base and that of mine, held so that their addresses stay theirs.
    pub(super) of: [Bound<'py, PyAny>; 2],
    /// Its own members in their order, and what it removed.
    pub(super) chain: Chain,
}

/// The changes of one object, as they are found.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    first: usize,
    last: usize,
    pub(super) length: usize,
    /// Whether at least one of them is a change beyond doubt: objects of other types are compared
    /// later.
    pub(super) is_sure: bool,
}

impl Found<'_> {
    fn addresses(&self) -> (usize, usize) {
        let [base, mine] = &self.of;
        (base.as_ptr() as usize, mine.as_ptr() as usize)
    }
}

/// Documents are checked to be less deep than this; only one that is changed while it is merged can
/// be deeper.
pub(crate) const DEEPEST: usize = 1024;

/// How far ahead an entry is looked for before the index is asked.
const AHEAD: usize = 16;

/// How many pairs of different objects are remembered.
const APART: usize = 64;

impl<'py> Changes<'py> {
    /// Adds a change to those of its object.
    pub(super) fn add(
        &mut self,
        chain: &mut Chain,
        (key, base, mine): (
            Bound<'py, PyAny>,
            Option<Bound<'py, PyAny>>,
            Option<Bound<'py, PyAny>>,
        ),
        is_sure: bool,
    ) {
        let place = self.all.len();
        if place == 0 {
            // As much as is mostly needed.
            self.all.reserve(16);
            self.found.reserve(16);
        }
        self.all.push(Change { key, base, mine, next: None });
        if chain.length == 0 {
            chain.first = place;
        } else {
            self.all[chain.last].next = NonZeroUsize::new(place);
        }
        chain.last = place;
        chain.length += 1;
        chain.is_sure |= is_sure;
    }

    /// Looks for what mine changed, and whether all of both is less deep than this.
    pub(crate) fn find(
        &mut self,
        base: &Bound<'py, PyAny>,
        mine: &Bound<'py, PyAny>,
        max_depth: usize,
    ) {
        let before = self.found.len();
        let mut scan = Scan::new(base.py(), max_depth, self);
        let (b, m) = (Item::of(base), Item::of(mine));
        match scan.values::<true>(b, m, 1) {
            Verdict::Same if b.sort() == Sort::Dict => {
                let of = [base.clone(), mine.clone()];
                self.found.push(Found { met: 0, of, chain: Chain::default() });
            }
            // An object is done with after those in it, and asked for before them.
            Verdict::Same | Verdict::Recorded(_) => {
                self.found[before..].sort_unstable_by_key(|found| found.met);
            }
            Verdict::Different | Verdict::Unknown => {
                scan.depth(b, 1);
                scan.depth(m, 1);
            }
        }
    }

    /// Looks whether all of a document is less deep than this.
    pub(crate) fn check_depth(&mut self, document: &Bound<'py, PyAny>, max_depth: usize) {
        Scan::new(document.py(), max_depth, self).depth(Item::of(document), 1);
    }

    /// The place of what mine changed in an object; `None` where that is not known.
    pub(crate) fn place(
        &mut self,
        base: &Bound<'py, PyAny>,
        mine: &Bound<'py, PyAny>,
    ) -> Option<usize> {
        let addresses = (base.as_ptr() as usize, mine.as_ptr() as usize);
        let is_it = |found: &Found<'_>| found.addresses() == addresses;
        let place = match self.found.iter().skip(self.next).take(AHEAD).position(is_it) {
            Some(ahead) => self.next + ahead,
            None => self.indexed_place(addresses)?,
        };
        self.next = place;
        Some(place)
    }

    #[cold]
    fn indexed_place(&mut self, addresses: (usize, usize)) -> Option<usize> {
        for (place, found) in self.found.iter().enumerate().skip(self.indexed) {
            self.places.insert(found.addresses(), place);
        }
        self.indexed = self.found.len();
        self.places.get(&addresses).copied()
    }

    /// How many members of the object of a place mine changed.
    pub(crate) fn count(&self, place: usize) -> usize {
        self.found[place].chain.length
    }

    /// What mine changed in the object of a place.
    pub(crate) fn at(&self, place: usize) -> impl Iterator<Item = &Change<'py>> {
        let Chain { first, length, .. } = self.found[place].chain;
        let begin = (length > 0).then(|| &self.all[first]);
        std::iter::successors(begin, |change| change.next.map(|next| &self.all[next.get()]))
    }

    /// Whether theirs has an object as base has it, while mine has changed it: `false` where that
    /// cannot be told here, or was told before.
    pub(crate) fn only_mine(&mut self, place: usize, theirs: &Bound<'py, PyAny>) -> bool {
        let Found { of: [base, _], chain, .. } = &self.found[place];
        let pair = (base.as_ptr() as usize, theirs.as_ptr() as usize);
        if !chain.is_sure || self.apart.iter().rev().any(|&apart| apart == pair) {
            return false;
        }
        let base = base.clone();
        let (a, b) = (Item::of(&base), Item::of(theirs));
        if a.sort() != Sort::Dict || b.sort() != Sort::Dict {
            return false;
        }
        if self.apart.len() > APART {
            self.apart.clear();
        }
        // The objects on the way to a difference will be asked about next.
        let mut scan = Scan::new(base.py(), DEEPEST, self);
        scan.keeps_apart = true;
        scan.values::<false>(a, b, 1) == Verdict::Same
    }

    /// Whether theirs has the members as base has them but for those that mine changed, which
    /// theirs has, too; `None` where that cannot be told here.
    pub(crate) fn is_kept(&self, place: usize, theirs: &Bound<'py, PyAny>) -> Option<bool> {
        let [base, _] = &self.found[place].of;
        let pair = (base.as_ptr() as usize, theirs.as_ptr() as usize);
        if self.apart.iter().rev().any(|&apart| apart == pair) {
            return Some(false);
        }
        let (py, a, b) = (base.py(), Item::of(base), Item::of(theirs));
        if a.sort() != Sort::Dict || b.sort() != Sort::Dict {
            return None;
        }
        if a.count() != b.count() {
            return Some(false);
        }
        let mut ignored = Changes::default();
        let mut scan = Scan::new(py, DEEPEST, &mut ignored);
        let changes = self.at(place);
        let mut passed_over = changes
            .filter_map(|change| Some((Item::of(&change.key), Item::of(change.base.as_ref()?))))
            .peekable();
        for ((key, value), (other_key, other)) in a.members().zip(b.members()) {
            if !is_same_name(key, other_key) {
                return None;
            }
            let is_it =
                |&(name, own): &(Item<'_>, Item<'_>)| own == value && is_same_name(name, key);
            if passed_over.next_if(is_it).is_some() {
                continue;
            }
            let verdict = scan.values::<false>(value, other, 2);
            if verdict != Verdict::Same {
                return verdict.answer();
            }
        }
        Some(true)
    }
}

/// Whether two values are the same; `None` where that cannot be told here.
pub(crate) fn is_same<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Option<bool> {
    let (py, a, b) = (a.py(), Item::of(a), Item::of(b));
    if !super::HAS_ONE_LOCK {
        return None;
    }
    // A way through documents is not begun for scalars.
    let verdict = match a.is_same_scalar(b) {
        Some(is_same) => return Some(is_same),
        None if a.sort() == Sort::Other || b.sort() == Sort::Other => return None,
        None => Scan::new(py, DEEPEST, &mut Changes::default()).values::<false>(a, b, 1),
    };
    verdict.answer()
}

/// Whether these members, keys and values, stand in a dictionary in this order.
///
/// That they do not may be said of keys that are no plain strings, too.
pub(crate) fn stand_in_order<'m, 'py: 'm>(
    dict: &Bound<'py, PyAny>,
    members: impl Iterator<Item = (&'m Bound<'py, PyAny>, &'m Bound<'py, PyAny>)>,
) -> bool {
    let dict = Item::of(dict);
    if !super::HAS_ONE_LOCK || dict.sort() != Sort::Dict {
        return false;
    }
    let mut members = members.map(|(key, value)| (Item::of(key), Item::of(value))).peekable();
    for (key, value) in dict.members() {
        let is_next = |&(name, own): &(Item<'_>, Item<'_>)| own == value && is_same_name(name, key);
        if members.next_if(is_next).is_some() && members.peek().is_none() {
            return true;
        }
    }
    members.peek().is_none()
}
