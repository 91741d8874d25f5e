//! Objects: member by member.

use crate::model::{Failure, Joined, Model, ObjectPlan, Plan, PlannedMember};
use crate::rules::Place;
use crate::walk::{Decision, Step, Walk};

impl<M: Model + ?Sized> ObjectPlan<M> {
    /// Whether no member is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.iter().all(|member| match member {
            PlannedMember::Run(_) => false,
            PlannedMember::Decided { plan, .. } => plan.is_missing(),
        })
    }
}

impl<M: Model> Walk<'_, M> {
    /// Merges two objects, and base's (an empty one where base has none), member by member.
    pub(crate) fn members(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Decision<M>, Failure<M>> {
        self.enter()?;
        // A group needs to see all of its members, those that nobody changed too.
        let whole = !place.groups().is_empty();
        let joined = self.model.join(base, theirs, mine, whole).map_err(Failure::Model)?;
        let mut givers = self.groups(place, &joined)?.into_iter();
        let (mut theirs_same, mut mine_same) = (base.is_some(), base.is_some());
        let unnamed = (!place.wants_names()).then(|| place.unnamed());
        // The list of members takes the place of the join's in memory.
        let members = joined.into_iter().map(|entry| {
            let giver = givers.next().flatten();
            let (key, base, theirs, mine) = match entry {
                Joined::Member { key, base, theirs, mine } => (key, base, theirs, mine),
                Joined::Run(run) => return Ok(PlannedMember::Run(run)),
            };
            let (b, t, m) = (base.as_ref(), theirs.as_ref(), mine.as_ref());
            let decision = if let Some(giver) = giver {
                let plan = Plan::take(giver.pick(b, t, m));
                Decision { plan, theirs_same: self.same(t, b)?, mine_same: self.same(m, b)? }
            } else if let (false, Some(b), Some(t), Some(m)) = (theirs_same, b, t, m)
                && self.model.is_one(b, m)
            {
                // Nobody asks any more whether theirs changed.
                Decision { plan: Plan::Take(t.clone()), theirs_same, mine_same: true }
            } else {
                let named;
                let inner = if let Some(unnamed) = &unnamed {
                    unnamed
                } else {
                    named = place.member(&self.model.name(&key).map_err(Failure::Model)?);
                    &named
                };
                self.decide_below(Step::Key(key.clone()), inner, b, t, m)?
            };
            theirs_same &= decision.theirs_same;
            mine_same &= decision.mine_same;
            Ok(PlannedMember::Decided { key, theirs, plan: decision.plan })
        });
        let members = members.collect::<Result<Vec<_>, Failure<M>>>()?;
        // At the root nobody asks what theirs did once mine is known to be the same as base.
        if theirs_same && !(mine_same && self.path.is_empty()) {
            for member in &members {
                if let PlannedMember::Run(run) = member {
                    theirs_same = theirs_same && self.model.is_kept(run).map_err(Failure::Model)?;
                }
            }
        }
        self.leave();
        let theirs = Some(theirs.clone());
        let plan = Plan::Object(Box::new(ObjectPlan { verbatim: None, theirs, members }));
        Ok(Decision { plan, theirs_same, mine_same })
    }
}
