//! Groups: members of one object that belong together and are decided as one.

use crate::conflict::{ConflictKind, Winner};
use crate::model::{Failure, Joined, Kind, Model, ObjectPlan, Plan, PlannedMember};
use crate::rules::{Choice, Delete, Place};
use crate::walk::Walk;

/// Which of the three inputs gives a group's members.
#[derive(Clone, Copy)]
pub(crate) enum Giver {
    Base,
    Theirs,
    Mine,
}

/// One member of a group, as it was joined.
struct GroupMember<'j, M: Model> {
    key: &'j M::Key,
    base: Option<&'j M::Node>,
    theirs: Option<&'j M::Node>,
    mine: Option<&'j M::Node>,
}

impl Giver {
    /// Its value among the three.
    pub(crate) fn pick<T>(self, base: T, theirs: T, mine: T) -> T {
        match self {
            Self::Base => base,
            Self::Theirs => theirs,
            Self::Mine => mine,
        }
    }
}

impl<M: Model> Walk<'_, M> {
    /// Decides the groups among these members. The answer has an entry for each of them, `None` for
    /// one that belongs to no group; it is empty if there are no groups.
    pub(crate) fn groups(
        &mut self,
        place: &Place<'_>,
        joined: &[Joined<M>],
    ) -> Result<Vec<Option<Giver>>, Failure<M>> {
        let groups = place.groups();
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut members = Vec::with_capacity(joined.len());
        for entry in joined {
            // Where there are groups, no members come in a run.
            let Joined::Member { key, base, theirs, mine } = entry else {
                members.push((None, None));
                continue;
            };
            let name = self.model.name(key).map_err(Failure::Model)?;
            let group = groups.iter().position(|group| group.contains(&name));
            let (base, theirs, mine) = (base.as_ref(), theirs.as_ref(), mine.as_ref());
            members.push((group, Some(GroupMember { key, base, theirs, mine })));
        }
        let mut givers = vec![None; joined.len()];
        for index in 0..groups.len() {
            let of_group = members.iter().filter(|(group, _)| *group == Some(index));
            let of_group: Vec<_> = of_group.filter_map(|(_, member)| member.as_ref()).collect();
            let giver = self.group(place, &of_group)?;
            for (slot, (group, _)) in givers.iter_mut().zip(&members) {
                if *group == Some(index) {
                    *slot = Some(giver);
                }
            }
        }
        Ok(givers)
    }

    /// Decides one group as one place, recording a conflict at its parent.
    fn group(
        &mut self,
        place: &Place<'_>,
        members: &[&GroupMember<'_, M>],
    ) -> Result<Giver, Failure<M>> {
        let (mut theirs_changed, mut mine_changed, mut differ) = (false, false, false);
        let (mut theirs_removed, mut mine_removed) = (false, false);
        for member in members {
            let &GroupMember { base, theirs, mine, .. } = *member;
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
            return Ok(Giver::Theirs);
        }
        if !theirs_changed {
            return Ok(Giver::Mine);
        }
        if !differ {
            return Ok(Giver::Theirs);
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
        let [base, theirs, mine] =
            [Giver::Base, Giver::Theirs, Giver::Mine].map(|giver| given(members, giver));
        self.record(ConflictKind::Group, winner, &base, &theirs, &mine)?;
        Ok(match winner {
            Some(Winner::Theirs) => Giver::Theirs,
            Some(Winner::Base) => Giver::Base,
            _ => Giver::Mine,
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

/// The members that one input has, as an object.
fn given<M: Model>(members: &[&GroupMember<'_, M>], giver: Giver) -> Plan<M> {
    let decided = |member: &&GroupMember<'_, M>| PlannedMember::Decided {
        key: member.key.clone(),
        theirs: None,
        plan: Plan::take(giver.pick(member.base, member.theirs, member.mine)),
    };
    let members = members.iter().map(decided).collect();
    Plan::Object(Box::new(ObjectPlan { verbatim: None, theirs: None, members }))
}
