//! Objects whose members do not stand side by side: with other names, in another order, or with
//! keys that are no plain strings.

use super::changes::Chain;
use super::item::Item;
use super::members::Members;
use super::scan::{Scan, Verdict, is_same_name};

/// An object, and those of its members that are still to be read.
type Rest<'i> = (Item<'i>, Members<'i>);

/// A member, if there is one.
type Next<'i> = Option<(Item<'i>, Item<'i>)>;

impl Scan<'_, '_> {
    /// Compares what is left of two objects, member by member and with any keys.
    #[cold]
    pub(super) fn any_step<'i, const RECORD: bool>(
        &mut self,
        chain: &mut Chain,
        ((base, mut bases), (mine, mut mines)): (Rest<'i>, Rest<'i>),
        depth: usize,
    ) -> Verdict {
        if !RECORD && base.count() != mine.count() {
            return Verdict::Different;
        }
        loop {
            let (of_base, of_mine) = (bases.next(), mines.next());
            let (Some((key, of_base)), Some((my_key, of_mine))) = (of_base, of_mine) else {
                return self.rest::<RECORD>(chain, (of_base, bases), (of_mine, mines), depth);
            };
            if !is_same_name(key, my_key) {
                let (base, mine) =
                    ((base, (key, of_base), bases), (mine, (my_key, of_mine), mines));
                return self.out_of_step::<RECORD>(chain, base, mine, depth);
            }
            let verdict =
                self.member::<RECORD>(chain, my_key, (Some(of_base), Some(of_mine)), depth);
            if verdict != Verdict::Same {
                return verdict;
            }
        }
    }

    /// What one of two objects has at its end, behind all that they have alike.
    fn rest<'i, const RECORD: bool>(
        &mut self,
        chain: &mut Chain,
        (of_base, bases): (Next<'i>, Members<'i>),
        (of_mine, mines): (Next<'i>, Members<'i>),
        depth: usize,
    ) -> Verdict {
        if of_base.is_none() && of_mine.is_none() {
            return Verdict::Same;
        }
        if !RECORD {
            return Verdict::Different;
        }
        for (key, value) in of_base.into_iter().chain(bases) {
            self.record(chain, key, (Some(value), None), Verdict::Different, depth);
        }
        for (key, value) in of_mine.into_iter().chain(mines) {
            self.record(chain, key, (None, Some(value)), Verdict::Different, depth);
        }
        Verdict::Same
    }

    /// Compares what is left of two objects from the first members on whose names are not the same.
    #[cold]
    fn out_of_step<'i, const RECORD: bool>(
        &mut self,
        chain: &mut Chain,
        (base, of_base, mut bases): (Item<'i>, (Item<'i>, Item<'i>), Members<'i>),
        (mine, of_mine, mut mines): (Item<'i>, (Item<'i>, Item<'i>), Members<'i>),
        depth: usize,
    ) -> Verdict {
        if !(base.has_plain_keys() && mine.has_plain_keys()) {
            return Verdict::Unknown;
        }
        let (mut b, mut m) = (Some(of_base), Some(of_mine));
        // In step again behind members that one of them lacks.
        loop {
            let (key, of_base, of_mine) = match (b, m) {
                (None, None) => return Verdict::Same,
                (Some((key, of_base)), Some((my_key, of_mine))) if is_same_name(key, my_key) => {
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
            let verdict = self.member::<RECORD>(chain, key, (of_base, of_mine), depth);
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        // What is left of the two has another order.
        for (key, value) in m.into_iter().chain(mines) {
            let verdict = self.member::<RECORD>(chain, key, (base.member(key), Some(value)), depth);
            if verdict != Verdict::Same {
                return verdict;
            }
        }
        for (key, value) in b.into_iter().chain(bases) {
            if mine.member(key).is_none() {
                let verdict = self.member::<RECORD>(chain, key, (Some(value), None), depth);
                if verdict != Verdict::Same {
                    return verdict;
                }
            }
        }
        Verdict::Same
    }

    /// Compares a member of two objects. If what differs is recorded, nothing is in the way of
    /// going on, as if they were the same.
    fn member<const RECORD: bool>(
        &mut self,
        chain: &mut Chain,
        key: Item<'_>,
        values: (Option<Item<'_>>, Option<Item<'_>>),
        depth: usize,
    ) -> Verdict {
        let verdict = match values {
            (Some(base), Some(mine)) => self.values::<RECORD>(base, mine, depth),
            _ => Verdict::Different,
        };
        if RECORD && verdict != Verdict::Same {
            self.record(chain, key, values, verdict, depth);
            return Verdict::Same;
        }
        verdict
    }
}
