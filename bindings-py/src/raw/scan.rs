//! Comparing documents of the builtin types themselves, in one go and without taking references.
//!
//! Whatever else comes along (another type, a key that is no plain string) is left to the general
//! way, which gives the same answers by safe means: here it is only said that the answer is not
//! known. Nothing in this file runs Python code while an [`Item`] is held, as those demand.

use hashbrown::HashMap;
use pyo3::prelude::*;

use super::item::{Item, Sort};

/// A member of an object that mine may have changed.
pub(crate) struct Change<'py> {
    pub(crate) key: Bound<'py, PyAny>,
    pub(crate) base: Option<Bound<'py, PyAny>>,
    pub(crate) mine: Option<Bound<'py, PyAny>>,
}

/// What mine changed in one object of base: its own members in their order, and what it removed.
pub(crate) type ObjectChanges<'py> = Vec<Change<'py>>;

type Entry<'py> = ([Bound<'py, PyAny>; 2], ObjectChanges<'py>);

/// What mine changed in the objects that stand in the same places of base and mine.
#[derive(Default)]
pub(crate) struct Changes<'py> {
    /// By the addresses of both objects, which are held so that the addresses stay theirs.
    of: HashMap<(usize, usize), Entry<'py>>,
    /// Entries that were found anew: to drop them may run code of the user's, which has to wait.
    replaced: Vec<Entry<'py>>,
    /// Whether something was nested too deep.
    pub(crate) is_too_deep: bool,
    /// Containers by subclass, whose depth is still to be checked, and how deep they stand.
    pub(crate) unread: Vec<(Bound<'py, PyAny>, usize)>,
}

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
        match scan.values(b, m, 1, true) {
            Verdict::Same if b.sort() == Sort::Dict => scan.record(b, m, Vec::new()),
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
        self.of.remove(&addresses).map(|(_, changes)| changes)
    }
}

/// Whether two values are the same; `None` where that cannot be told here.
pub(crate) fn is_same<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    max_depth: usize,
) -> Option<bool> {
    if !super::HAS_ONE_LOCK {
        return None;
    }
    let mut ignored = Changes::default();
    let verdict =
        Scan::new(a.py(), max_depth, &mut ignored).values(Item::of(a), Item::of(b), 1, false);
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
        if except.next_if(|&(name, own)| own == value && scan.is_same_key(name, key)).is_some() {
            continue;
        }
        let verdict = scan.values(value, other, 2, false);
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
        let is_next = |&(name, own): &(Item<'_>, Item<'_>)| {
            own == value && (name == key || is_same_plain_text(name, key))
        };
        if members.next_if(is_next).is_some() && members.peek().is_none() {
            return true;
        }
    }
    members.peek().is_none()
}

fn is_same_plain_text(a: Item<'_>, b: Item<'_>) -> bool {
    a.sort() == Sort::Str && b.sort() == Sort::Str && a.is_same_text(b)
}

/// What comparing two values showed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Same,
    Different,
    /// Objects that are, as far as is known, different; in what is written down.
    Recorded,
    Unknown,
}

impl Verdict {
    fn answer(self) -> Option<bool> {
        match self {
            Self::Same => Some(true),
            Self::Different => Some(false),
            Self::Recorded | Self::Unknown => None,
        }
    }
}

/// How many pairs of equal keys are remembered; a power of two.
const REMEMBERED: usize = 64;

/// A way through two documents at once.
struct Scan<'c, 's, 'py> {
    py: Python<'py>,
    max_depth: usize,
    changes: &'c mut Changes<'py>,
    /// Pairs of keys found equal, each at a place given by its address: the objects in a list mostly
    /// have the same keys, which whoever read them made once.
    keys: [Option<(Item<'s>, Item<'s>)>; REMEMBERED],
    /// For containers to which there are several references, alone or in pairs: what was found, and
    /// how deep they stood. Without this, a list of two references to a list of two references and so
    /// on would be read 2ⁿ times.
    known: HashMap<(usize, usize), (usize, Verdict)>,
}

impl<'c, 's, 'py> Scan<'c, 's, 'py> {
    fn new(py: Python<'py>, max_depth: usize, changes: &'c mut Changes<'py>) -> Self {
        Self { py, max_depth, changes, keys: [None; REMEMBERED], known: HashMap::new() }
    }

    /// Compares two values that stand this deep, down to the first difference. Where they are the same, or
    /// what differs is recorded, the depth of all that is in them is checked, too.
    fn values(&mut self, base: Item<'s>, mine: Item<'s>, depth: usize, record: bool) -> Verdict {
        if base == mine {
            self.depth(base, depth);
            return Verdict::Same;
        }
        let is_same = match (base.sort(), mine.sort()) {
            (Sort::Str, Sort::Str) => base.is_same_text(mine),
            (Sort::Int, Sort::Int) => base.is_same_integer(mine),
            (Sort::Dict, Sort::Dict) => return self.objects(base, mine, depth, record),
            (Sort::List, Sort::List) => return self.lists(base, mine, depth),
            (Sort::Float, Sort::Float) => {
                let (base, mine) = (base.double(), mine.double());
                #[expect(clippy::float_cmp, reason = "by exact value is what is meant")]
                let is_same = base == mine || base.is_nan() && mine.is_nan();
                is_same
            }
            (Sort::Other, _) | (_, Sort::Other) => return Verdict::Unknown,
            _ => false,
        };
        if is_same { Verdict::Same } else { Verdict::Different }
    }

    fn lists(&mut self, base: Item<'s>, mine: Item<'s>, depth: usize) -> Verdict {
        if self.is_too_deep(depth) {
            return Verdict::Unknown;
        }
        let (bases, mines) = (base.elements(), mine.elements());
        if bases.len() != mines.len() {
            return Verdict::Different;
        }
        if let Some(verdict) = self.known(base, mine, depth, false) {
            return verdict;
        }
        for (base, mine) in bases.zip(mines) {
            let verdict = self.values(base, mine, depth + 1, false);
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        self.learn(base, mine, depth, Verdict::Same)
    }

    fn objects(&mut self, base: Item<'s>, mine: Item<'s>, depth: usize, record: bool) -> Verdict {
        if self.is_too_deep(depth) {
            return Verdict::Unknown;
        }
        if !record && base.count() != mine.count() {
            return Verdict::Different;
        }
        if let Some(verdict) = self.known(base, mine, depth, record) {
            return verdict;
        }
        let mut object = Object { depth: depth + 1, record, changes: Vec::new() };
        let (mut bases, mut mines) = (base.members(), mine.members());
        let (mut b, mut m) = (bases.next(), mines.next());
        let mut has_plain_keys = false;
        // Side by side as long as the names are the same, past members that one of them lacks.
        let is_in_step = loop {
            let (key, of_base, of_mine) = match (b, m) {
                (None, None) => break true,
                (Some((key, of_base)), Some((my_key, of_mine)))
                    if self.is_same_key(key, my_key) =>
                {
                    (b, m) = (bases.next(), mines.next());
                    (my_key, Some(of_base), Some(of_mine))
                }
                _ => {
                    has_plain_keys =
                        has_plain_keys || base.has_plain_keys() && mine.has_plain_keys();
                    if !has_plain_keys {
                        return Verdict::Unknown;
                    }
                    match (b, m) {
                        (Some((key, value)), _) if mine.member(key).is_none() => {
                            b = bases.next();
                            (key, Some(value), None)
                        }
                        (_, Some((key, value))) if base.member(key).is_none() => {
                            m = mines.next();
                            (key, None, Some(value))
                        }
                        _ => break false,
                    }
                }
            };
            let verdict = self.member(&mut object, key, of_base, of_mine);
            if verdict != Verdict::Same {
                return verdict;
            }
        };
        if !is_in_step {
            // What is left of the two has another order.
            for (key, value) in m.into_iter().chain(mines) {
                let verdict = self.member(&mut object, key, base.member(key), Some(value));
                if verdict != Verdict::Same {
                    return verdict;
                }
            }
            for (key, value) in b.into_iter().chain(bases) {
                if mine.member(key).is_none() {
                    let verdict = self.member(&mut object, key, Some(value), None);
                    if verdict != Verdict::Same {
                        return verdict;
                    }
                }
            }
        }
        if object.changes.is_empty() {
            return self.learn(base, mine, depth, Verdict::Same);
        }
        self.record(base, mine, object.changes);
        self.learn(base, mine, depth, Verdict::Recorded)
    }

    /// Compares a member of two objects. What differs is recorded if it is to be; the answer is then that
    /// nothing is in the way of going on.
    #[inline]
    fn member(
        &mut self,
        object: &mut Object<'py>,
        key: Item<'s>,
        base: Option<Item<'s>>,
        mine: Option<Item<'s>>,
    ) -> Verdict {
        let verdict = match (base, mine) {
            (Some(base), Some(mine)) => self.values(base, mine, object.depth, object.record),
            _ => Verdict::Different,
        };
        if verdict == Verdict::Same || !object.record {
            return verdict;
        }
        if verdict != Verdict::Recorded {
            for value in [base, mine].into_iter().flatten() {
                self.depth(value, object.depth);
            }
        }
        let own = |item: Item<'s>| item.own(self.py);
        object.changes.push(Change { key: own(key), base: base.map(own), mine: mine.map(own) });
        Verdict::Same
    }

    fn record(&mut self, base: Item<'s>, mine: Item<'s>, changes: ObjectChanges<'py>) {
        let owned = [base.own(self.py), mine.own(self.py)];
        let replaced = self.changes.of.insert((base.address(), mine.address()), (owned, changes));
        self.changes.replaced.extend(replaced);
    }

    /// Checks the depth of a value that stands this deep.
    fn depth(&mut self, value: Item<'s>, depth: usize) {
        let sort = value.sort();
        match sort {
            Sort::Dict | Sort::List => {}
            Sort::Other => {
                if value.is_container_by_subclass() {
                    self.changes.unread.push((value.own(self.py), depth));
                }
                return;
            }
            _ => return,
        }
        if self.is_too_deep(depth) || self.known(value, value, depth, true).is_some() {
            return;
        }
        if sort == Sort::List {
            value.elements().for_each(|element| self.depth(element, depth + 1));
        } else if !value.is_flat() {
            value.members().for_each(|(_, member)| self.depth(member, depth + 1));
        }
        self.learn(value, value, depth, Verdict::Same);
    }

    fn is_too_deep(&mut self, depth: usize) -> bool {
        let is_too_deep = depth > self.max_depth;
        self.changes.is_too_deep |= is_too_deep;
        is_too_deep
    }

    /// What was found when two containers were read before, and they stood no less deep.
    #[inline]
    fn known(&self, base: Item<'s>, mine: Item<'s>, depth: usize, record: bool) -> Option<Verdict> {
        if !(base.is_shared() && mine.is_shared()) {
            return None;
        }
        let &(known, verdict) = self.known.get(&(base.address(), mine.address()))?;
        match verdict {
            _ if known < depth => None,
            Verdict::Recorded if !record => Some(Verdict::Unknown),
            verdict => Some(verdict),
        }
    }

    #[inline]
    fn learn(&mut self, base: Item<'s>, mine: Item<'s>, depth: usize, verdict: Verdict) -> Verdict {
        if base.is_shared() && mine.is_shared() {
            self.known.insert((base.address(), mine.address()), (depth, verdict));
        }
        verdict
    }

    /// Whether two keys are one, or equal plain strings.
    #[inline]
    fn is_same_key(&mut self, a: Item<'s>, b: Item<'s>) -> bool {
        if a == b {
            return true;
        }
        // Objects are 16 bytes apart, or more.
        let place = (a.address() >> 4) % REMEMBERED;
        if self.keys[place] == Some((a, b)) {
            return true;
        }
        let is_same = is_same_plain_text(a, b);
        if is_same {
            self.keys[place] = Some((a, b));
        }
        is_same
    }
}

/// An object whose members are being compared.
struct Object<'py> {
    /// How deep its members stand.
    depth: usize,
    /// Whether differences are recorded; otherwise the first ends it.
    record: bool,
    changes: ObjectChanges<'py>,
}
