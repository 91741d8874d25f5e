//! Objects: what mine changed in them, and the merged object from theirs.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use session_merge::model::{Joined, Model, Plan, PlannedMember};

use super::alike;
use super::{Live, Object, plain_dict};
use crate::raw::{self, DEEPEST};

/// All members of theirs that mine has as base has them.
#[derive(Clone)]
pub(crate) struct Run<'py> {
    base: Object<'py>,
    theirs: Object<'py>,
    /// The place of what mine changed.
    changes: usize,
}

/// The members of a join.
type Members<'py, 'f> = Vec<Joined<Live<'py, 'f>>>;

impl<'py, 'f> Live<'py, 'f> {
    /// See [`Model::join`].
    pub(super) fn join_members(
        &self,
        base: Option<&Object<'py>>,
        theirs: &Object<'py>,
        mine: &Object<'py>,
        whole: bool,
    ) -> PyResult<Members<'py, 'f>> {
        if let (false, Some(base), Ok(theirs)) = (whole, base, theirs.cast_exact::<PyDict>())
            && let Some(place) = self.place_of_changes(base, mine)
            && let Some(members) = self.join_changes(base, theirs, place)?
        {
            return Ok(members);
        }
        join_every(base, theirs, mine)
    }

    /// Where it is written down what mine changed in an object; `None` where only the general way
    /// tells.
    fn place_of_changes(&self, base: &Object<'py>, mine: &Object<'py>) -> Option<usize> {
        if !raw::HAS_ONE_LOCK {
            return None;
        }
        let mut changes = self.changes.borrow_mut();
        if let Some(place) = changes.place(base, mine) {
            return Some(place);
        }
        changes.find(base, mine, DEEPEST);
        changes.place(base, mine)
    }

    /// See [`Model::only_mine_changed`].
    pub(super) fn has_only_mine_changed(
        &self,
        base: &Object<'py>,
        theirs: &Object<'py>,
        mine: &Object<'py>,
    ) -> bool {
        self.place_of_changes(base, mine)
            .is_some_and(|place| self.changes.borrow_mut().only_mine(place, theirs))
    }

    /// The join of objects of which it is known what mine changed. `None` if that does not tell all
    /// that there is to know.
    fn join_changes(
        &self,
        base: &Object<'py>,
        theirs: &Bound<'py, PyDict>,
        place: usize,
    ) -> PyResult<Option<Members<'py, 'f>>> {
        let known = self.changes.borrow();
        let mut members = Vec::with_capacity(known.count(place) + 1);
        let mut elsewhere = Vec::new();
        let mut of_base = 0;
        let mut lookup = raw::Lookup::new(theirs);
        for raw::Change { key, base, mine, .. } in known.at(place) {
            let of_theirs = lookup.get(key)?;
            of_base += usize::from(base.is_some());
            let home = if of_theirs.is_some() { &mut members } else { &mut elsewhere };
            let (key, base, mine) = (key.clone(), base.clone(), mine.clone());
            home.push(Joined::Member { key, base, theirs: of_theirs, mine });
        }
        let in_theirs = members.iter().filter_map(|member| match member {
            Joined::Member { key, theirs: Some(theirs), .. } => Some((key, theirs)),
            _ => None,
        });
        let is_in_order = lookup.is_in_order || members.len() < 2;
        if !is_in_order && !raw::stand_in_order(theirs, in_theirs) {
            return Ok(None);
        }
        if members.len() < theirs.len() {
            let (base, theirs) = (base.clone(), theirs.clone().into_any());
            members.push(Joined::Run(Run { base, theirs, changes: place }));
        } else if of_base < base.len()? {
            // What theirs removed and mine left alone is in no run.
            return Ok(None);
        }
        // Those of mine first, which are in its order.
        let is_in_mine =
            |member: &Joined<_>| matches!(member, Joined::Member { mine: Some(_), .. });
        elsewhere.sort_by_key(|member| !is_in_mine(member));
        members.append(&mut elsewhere);
        Ok(Some(members))
    }

    /// Whether theirs has all members of a run as base has them, provided that it has those which
    /// mine changed.
    pub(super) fn has_kept(&self, run: &Run<'py>) -> PyResult<bool> {
        let known = self.changes.borrow().is_kept(run.changes, &run.theirs);
        known.map_or_else(|| alike::same(&run.base, &run.theirs), Ok)
    }

    /// The merged object. It starts as a copy of theirs if anything is taken over in one piece.
    pub(super) fn build_members(
        &self,
        members: &[PlannedMember<Self>],
    ) -> PyResult<Bound<'py, PyDict>> {
        let run = members.iter().find_map(|member| match member {
            PlannedMember::Run(run) => Some(run),
            PlannedMember::Decided { .. } => None,
        });
        let built = match run {
            Some(run) => run.theirs.cast::<PyDict>()?.copy()?,
            None => PyDict::new(self.py),
        };
        for member in members {
            let PlannedMember::Decided { key, theirs, plan } = member else {
                continue;
            };
            let theirs = theirs.as_ref().filter(|_| run.is_some());
            match plan {
                Plan::Missing if theirs.is_some() => match built.del_item(key) {
                    // Some code of the user's has removed it from theirs meanwhile.
                    Err(error) if error.is_instance_of::<PyKeyError>(self.py) => {}
                    done => done?,
                },
                Plan::Missing => {}
                Plan::Take(node) if theirs.is_some_and(|theirs| theirs.is(node)) => {}
                plan => built.set_item(key, self.build(plan)?)?,
            }
        }
        Ok(built)
    }
}

/// The join by names alone.
fn join_every<'py, 'f>(
    base: Option<&Object<'py>>,
    theirs: &Object<'py>,
    mine: &Object<'py>,
) -> PyResult<Members<'py, 'f>> {
    let base = base.map(plain_dict).transpose()?;
    let (theirs, mine) = (plain_dict(theirs)?, plain_dict(mine)?);
    let of_base = |key: &Object<'py>| match &base {
        Some(base) => base.get_item(key),
        None => Ok(None),
    };
    // Listed now, since looking up a key may run code that changes the dictionaries.
    let mine_items = raw::items(&mine);
    let base_items = base.as_ref().map(raw::items).unwrap_or_default();
    let mut members = Vec::new();
    for (key, value) in raw::items(&theirs) {
        let (base, mine) = (of_base(&key)?, mine.get_item(&key)?);
        members.push(Joined::Member { key, base, theirs: Some(value), mine });
    }
    for (key, value) in mine_items {
        if !theirs.contains(&key)? {
            let base = of_base(&key)?;
            members.push(Joined::Member { key, base, theirs: None, mine: Some(value) });
        }
    }
    for (key, value) in base_items {
        if !theirs.contains(&key)? && !mine.contains(&key)? {
            members.push(Joined::Member { key, base: Some(value), theirs: None, mine: None });
        }
    }
    Ok(members)
}
