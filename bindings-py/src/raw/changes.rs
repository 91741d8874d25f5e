//! What mine changed, found by one way through base and mine.

use hashbrown::HashMap;
use pyo3::prelude::*;

use super::item::{Item, Sort};
use super::scan::{Scan, Verdict, is_same_name};

/// A member of an object that mine may have changed.
pub(crate) struct Change<'py> {
    pub(crate) key: Bound<'py, PyAny>,
    pub(crate) base: Option<Bound<'py, PyAny>>,
    pub(crate) mine: Option<Bound<'py, PyAny>>,
}

/// What mine changed in one object of base: its own members in their order, and what it removed.
pub(crate) type ObjectChanges<'py> = Vec<Change<'py>>;

/// What mine changed in the objects that stand in the same places of base and mine.
#[derive(Default)]
pub(crate) struct Changes<'py> {
    /// In the order of the documents.
    pub(super) found: Vec<Found<'py>>,
    /// The first that was not handed out yet, if they are asked for in that order, as they mostly are.
    next: usize,
    /// Else, where they stand by the addresses of their objects, so far as that was needed.
    places: HashMap<(usize, usize), usize>,
    indexed: usize,
    /// Whether something was nested too deep.
    pub(crate) is_too_deep: bool,
    /// Containers by subclass, whose depth is still to be checked, and how deep they stand.
    pub(crate) unread: Vec<(Bound<'py, PyAny>, usize)>,
}

/// What mine changed in one object.
#[derive(Default)]
pub(super) struct Found<'py> {
    /// The object of base and that of mine, held so that their addresses stay theirs.
    pub(super) of: Option<[Bound<'py, PyAny>; 2]>,
    pub(super) changes: ObjectChanges<'py>,
}

impl Found<'_> {
    fn addresses(&self) -> Option<(usize, usize)> {
        let [base, mine] = self.of.as_ref()?;
        Some((base.as_ptr() as usize, mine.as_ptr() as usize))
    }
}

/// How far ahead an entry is looked for before the index is asked.
const AHEAD: usize = 4;

impl<'py> Changes<'py> {
    /// Looks for what mine changed, and whether all of both is less deep than this.
    pub(crate) fn find(
        &mut self,
        base: &Bound<'py, PyAny>,
        mine: &Bound<'py, PyAny>,
        max_depth: usize,
    ) {
        let mut scan = Scan::new(base.py(), max_depth, self);
        let (b, m) = (Item::of(base), Item::of(mine));
        match scan.values::<true>(b, m, 1) {
            Verdict::Same if b.sort() == Sort::Dict => {
                let of = Some([base.clone(), mine.clone()]);
                self.found.push(Found { of, changes: Vec::new() });
            }
            Verdict::Same | Verdict::Recorded => {}
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

    /// Hands out what mine changed in an object; `None` where that is not known.
    pub(crate) fn take(
        &mut self,
        base: &Bound<'py, PyAny>,
        mine: &Bound<'py, PyAny>,
    ) -> Option<ObjectChanges<'py>> {
        let addresses = (base.as_ptr() as usize, mine.as_ptr() as usize);
        let is_it = |found: &Found<'_>| found.addresses() == Some(addresses);
        let place = match self.found.iter().skip(self.next).take(AHEAD).position(is_it) {
            Some(ahead) => self.next + ahead,
            None => self.place_of(addresses)?,
        };
        self.next = place + 1;
        let found = &mut self.found[place];
        found.of.take()?;
        Some(std::mem::take(&mut found.changes))
    }

    #[cold]
    fn place_of(&mut self, addresses: (usize, usize)) -> Option<usize> {
        for (place, found) in self.found.iter().enumerate().skip(self.indexed) {
            self.places.extend(found.addresses().map(|addresses| (addresses, place)));
        }
        self.indexed = self.found.len();
        self.places.get(&addresses).copied()
    }
}

/// Whether two values are the same; `None` where that cannot be told here.
pub(crate) fn is_same<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    max_depth: usize,
) -> Option<bool> {
    let (py, a, b) = (a.py(), Item::of(a), Item::of(b));
    if !super::HAS_ONE_LOCK {
        return None;
    }
    // A way through documents is not begun for scalars.
    let verdict = match a.is_same_scalar(b) {
        Some(is_same) => return Some(is_same),
        None if a.sort() == Sort::Other || b.sort() == Sort::Other => return None,
        None => Scan::new(py, max_depth, &mut Changes::default()).values::<false>(a, b, 1),
    };
    verdict.answer()
}

/// Whether two dictionaries have the same members but for the given ones of `a`; `None` where that
/// cannot be told here. Those members are there in both.
pub(crate) fn is_same_but<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    except: &[(Bound<'py, PyAny>, Bound<'py, PyAny>)],
    max_depth: usize,
) -> Option<bool> {
    let (py, a, b) = (a.py(), Item::of(a), Item::of(b));
    if !super::HAS_ONE_LOCK || a.sort() != Sort::Dict || b.sort() != Sort::Dict {
        return None;
    }
    if a.count() != b.count() {
        return Some(false);
    }
    let mut ignored = Changes::default();
    let mut scan = Scan::new(py, max_depth, &mut ignored);
    let mut except = except.iter().map(|(key, value)| (Item::of(key), Item::of(value))).peekable();
    for ((key, value), (other_key, other)) in a.members().zip(b.members()) {
        if !scan.is_same_key(key, other_key) {
            return None;
        }
        if except.next_if(|&(name, own)| own == value && is_same_name(name, key)).is_some() {
            continue;
        }
        let verdict = scan.values::<false>(value, other, 2);
        if verdict != Verdict::Same {
            return verdict.answer();
        }
    }
    Some(true)
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
