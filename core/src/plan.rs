//! What a merge decided, borrowing from its inputs: values are built from it afterwards.

use crate::conflict::Conflict;
use crate::model::Model;

/// What is to be stored at one place.
pub enum Plan<M: Model + ?Sized> {
    /// Nothing: the member or element is left out.
    Missing,
    /// A value as it stands in an input, or one that was computed.
    Take(M::Node),
    /// An object put together member by member. Boxed, for plans are handed up step by step.
    Object(Box<ObjectPlan<M>>),
    /// An array put together element by element, none of them [`Plan::Missing`].
    Array(Vec<Plan<M>>),
    /// An unordered collection with these elements.
    Set {
        /// One of the inputs' own: a model may have several types of them, and the result is of
        /// this one's.
        like: M::Node,
        /// Its elements, each once.
        elements: Vec<M::Node>,
    },
}

/// An object's members as decided one by one.
pub struct ObjectPlan<M: Model + ?Sized> {
    /// Set where the outcome is the same as this input's object, which is then to be taken as it
    /// stands.
    pub verbatim: Option<M::Node>,
    /// The object of theirs that the members were decided against; none where they were not.
    pub theirs: Option<M::Node>,
    /// The members in merged order; some may be [`Plan::Missing`].
    pub members: Vec<PlannedMember<M>>,
}

/// One or several members of an [`ObjectPlan`].
pub enum PlannedMember<M: Model + ?Sized> {
    /// Members that mine did not change, copied from theirs as one piece.
    Run(M::Run),
    /// A member decided by itself.
    Decided {
        /// The name.
        key: M::Key,
        /// What theirs has here.
        theirs: Option<M::Node>,
        /// What is to be stored.
        plan: Plan<M>,
    },
}

/// What [`merge_model`](crate::model::merge_model) returns: the decision and its report.
pub struct Merged<M: Model + ?Sized> {
    /// What is to be stored.
    pub plan: Plan<M>,
    /// The report, in the order of the walk.
    pub conflicts: Vec<Conflict<M::Value>>,
    /// Whether any of them is under `fail`: the plan is then not to be used.
    pub failed: bool,
}

impl<M: Model + ?Sized> Plan<M> {
    /// Whether nothing is stored here.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Takes the value if it is there.
    pub(crate) fn take(node: Option<&M::Node>) -> Self {
        node.map_or(Self::Missing, |node| Self::Take(node.clone()))
    }

    /// A list of values as they stand.
    pub(crate) fn list<'n>(nodes: impl IntoIterator<Item = &'n M::Node>) -> Self
    where
        M::Node: 'n,
    {
        Self::Array(nodes.into_iter().cloned().map(Self::Take).collect())
    }
}
