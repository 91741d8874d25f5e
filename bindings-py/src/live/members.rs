//! Objects: what mine changed in them, and the merged object from theirs.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use session_merge::model::{Joined, Model, Plan, PlannedMember};

use super::alike::{self, DEEPEST};
use super::{Live, Object, plain_dict};
use crate::raw::{self, Change};

/// All members of theirs that mine has as base has them.
#[derive(Clone)]
pub(crate) struct Run<'py> {
    base: Object<'py>,
    theirs: Object<'py>,
    /// The members of base that mine changed.
    touched: Vec<(Object<'py>, Object<'py>)>,
}

impl Run<'_> {
    /// Whether theirs has all members as base has them, provided that it has those which mine changed.
    pub(super) fn is_kept(&self) -> PyResult<bool> {
        match raw::is_same_but(&self.base, &self.theirs, &self.touched, DEEPEST) {
            Some(is_same) => Ok(is_same),
            None => alike::same(&self.base, &self.theirs),
        }
    }
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
        if let (false, Some(base), true) = (whole, base, theirs.is_exact_instance_of::<PyDict>())
            && let Some(changes) = self.changes_of(base, mine)
            && let Some(members) = join_changes(base, theirs.cast()?, changes)?
        {
            return Ok(members);
        }
        join_every(base, theirs, mine)
    }

    /// What mine changed in an object; `None` where only the general way tells.
    fn changes_of(&self, base: &Object<'py>, mine: &Object<'py>) -> Option<Vec<Change<'py>>> {
        if !raw::HAS_ONE_LOCK {
            return None;
        }
        let mut changes = self.changes.borrow_mut();
        if let Some(known) = changes.take(base, mine) {
            return Some(known);
        }
        changes.find(base, mine, DEEPEST);
        changes.take(base, mine)
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

/// The join of objects of which it is known what mine changed. `None` if that does not tell all that there is to know.
fn join_changes<'py, 'f>(
    base: &Object<'py>,
    theirs: &Bound<'py, PyDict>,
    changes: Vec<Change<'py>>,
) -> PyResult<Option<Members<'py, 'f>>> {
    let mut members = Vec::with_capacity(changes.len() + 1);
    let mut touched = Vec::with_capacity(changes.len());
    let mut elsewhere = Vec::new();
    for Change { key, base, mine } in changes {
        let of_theirs = theirs.get_item(&key)?;
        if let Some(base) = &base {
            touched.push((key.clone(), base.clone()));
        }
        let is_in_theirs = of_theirs.is_some();
        let member = Joined::Member { key, base, theirs: of_theirs, mine };
        if is_in_theirs { members.push(member) } else { elsewhere.push(member) }
    }
    let in_theirs = members.iter().filter_map(|member| match member {
        Joined::Member { key, theirs: Some(theirs), .. } => Some((key, theirs)),
        _ => None,
    });
    if members.len() > 1 && !raw::stand_in_order(theirs, in_theirs) {
        return Ok(None);
    }
    if members.len() < theirs.len() {
        let (base, theirs) = (base.clone(), theirs.clone().into_any());
        members.push(Joined::Run(Run { base, theirs, touched }));
    } else if touched.len() < base.len()? {
        // What theirs removed and mine left alone is in no run.
        return Ok(None);
    }
    // Those of mine first, which are in its order.
    let is_in_mine = |member: &Joined<_>| matches!(member, Joined::Member { mine: Some(_), .. });
    elsewhere.sort_by_key(|member| !is_in_mine(member));
    members.append(&mut elsewhere);
    Ok(Some(members))
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
