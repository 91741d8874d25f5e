//! The edits that turn theirs into the result, as JSON Patch (RFC 6902) has them.

use smallvec::SmallVec;

use crate::model::{Failure, Joined, Kind, Merged, Model, Plan, PlannedMember};
use crate::pointer::Pointer;

/// No rules allow documents that are deeper. Live objects can have grown so since they were merged,
/// or hold themselves.
const DEEPEST: usize = 1024;

/// One edit of a patch.
#[derive(Clone, PartialEq)]
pub struct Edit<V> {
    /// Where: a JSON Pointer into the document as the edits before have left it.
    pub pointer: Pointer,
    /// What happens there.
    pub operation: Operation<V>,
}

/// What an [`Edit`] does; the operations of RFC 6902 that a patch is made of.
#[derive(Clone, PartialEq)]
pub enum Operation<V> {
    /// Stores a value where there was none.
    Add(V),
    /// Removes the value.
    Remove,
    /// Stores a value in another's place.
    Replace(V),
}

impl<V> Operation<V> {
    /// The same with its value turned into another form.
    pub(crate) fn try_map<W, E>(
        &self,
        convert: impl FnOnce(&V) -> Result<W, E>,
    ) -> Result<Operation<W>, E> {
        Ok(match self {
            Self::Add(value) => Operation::Add(convert(value)?),
            Self::Remove => Operation::Remove,
            Self::Replace(value) => Operation::Replace(convert(value)?),
        })
    }
}

/// The names of the members on the way to a place; few documents are deeper.
type Path<M> = SmallVec<[<M as Model>::Key; 8]>;

/// Called with each difference: the path, and the plan of what is to be stored; the flag tells
/// whether theirs has a value here.
type Visit<'v, M> = dyn FnMut(&[<M as Model>::Key], bool, &Plan<M>) -> Result<(), Failure<M>> + 'v;

impl<M: Model> Merged<M> {
    /// Whether the result differs from theirs.
    ///
    /// # Errors
    /// The model's own.
    pub fn changed(&self, model: &M, theirs: &M::Node) -> Result<bool, Failure<M>> {
        Ok(!is_unchanged(model, Some(theirs), &self.plan)?)
    }

    /// The edits from theirs to the result. A member that is the same is never touched; an array
    /// that differs is replaced whole.
    ///
    /// # Errors
    /// The model's own.
    pub fn edits(&self, model: &M, theirs: &M::Node) -> Result<Vec<Edit<M::Value>>, Failure<M>> {
        edits(model, theirs, &self.plan)
    }
}

/// The edits from one document to a plan.
///
/// # Errors
/// The model's own.
pub fn edits<M: Model>(
    model: &M,
    theirs: &M::Node,
    plan: &Plan<M>,
) -> Result<Vec<Edit<M::Value>>, Failure<M>> {
    let mut edits = Vec::new();
    let mut visit = |path: &[M::Key], present: bool, plan: &Plan<M>| {
        let pointer = pointer(model, path)?;
        let operation = match plan {
            Plan::Missing => Operation::Remove,
            plan => {
                let value = model.build(plan).map_err(Failure::Model)?;
                if present { Operation::Replace(value) } else { Operation::Add(value) }
            }
        };
        if edits.is_empty() {
            // Where there is one, there are some, and each takes up much room.
            edits.reserve(8);
        }
        edits.push(Edit { pointer, operation });
        Ok(())
    };
    compare(model, &mut Path::<M>::new(), Some(theirs), plan, &mut visit)?;
    Ok(edits)
}

fn pointer<M: Model>(model: &M, path: &[M::Key]) -> Result<Pointer, Failure<M>> {
    let mut pointer = Pointer::root();
    for key in path {
        pointer.push(&model.name(key).map_err(Failure::Model)?);
    }
    Ok(pointer)
}

/// Whether a plan is what theirs has.
fn is_unchanged<M: Model>(
    model: &M,
    theirs: Option<&M::Node>,
    plan: &Plan<M>,
) -> Result<bool, Failure<M>> {
    let Some(theirs) = theirs else {
        return Ok(plan.is_missing());
    };
    let kind = || model.kind(theirs).map_err(Failure::Model);
    match plan {
        Plan::Take(node) => {
            Ok(model.is_one(theirs, node) || model.same(theirs, node).map_err(Failure::Model)?)
        }
        Plan::Object(object) if kind()? == Kind::Object => {
            for member in &object.members {
                if let PlannedMember::Decided { theirs, plan, .. } = member
                    && !is_unchanged(model, theirs.as_ref(), plan)?
                {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Plan::Array(elements) if kind()? == Kind::Array => {
            let known = model.elements(theirs).map_err(Failure::Model)?;
            let mut unchanged = known.len() == elements.len();
            for (known, plan) in known.iter().zip(elements) {
                unchanged = unchanged && is_element(model, known, plan)?;
            }
            Ok(unchanged)
        }
        Plan::Set { elements, .. } if kind()? == Kind::Set => {
            // Their own elements come first and in their order: a set that differs has more, or
            // fewer.
            let known = model.elements(theirs).map_err(Failure::Model)?;
            let mut unchanged = known.len() == elements.len();
            for (known, node) in known.iter().zip(elements) {
                unchanged = unchanged && model.same(known, node).map_err(Failure::Model)?;
            }
            Ok(unchanged)
        }
        Plan::Missing | Plan::Object(_) | Plan::Array(_) | Plan::Set { .. } => Ok(false),
    }
}

/// Whether an element of a list is what theirs has at its place. Its plan may be told against
/// another element: the list may have moved.
fn is_element<M: Model>(model: &M, known: &M::Node, plan: &Plan<M>) -> Result<bool, Failure<M>> {
    if let Plan::Object(object) = plan
        && let Some(theirs) = &object.theirs
    {
        let same = model.same(known, theirs).map_err(Failure::Model)?;
        return Ok(same && is_unchanged(model, Some(theirs), plan)?);
    }
    is_unchanged(model, Some(known), plan)
}

/// Visits the places that differ, each as high up as can be but for objects, which are compared
/// member by member.
fn compare<M: Model>(
    model: &M,
    path: &mut Path<M>,
    theirs: Option<&M::Node>,
    plan: &Plan<M>,
    visit: &mut Visit<'_, M>,
) -> Result<(), Failure<M>> {
    let kind = |node| model.kind(node).map_err(Failure::Model);
    match (theirs, plan) {
        (Some(theirs), Plan::Take(node)) if model.is_one(theirs, node) => Ok(()),
        (Some(theirs), Plan::Take(node))
            if kind(theirs)? == Kind::Object && kind(node)? == Kind::Object =>
        {
            compare_objects(model, path, theirs, node, visit)
        }
        (Some(theirs), Plan::Object(object)) if kind(theirs)? == Kind::Object => {
            for member in &object.members {
                if let PlannedMember::Decided { key, theirs, plan } = member {
                    path.push(key.clone());
                    compare(model, path, theirs.as_ref(), plan, visit)?;
                    path.pop();
                }
            }
            Ok(())
        }
        _ if is_unchanged(model, theirs, plan)? => Ok(()),
        _ => visit(path, theirs.is_some(), plan),
    }
}

/// Two objects as they stand.
fn compare_objects<M: Model>(
    model: &M,
    path: &mut Path<M>,
    theirs: &M::Node,
    result: &M::Node,
    visit: &mut Visit<'_, M>,
) -> Result<(), Failure<M>> {
    if path.len() > DEEPEST {
        return Err(Failure::Depth(Box::new(pointer(model, path)?)));
    }
    let joined = model.join(Some(theirs), theirs, result, false).map_err(Failure::Model)?;
    for entry in joined {
        if let Joined::Member { key, theirs, mine, .. } = entry {
            path.push(key);
            compare(model, path, theirs.as_ref(), &Plan::take(mine.as_ref()), visit)?;
            path.pop();
        }
    }
    Ok(())
}
