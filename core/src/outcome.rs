//! What a merge returns.

use std::fmt::{self, Write};

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation};
use serde_json::Value;

use crate::conflict::Conflict;
use crate::error::Error;
use crate::model::{Failure, Merged, Model, Plan};
use crate::patch::{Edit, Operation, edits};
use crate::pointer::Pointer;
use crate::text::{self, Node, Text};

/// What a merge returns: the merged document and everything there is to know about how it came to
/// be.
///
/// Its `Debug` form shows no values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Merge<V> {
    /// The merged document: always whole, whatever conflicts there were.
    pub value: V,
    /// Every place where both sides changed and the rules had to choose, in the order of the walk.
    pub conflicts: Vec<Conflict<V>>,
    /// False when theirs already says all of it: there is nothing to write.
    pub changed: bool,
    edits: Vec<Edit<V>>,
}

/// What a merge returns to whoever asks for no patch: see
/// [`merge_slice_briefly`](crate::merge_slice_briefly()).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Brief {
    /// The merged document.
    pub value: String,
    /// Every place where both sides changed and the rules had to choose, in the order of the walk.
    pub conflicts: Vec<Conflict<String>>,
    /// False when theirs already says all of it: there is nothing to write.
    pub changed: bool,
}

impl<V> Merge<V> {
    /// Renders what was decided.
    pub(crate) fn new<M>(model: &M, merged: Merged<M>, theirs: &M::Node) -> Result<Self, Failure<M>>
    where
        M: Model<Value = V>,
    {
        let edits = merged.edits(model, theirs)?;
        let value = model.build(&merged.plan).map_err(Failure::Model)?;
        Ok(Self { value, conflicts: merged.conflicts, changed: !edits.is_empty(), edits })
    }

    /// Takes mine over theirs, which is base: nothing is to be decided. Where they are the same but
    /// for their spelling there is nothing to edit, and theirs stays.
    pub(crate) fn of_mine<M>(
        model: &M,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Self, Failure<M>>
    where
        M: Model<Value = V>,
    {
        let mine = Plan::Take(mine.clone());
        let edits = edits(model, theirs, &mine)?;
        let changed = !edits.is_empty();
        let plan = if changed { mine } else { Plan::Take(theirs.clone()) };
        let value = model.build(&plan).map_err(Failure::Model)?;
        Ok(Self { value, conflicts: Vec::new(), changed, edits })
    }
}

impl Merge<Value> {
    /// The JSON Patch (RFC 6902) from theirs to the result: `add`, `remove` and `replace`. A member
    /// that is the same is never touched, an array that differs is replaced whole, and the order of
    /// members is not carried.
    #[must_use]
    pub fn patch(&self) -> Patch {
        let operation = |edit: &Edit<Value>| patch_operation(&edit.pointer, edit.operation.clone());
        Patch(self.edits.iter().map(operation).collect())
    }

    /// [`patch`](Self::patch) as JSON text.
    #[must_use]
    pub fn patch_text(&self) -> String {
        patch_text(&self.edits, ToString::to_string)
    }
}

impl Merge<String> {
    /// The JSON Patch (RFC 6902) from theirs to the result, for texts that a [`Value`] can carry.
    ///
    /// # Errors
    /// Where a value of the patch is nothing that `Value` carries exactly: NaN and infinities, lone
    /// surrogates, numbers beyond 64 bits or with more digits than a double has; and where it is
    /// nested deeper than the 128 levels that `serde_json` reads. [`patch_text`](Self::patch_text)
    /// is exact for all of them.
    pub fn patch(&self) -> Result<Patch, Error> {
        let operation = |edit: &Edit<String>| {
            let value =
                |json: &String| exact_value(json).ok_or_else(|| Error::patch(edit.pointer.clone()));
            if str::from_utf8(edit.pointer.as_bytes()).is_err() {
                return Err(Error::patch(edit.pointer.clone()));
            }
            Ok(patch_operation(&edit.pointer, edit.operation.try_map(value)?))
        };
        Ok(Patch(self.edits.iter().map(operation).collect::<Result<_, _>>()?))
    }

    /// The JSON Patch (RFC 6902) from theirs to the result as JSON text, exact whatever the values
    /// are.
    #[must_use]
    pub fn patch_text(&self) -> String {
        patch_text(&self.edits, Clone::clone)
    }
}

/// The value of a text, if it can be carried without loss.
fn exact_value(json: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(json).ok()?;
    let printed = value.to_string();
    let room = text::room();
    let model = Text::new(&room);
    let exact = model.same(&Node::trusted(json), &Node::trusted(&printed));
    exact.is_ok_and(|exact| exact).then_some(value)
}

fn patch_operation(pointer: &Pointer, operation: Operation<Value>) -> PatchOperation {
    // A `Pointer` is well formed: escaped, and empty or started by a slash.
    let path = PointerBuf::parse(pointer.as_str().into_owned()).unwrap_or_default();
    match operation {
        Operation::Add(value) => PatchOperation::Add(AddOperation { path, value }),
        Operation::Remove => PatchOperation::Remove(RemoveOperation { path }),
        Operation::Replace(value) => PatchOperation::Replace(ReplaceOperation { path, value }),
    }
}

fn patch_text<V>(edits: &[Edit<V>], print: impl Fn(&V) -> String) -> String {
    let mut out = String::from("[");
    for (index, edit) in edits.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let (name, value) = match &edit.operation {
            Operation::Add(value) => ("add", Some(value)),
            Operation::Remove => ("remove", None),
            Operation::Replace(value) => ("replace", Some(value)),
        };
        let _ = write!(out, "{comma}{{\"op\":\"{name}\",\"path\":");
        text::escape(edit.pointer.as_bytes(), &mut out);
        if let Some(value) = value {
            out.push_str(",\"value\":");
            out.push_str(&print(value));
        }
        out.push('}');
    }
    out.push(']');
    out
}

// As that of `Merge`: it shows no values.
impl fmt::Debug for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brief")
            .field("changed", &self.changed)
            .field("conflicts", &self.conflicts)
            .finish_non_exhaustive()
    }
}

impl<V> fmt::Debug for Merge<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge")
            .field("changed", &self.changed)
            .field("conflicts", &self.conflicts)
            .finish_non_exhaustive()
    }
}
