//! The walk: one decision at each place, the same over every data model.
//!
//! [`Walk::decide`] is the law of the [semantics](crate::semantics) in code. The modes that have a
//! law of their own are in `objects`, `lists`, `keyed`, `words` and `embedded`, and who wins where
//! none of them fits is in `winners`; they decide and never build.

use smallvec::SmallVec;

use crate::conflict::{Conflict, ConflictKind};
use crate::model::{Failure, Kind, Merged, Model, Plan};
use crate::number::{self, Number};
use crate::pointer::Pointer;
use crate::rules::{Mode, Place, Rules};

/// Merges three documents of a [`Model`] of one's own.
///
/// The law is that of [`merge`](crate::merge()). The depth of a document is checked where the walk
/// goes: a model whose documents may be deeper elsewhere, or hold themselves, checks them before.
///
/// # Errors
/// What the model's reads fail with, or a place that is too deep. Conflicts under `fail` are no
/// error here: see [`Merged::failed`].
pub fn merge_model<M: Model>(
    model: &M,
    base: &M::Node,
    theirs: &M::Node,
    mine: &M::Node,
    rules: &Rules,
) -> Result<Merged<M>, Failure<M>> {
    let mut walk = Walk::new(model, Pointer::root(), 0, rules.max_depth());
    let decision = walk.decide(&rules.root(), Some(base), Some(theirs), Some(mine))?;
    Ok(Merged { plan: decision.plan, conflicts: walk.conflicts, failed: walk.failed })
}

/// One way through three documents.
pub(crate) struct Walk<'w, M: Model> {
    pub(crate) model: &'w M,
    /// Where the document itself stands: not at the root if it is embedded in another.
    origin: Pointer,
    /// How many containers are open around the present place, those around the document included.
    pub(crate) depth: usize,
    pub(crate) max_depth: usize,
    pub(crate) path: SmallVec<[Step<M>; 8]>,
    pub(crate) conflicts: Vec<Conflict<M::Value>>,
    pub(crate) failed: bool,
}

/// One step down from a container.
pub(crate) enum Step<M: Model> {
    Key(M::Key),
    Named(Vec<u8>),
    Index(usize),
}

/// What holds at one place, and which sides are still the same as base there.
pub(crate) struct Decision<M: Model> {
    pub(crate) plan: Plan<M>,
    pub(crate) theirs_same: bool,
    pub(crate) mine_same: bool,
}

/// What a mode's law made of three values; `None` where it does not fit them.
pub(crate) type Fit<M> = Result<Option<Plan<M>>, Failure<M>>;

impl<'w, M: Model> Walk<'w, M> {
    pub(crate) fn new(model: &'w M, origin: Pointer, depth: usize, max_depth: usize) -> Self {
        Self {
            model,
            origin,
            depth,
            max_depth,
            path: SmallVec::new(),
            conflicts: Vec::new(),
            failed: false,
        }
    }

    /// The report so far.
    pub(crate) fn into_conflicts(self) -> Vec<Conflict<M::Value>> {
        self.conflicts
    }

    /// Decides one place.
    pub(crate) fn decide(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: Option<&M::Node>,
        mine: Option<&M::Node>,
    ) -> Result<Decision<M>, Failure<M>> {
        // What is spelled once needs no look inside; and at the root nobody asks whether theirs
        // changed.
        if let (Some(base), Some(theirs), Some(mine)) = (base, theirs, mine)
            && self.model.is_one(base, mine)
        {
            let theirs_same = self.model.is_one(base, theirs);
            if theirs_same || self.path.is_empty() {
                let plan = Plan::Take(theirs.clone());
                return Ok(Decision { plan, theirs_same, mine_same: true });
            }
        }
        // Objects that merge by member need no comparison of their own: whether a side changed is
        // known from its members.
        if let (Mode::Deep, Some(theirs), Some(mine)) = (place.mode, theirs, mine)
            && self.kind(theirs)? == Kind::Object
            && self.kind(mine)? == Kind::Object
            && base.map(|base| self.kind(base)).transpose()?.is_none_or(|kind| kind == Kind::Object)
        {
            if let (Some(base), false) = (base, self.path.is_empty())
                && self.model.only_mine_changed(base, theirs, mine).map_err(Failure::Model)?
            {
                let plan = Plan::Take(mine.clone());
                return Ok(Decision { plan, theirs_same: true, mine_same: false });
            }
            let mut decision = self.members(place, base, theirs, mine)?;
            if decision.mine_same {
                decision.plan = Plan::Take(theirs.clone());
            } else if decision.theirs_same && !place.groups().is_empty() {
                // A group may have settled on theirs where mine only spelled numbers anew; here
                // mine is to be taken as a whole.
                decision.plan = Plan::Take(mine.clone());
            } else if let (true, Plan::Object(object)) = (decision.theirs_same, &mut decision.plan)
            {
                // The members stay: they tell the patch what differs.
                object.verbatim = Some(mine.clone());
            }
            return Ok(decision);
        }
        let mine_same = self.same(mine, base)?;
        let theirs_same = self.same(theirs, base)?;
        let decided = |plan| Ok(Decision { plan, theirs_same, mine_same });
        if mine_same {
            return decided(Plan::take(theirs));
        }
        if theirs_same {
            return decided(Plan::take(mine));
        }
        // A number in another spelling is no change against one that is of another value, or gone.
        if let Some(base) = base
            && self.kind(base)? == Kind::Number
        {
            if mine.map_or(Ok(false), |mine| self.equal(mine, base))? {
                return decided(Plan::take(theirs));
            }
            if theirs.map_or(Ok(false), |theirs| self.equal(theirs, base))? {
                return decided(Plan::take(mine));
            }
        }
        match (theirs, mine) {
            (Some(theirs), Some(mine)) => decided(self.both_changed(place, base, theirs, mine)?),
            (None, None) => decided(Plan::Missing),
            _ => decided(self.deleted(place, base, theirs, mine)?),
        }
    }

    /// Both sides hold a value that base does not.
    fn both_changed(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Plan<M>, Failure<M>> {
        if let Some(plan) = self.law(place, base, theirs, mine)? {
            return Ok(plan);
        }
        if self.equal(theirs, mine)? {
            return Ok(Plan::Take(theirs.clone()));
        }
        let kind = if base.is_some() { ConflictKind::EditEdit } else { ConflictKind::AddAdd };
        self.conflict(
            place,
            kind,
            Plan::take(base),
            Plan::Take(theirs.clone()),
            Plan::Take(mine.clone()),
        )
    }

    /// The law of the place's mode, where the three values fit it.
    ///
    /// It is passed at each level of a document. The modes are no part of it in the compiled program,
    /// so that a level under one mode does not take the stack of them all.
    pub(crate) fn law(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Fit<M> {
        let kinds =
            (base.map(|base| self.kind(base)).transpose()?, self.kind(theirs)?, self.kind(mine)?);
        let all = |kind: Kind| {
            kinds.1 == kind && kinds.2 == kind && kinds.0.is_none_or(|base| base == kind)
        };
        match place.mode {
            Mode::Deep if all(Kind::Object) => {
                Ok(Some(self.members(place, base, theirs, mine)?.plan))
            }
            Mode::Deep | Mode::Ordered if all(Kind::Array) => {
                self.ordered(place, base, theirs, mine).map(Some)
            }
            // Whether three values fit `counter` or `embedded` is not seen from their kinds alone.
            Mode::Counter { min, max } => {
                self.counter(base, theirs, mine, min.as_ref(), max.as_ref())
            }
            Mode::Set if all(Kind::Array) || all(Kind::Set) => {
                self.set(base, theirs, mine, kinds.1).map(Some)
            }
            Mode::Append { limit, unique } if all(Kind::Array) => {
                self.append(base, theirs, mine, *limit, *unique).map(Some)
            }
            Mode::Keyed { fields } if all(Kind::Array) => {
                self.keyed(place, base, theirs, mine, fields).map(Some)
            }
            Mode::Text if all(Kind::String) => self.words(place, base, theirs, mine),
            Mode::Embedded { root } => {
                self.embedded(&place.embedded(root), base, Some(theirs), Some(mine))
            }
            _ => Ok(None),
        }
    }

    #[inline(never)]
    fn counter(
        &self,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        min: Option<&serde_json::Number>,
        max: Option<&serde_json::Number>,
    ) -> Fit<M> {
        let number = |node| self.model.number(node).map_err(Failure::Model);
        let base = base.map_or(Ok(Some(Number::Integer(0))), number)?;
        let (Some(base), Some(theirs), Some(mine)) = (base, number(theirs)?, number(mine)?) else {
            return Ok(None);
        };
        match number::count(base, theirs, mine, min, max) {
            None => Ok(None),
            Some(sum) => {
                let node = self.model.computed(sum).map_err(Failure::Model)?;
                Ok(node.map(Plan::Take))
            }
        }
    }

    /// Decides one step further down.
    pub(crate) fn decide_below(
        &mut self,
        step: Step<M>,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: Option<&M::Node>,
        mine: Option<&M::Node>,
    ) -> Result<Decision<M>, Failure<M>> {
        self.path.push(step);
        let decision = self.decide(place, base, theirs, mine);
        self.path.pop();
        decision
    }

    /// Opens a container, counting depth; [`leave`](Self::leave) closes it.
    pub(crate) fn enter(&mut self) -> Result<(), Failure<M>> {
        self.depth += 1;
        if self.depth > self.max_depth {
            return Err(Failure::Depth(Box::new(self.pointer()?)));
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The pointer of the present place.
    pub(crate) fn pointer(&self) -> Result<Pointer, Failure<M>> {
        let mut pointer = self.origin.clone();
        for step in &self.path {
            match step {
                Step::Key(key) => pointer.push(&self.model.name(key).map_err(Failure::Model)?),
                Step::Named(name) => pointer.push(name),
                Step::Index(index) => pointer.push(index.to_string().as_bytes()),
            }
        }
        Ok(pointer)
    }

    pub(crate) fn kind(&self, node: &M::Node) -> Result<Kind, Failure<M>> {
        self.model.kind(node).map_err(Failure::Model)
    }

    pub(crate) fn equal(&self, a: &M::Node, b: &M::Node) -> Result<bool, Failure<M>> {
        self.model.equal(a, b).map_err(Failure::Model)
    }

    /// *Same* for values that may be missing.
    pub(crate) fn same(
        &self,
        a: Option<&M::Node>,
        b: Option<&M::Node>,
    ) -> Result<bool, Failure<M>> {
        match (a, b) {
            (Some(a), Some(b)) if self.model.is_one(a, b) => Ok(true),
            (Some(a), Some(b)) => self.model.same(a, b).map_err(Failure::Model),
            (a, b) => Ok(a.is_none() && b.is_none()),
        }
    }
}
