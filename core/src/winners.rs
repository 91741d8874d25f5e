//! Deletions and conflicts: who wins, and the report of it.

use std::cmp::Ordering;

use crate::conflict::{Conflict, ConflictKind, Winner};
use crate::model::{Failure, Kind, Model, Plan};
use crate::number;
use crate::rules::{Choice, Delete, Mode, Place};
use crate::walk::{Fit, Walk};

impl<M: Model> Walk<'_, M> {
    /// Exactly one side deleted what the other changed.
    pub(crate) fn deleted(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: Option<&M::Node>,
        mine: Option<&M::Node>,
    ) -> Result<Plan<M>, Failure<M>> {
        if let (Delete::Empties, Some(base)) = (place.delete, base)
            && let Some(plan) = self.emptied(place, base, theirs, mine)?
        {
            return Ok(plan);
        }
        self.deletion(place, &Plan::take(base), Plan::take(theirs), Plan::take(mine))
    }

    /// Takes the side that deleted as the empty value of base's type; `None` where there is none,
    /// or no law for it.
    pub(crate) fn emptied(
        &mut self,
        place: &Place<'_>,
        base: &M::Node,
        theirs: Option<&M::Node>,
        mine: Option<&M::Node>,
    ) -> Fit<M> {
        let empty = match (self.kind(base)?, place.mode) {
            (Kind::String, Mode::Embedded { root }) => {
                return self.embedded(&place.embedded(root), Some(base), theirs, mine);
            }
            (Kind::Number, Mode::Counter { .. }) => {
                self.model.computed(number::Computed::Integer(0)).map_err(Failure::Model)?
            }
            _ => self.model.empty(base),
        };
        let Some(empty) = empty else {
            return Ok(None);
        };
        let sides = (theirs.unwrap_or(&empty), mine.unwrap_or(&empty));
        let Some(plan) = self.law(place, Some(base), sides.0, sides.1)? else {
            return Ok(None);
        };
        let gone = match &plan {
            Plan::Missing => true,
            Plan::Take(node) => self.equal(node, &empty)?,
            Plan::Object(object) => object.is_empty(),
            Plan::Array(elements) => elements.is_empty(),
            Plan::Set { elements, .. } => elements.is_empty(),
        };
        Ok(Some(if gone { Plan::Missing } else { plan }))
    }

    /// Decides by the place's delete policy and records it; exactly one of theirs and mine is
    /// missing.
    pub(crate) fn deletion(
        &mut self,
        place: &Place<'_>,
        base: &Plan<M>,
        theirs: Plan<M>,
        mine: Plan<M>,
    ) -> Result<Plan<M>, Failure<M>> {
        let (kind, survivor) = if theirs.is_missing() {
            (ConflictKind::DeleteEdit, Winner::Mine)
        } else {
            (ConflictKind::EditDelete, Winner::Theirs)
        };
        let winner = match place.delete {
            Delete::Wins | Delete::Empties => Some(Winner::Deleted),
            Delete::Loses => Some(survivor),
            Delete::Fail => None,
        };
        self.record(kind, winner, base, &theirs, &mine)?;
        Ok(match winner {
            Some(Winner::Mine) => mine,
            Some(Winner::Theirs) => theirs,
            _ => Plan::Missing,
        })
    }

    /// Decides by the place's conflict choice and records it. Base may be missing, theirs and mine
    /// are not.
    pub(crate) fn conflict(
        &mut self,
        place: &Place<'_>,
        kind: ConflictKind,
        base: Plan<M>,
        theirs: Plan<M>,
        mine: Plan<M>,
    ) -> Result<Plan<M>, Failure<M>> {
        let larger_wins = |order: Option<Ordering>| match order {
            Some(Ordering::Greater) => Winner::Theirs,
            _ => Winner::Mine,
        };
        let winner = match place.conflict {
            Choice::Mine => Some(Winner::Mine),
            Choice::Theirs => Some(Winner::Theirs),
            Choice::Base => Some(Winner::Base),
            Choice::Fail => None,
            Choice::Max => Some(larger_wins(self.order(&theirs, &mine)?)),
            Choice::Min => Some(larger_wins(self.order(&theirs, &mine)?.map(Ordering::reverse))),
            Choice::Latest(field) => {
                let (theirs, mine) = (self.field(&theirs, field)?, self.field(&mine, field)?);
                Some(larger_wins(self.order(&theirs, &mine)?))
            }
            Choice::Resolver(_) => Some(Winner::Custom),
        };
        self.record(kind, winner, &base, &theirs, &mine)?;
        Ok(match (winner, place.conflict) {
            (Some(Winner::Theirs), _) => theirs,
            (Some(Winner::Base), _) => base,
            (Some(Winner::Custom), Choice::Resolver(resolver)) => {
                let build = |plan: &Plan<M>| self.model.build(plan).map_err(Failure::Model);
                let base = if base.is_missing() { None } else { Some(build(&base)?) };
                let chosen = self.model.resolve(resolver, base, build(&theirs)?, build(&mine)?);
                Plan::Take(chosen.map_err(Failure::Model)?)
            }
            _ => mine,
        })
    }

    /// The order of two values as they stand; `None` where they have none.
    fn order(&self, a: &Plan<M>, b: &Plan<M>) -> Result<Option<Ordering>, Failure<M>> {
        match (a, b) {
            (Plan::Take(a), Plan::Take(b)) => self.model.order(a, b).map_err(Failure::Model),
            _ => Ok(None),
        }
    }

    /// A field of an object as it stands; missing if it is no object or has no such field.
    fn field(&self, plan: &Plan<M>, field: &str) -> Result<Plan<M>, Failure<M>> {
        match plan {
            Plan::Take(node) if self.kind(node)? == Kind::Object => {
                let member = self.model.member(node, field).map_err(Failure::Model)?;
                Ok(Plan::take(member.as_ref()))
            }
            _ => Ok(Plan::Missing),
        }
    }

    /// Adds a record to the report; no winner means that the merge fails.
    pub(crate) fn record(
        &mut self,
        kind: ConflictKind,
        winner: Option<Winner>,
        base: &Plan<M>,
        theirs: &Plan<M>,
        mine: &Plan<M>,
    ) -> Result<(), Failure<M>> {
        let value = |plan: &Plan<M>| match plan {
            Plan::Missing => Ok(None),
            plan => self.model.build(plan).map(Some).map_err(Failure::Model),
        };
        let (base, theirs, mine) = (value(base)?, value(theirs)?, value(mine)?);
        let pointer = self.pointer()?;
        self.failed |= winner.is_none();
        self.conflicts.push(Conflict { pointer, kind, winner, base, theirs, mine });
        Ok(())
    }

    /// Takes over the report of a document embedded here.
    pub(crate) fn adopt(&mut self, conflicts: Vec<Conflict<String>>) -> Result<(), Failure<M>> {
        for conflict in conflicts {
            self.failed |= conflict.winner.is_none();
            let value = |json| self.model.import(json).map_err(Failure::Model);
            self.conflicts.push(conflict.try_map(value)?);
        }
        Ok(())
    }
}
