//! Objects: member by member, groups as one.

use smallvec::SmallVec;

use crate::conflict::{ConflictKind, Winner};
use crate::model::{Failure, Joined, Kind, Model, ObjectPlan, Plan, PlannedMember};
use crate::rules::{Choice, Delete, Place};
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

/// The members of one group, as they were joined.
struct GroupMembers<'j, M: Model> {
    keys: Vec<&'j M::Key>,
    /// Base, theirs and mine of each key.
    values: Vec<[Option<&'j M::Node>; 3]>,
}

/// The sides by their place in [`GroupMembers::values`].
const BASE: usize = 0;
const THEIRS: usize = 1;
const MINE: usize = 2;

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
        let groups = place.groups();
        let joined =
            self.model.join(base, theirs, mine, !groups.is_empty()).map_err(Failure::Model)?;
        // For each group the side that gives its members; members of no group are decided by themselves.
        let mut sides = SmallVec::<[usize; 2]>::new();
        let mut group_of: Vec<Option<usize>> = Vec::new();
        if !groups.is_empty() {
            group_of.reserve(joined.len());
            for entry in &joined {
                let Joined::Member { key, .. } = entry else {
                    group_of.push(None);
                    continue;
                };
                let name = self.model.name(key).map_err(Failure::Model)?;
                group_of.push(groups.iter().position(|group| group.contains(&name)));
            }
            for index in 0..groups.len() {
                let mut members = GroupMembers { keys: Vec::new(), values: Vec::new() };
                for (entry, _) in joined.iter().zip(&group_of).filter(|(_, of)| **of == Some(index))
                {
                    if let Joined::Member { key, base, theirs, mine } = entry {
                        members.keys.push(key);
                        members.values.push([base.as_ref(), theirs.as_ref(), mine.as_ref()]);
                    }
                }
                sides.push(self.group(place, &members)?);
            }
        }
        let mut decision = Decision {
            plan: Plan::Missing,
            theirs_same: base.is_some(),
            mine_same: base.is_some(),
        };
        let mut members = Vec::with_capacity(joined.len());
        for (index, entry) in joined.into_iter().enumerate() {
            let Joined::Member { key, base: b, theirs: t, mine: m } = entry else {
                if let Joined::Run(run) = entry {
                    members.push(PlannedMember::Run(run));
                }
                continue;
            };
            let group = group_of.get(index).copied().flatten();
            let below = if let Some(group) = group {
                let side = [b.as_ref(), t.as_ref(), m.as_ref()][sides[group]];
                Decision {
                    plan: Plan::take(side),
                    theirs_same: self.same(t.as_ref(), b.as_ref())?,
                    mine_same: self.same(m.as_ref(), b.as_ref())?,
                }
            } else {
                let inner = if place.wants_names() {
                    place.member(&self.model.name(&key).map_err(Failure::Model)?)
                } else {
                    place.member(b"")
                };
                let step = Step::Key(key.clone());
                self.decide_below(step, &inner, b.as_ref(), t.as_ref(), m.as_ref())?
            };
            decision.theirs_same &= below.theirs_same;
            decision.mine_same &= below.mine_same;
            members.push(PlannedMember::Decided { key, theirs: t, plan: below.plan });
        }
        self.leave();
        decision.plan = Plan::Object(ObjectPlan { verbatim: None, members });
        Ok(decision)
    }

    /// Decides a group as one place, recording a conflict at its parent; the answer is the side that gives all members.
    fn group(
        &mut self,
        place: &Place<'_>,
        members: &GroupMembers<'_, M>,
    ) -> Result<usize, Failure<M>> {
        let (mut theirs_changed, mut mine_changed, mut differ) = (false, false, false);
        let (mut theirs_removed, mut mine_removed) = (false, false);
        for &[base, theirs, mine] in &members.values {
            theirs_changed |= !self.unchanged(theirs, base)?;
            mine_changed |= !self.unchanged(mine, base)?;
            differ |= match (theirs, mine) {
                (Some(theirs), Some(mine)) => !self.equal(theirs, mine)?,
                (theirs, mine) => theirs.is_some() || mine.is_some(),
            };
            theirs_removed |= base.is_some() && theirs.is_none();
            mine_removed |= base.is_some() && mine.is_none();
        }
        if !mine_changed {
            return Ok(THEIRS);
        }
        if !theirs_changed {
            return Ok(MINE);
        }
        if !differ {
            return Ok(THEIRS);
        }
        let winner = if theirs_removed == mine_removed {
            match place.conflict {
                Choice::Theirs => Some(Winner::Theirs),
                Choice::Base => Some(Winner::Base),
                Choice::Fail => None,
                // What compares or calls decides between values; a group is several.
                _ => Some(Winner::Mine),
            }
        } else {
            let (remover, keeper) = if theirs_removed {
                (Winner::Theirs, Winner::Mine)
            } else {
                (Winner::Mine, Winner::Theirs)
            };
            match place.delete {
                Delete::Wins | Delete::Empties => Some(remover),
                Delete::Loses => Some(keeper),
                Delete::Fail => None,
            }
        };
        let [base, theirs, mine] = [BASE, THEIRS, MINE].map(|side| members.on(side));
        self.record(ConflictKind::Group, winner, &base, &theirs, &mine)?;
        Ok(match winner {
            Some(Winner::Theirs) => THEIRS,
            Some(Winner::Base) => BASE,
            _ => MINE,
        })
    }

    /// Whether a value is still what base has; for numbers, by value alone.
    pub(crate) fn unchanged(
        &self,
        side: Option<&M::Node>,
        base: Option<&M::Node>,
    ) -> Result<bool, Failure<M>> {
        if self.same(side, base)? {
            return Ok(true);
        }
        match (side, base) {
            (Some(side), Some(base)) if self.kind(base)? == Kind::Number => self.equal(side, base),
            _ => Ok(false),
        }
    }
}

impl<M: Model> GroupMembers<'_, M> {
    /// One side's members as an object.
    fn on(&self, side: usize) -> Plan<M> {
        let decided = |(key, values): (&&M::Key, &[Option<&M::Node>; 3])| PlannedMember::Decided {
            key: M::Key::clone(key),
            theirs: None,
            plan: Plan::take(values[side]),
        };
        let members = self.keys.iter().zip(&self.values).map(decided).collect();
        Plan::Object(ObjectPlan { verbatim: None, members })
    }
}
