//! The narrow trait between the merge and the data it merges.
//!
//! The walk behind [`crate::merge()`] is written once. It never looks inside a document itself: it
//! asks a [`Model`] for the few things that merging needs. The crate has two models, one over
//! [`serde_json::Value`] and one over JSON text; the Python package adds one over live Python
//! objects. Implement the trait to merge a data type of your own with [`merge_model`].
//!
//! A node is a cheap handle to a value inside one of the inputs, or to one that the merge computed.
//! Every read may fail with the model's own error (a Python `__eq__` may raise), which reaches the
//! caller as [`Failure::Model`].

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::pointer::Pointer;
use crate::rules::{BoxError, Resolver};

pub use crate::number::{Computed, Number};
pub use crate::patch::{Edit, Operation, edits};
pub use crate::plan::{Merged, ObjectPlan, Plan, PlannedMember};
pub use crate::walk::merge_model;

/// What sort of value a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The null value. It is a value, never the absence of one.
    Null,
    /// A boolean; never a number.
    Bool,
    /// A number, integer or not.
    Number,
    /// A string.
    String,
    /// An ordered list.
    Array,
    /// Members by name.
    Object,
    /// An unordered collection (a Python `set`): merged by mode `set` only.
    Set,
    /// Anything else: never descended into.
    Leaf,
}

/// One step of a three-way join of the members of up to three objects.
pub enum Joined<M: Model + ?Sized> {
    /// Members that mine left as base has them, to be copied in one piece as theirs has them.
    /// Whether theirs changed any of them is a question for [`Model::is_kept`]. A model that builds
    /// an object by copying theirs and changing it may give a single run for all such members,
    /// wherever they stand.
    Run(M::Run),
    /// One member with its value on each side; at least one side has it.
    Member {
        /// The member's name, as theirs spells it where theirs has the member, else mine, else
        /// base.
        key: M::Key,
        /// The value in base.
        base: Option<M::Node>,
        /// The value in theirs.
        theirs: Option<M::Node>,
        /// The value in mine.
        mine: Option<M::Node>,
    },
}

/// A way of reading and making documents. See the [module's page](self).
pub trait Model {
    /// A handle to one value.
    type Node: Clone;
    /// A handle to the name of one member.
    type Key: Clone;
    /// Several unchanged members as one piece; [`std::convert::Infallible`] where there is no such
    /// thing.
    type Run: Clone;
    /// A finished document, and a value in a report.
    type Value;
    /// What can go wrong while reading or making values.
    type Error;

    /// The sort of the value.
    ///
    /// # Errors
    /// The model's own.
    fn kind(&self, node: &Self::Node) -> Result<Kind, Self::Error>;

    /// Whether two values agree in type and value; an integer is never the same as a float.
    ///
    /// # Errors
    /// The model's own.
    fn same(&self, a: &Self::Node, b: &Self::Node) -> Result<bool, Self::Error>;

    /// Whether two handles are known, without a look at what they hold, to be of the same value.
    fn is_one(&self, _a: &Self::Node, _b: &Self::Node) -> bool {
        false
    }

    /// As [`same`](Self::same), but numbers compare by exact value alone: `1`, `1.0` and `1e0` are
    /// equal.
    ///
    /// # Errors
    /// The model's own.
    fn equal(&self, a: &Self::Node, b: &Self::Node) -> Result<bool, Self::Error>;

    /// A hash under which [`equal`](Self::equal) values agree.
    ///
    /// # Errors
    /// The model's own.
    fn digest(&self, node: &Self::Node) -> Result<u64, Self::Error>;

    /// The order of two numbers (exact) or of two strings (by code point); `None` for anything
    /// else, and for NaN and infinities.
    ///
    /// # Errors
    /// The model's own.
    fn order(&self, a: &Self::Node, b: &Self::Node) -> Result<Option<Ordering>, Self::Error>;

    /// The number a node holds, for adding; `None` if it is no number or has no sum (NaN,
    /// infinities).
    ///
    /// # Errors
    /// The model's own.
    fn number(&self, node: &Self::Node) -> Result<Option<Number>, Self::Error>;

    /// The content of a string as UTF-8, in which a lone surrogate stands as its three bytes
    /// (WTF-8). Asked of strings only.
    ///
    /// # Errors
    /// The model's own.
    fn string<'s>(&'s self, node: &'s Self::Node) -> Result<Cow<'s, [u8]>, Self::Error>;

    /// What a scalar is called when it is the key of a list's element: a string's content, a
    /// number's JSON text. `None` if it is no scalar.
    ///
    /// # Errors
    /// The model's own.
    fn label(&self, node: &Self::Node) -> Result<Option<Vec<u8>>, Self::Error>;

    /// A member's name as patterns and pointers see it, encoded as in [`string`](Self::string).
    ///
    /// # Errors
    /// The model's own.
    fn name<'s>(&'s self, key: &'s Self::Key) -> Result<Cow<'s, [u8]>, Self::Error>;

    /// The member of an object with this name.
    ///
    /// # Errors
    /// The model's own.
    fn member(&self, object: &Self::Node, name: &str) -> Result<Option<Self::Node>, Self::Error>;

    /// The elements of an array or set.
    ///
    /// # Errors
    /// The model's own.
    fn elements(&self, list: &Self::Node) -> Result<Vec<Self::Node>, Self::Error>;

    /// The three-way join of members by name: theirs' members in their order, then those of mine
    /// that theirs lacks in mine's order, then those only base has. Each name comes once. With
    /// `whole`, every member comes by itself, never in a [`Joined::Run`].
    ///
    /// # Errors
    /// The model's own.
    fn join(
        &self,
        base: Option<&Self::Node>,
        theirs: &Self::Node,
        mine: &Self::Node,
        whole: bool,
    ) -> Result<Vec<Joined<Self>>, Self::Error>;

    /// Whether it can be told at a glance, of three objects, that theirs is the same as base and
    /// mine is not. `false` where that takes a closer look: the merge then goes member by member.
    ///
    /// # Errors
    /// The model's own.
    fn only_mine_changed(
        &self,
        _base: &Self::Node,
        _theirs: &Self::Node,
        _mine: &Self::Node,
    ) -> Result<bool, Self::Error> {
        Ok(false)
    }

    /// Whether theirs, too, has the members of a run as base has them. It is asked only where it
    /// matters, so that a model need not look at what mine leaves alone.
    ///
    /// # Errors
    /// The model's own.
    fn is_kept(&self, _run: &Self::Run) -> Result<bool, Self::Error> {
        Ok(true)
    }

    /// The empty value of the type of an array, object or set; `None` for a value of any other
    /// kind.
    fn empty(&self, like: &Self::Node) -> Option<Self::Node>;

    /// A node for a computed number; `None` if the model cannot carry it.
    ///
    /// # Errors
    /// The model's own.
    fn computed(&self, number: Computed<'_>) -> Result<Option<Self::Node>, Self::Error>;

    /// A node for a computed string, encoded as in [`string`](Self::string).
    ///
    /// # Errors
    /// The model's own.
    fn text(&self, content: Vec<u8>) -> Result<Self::Node, Self::Error>;

    /// The node that a caller's function chooses for a conflict.
    ///
    /// # Errors
    /// The model's own, and whatever the function raises.
    fn resolve(
        &self,
        resolver: &Resolver,
        base: Option<Self::Value>,
        theirs: Self::Value,
        mine: Self::Value,
    ) -> Result<Self::Node, Self::Error>;

    /// Renders what was decided. [`Plan::Missing`] is never asked for, at any depth of a list.
    ///
    /// # Errors
    /// The model's own.
    fn build(&self, plan: &Plan<Self>) -> Result<Self::Value, Self::Error>;

    /// A value for a report out of JSON text found inside an embedded document.
    ///
    /// # Errors
    /// The model's own.
    fn import(&self, json: String) -> Result<Self::Value, Self::Error>;

    /// The model's error for what a caller's function did wrong.
    fn resolver_error(&self, error: BoxError) -> Self::Error;
}

/// Why a merge over a model gave no result.
pub enum Failure<M: Model + ?Sized> {
    /// Reading or making a value failed.
    Model(M::Error),
    /// A container deeper than the rules' `max_depth`. Boxed, for every step of the walk passes
    /// results on.
    Depth(Box<Pointer>),
}
