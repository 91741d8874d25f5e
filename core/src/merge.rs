//! The two ways in: documents as values, and documents as text.

use std::fmt;
use std::fmt::Write as _;

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation};
use serde_json::Value;
use typed_arena::Arena;

use crate::conflict::Conflict;
use crate::error::{Error, Input};
use crate::model::{Failure, Merged, Model};
use crate::patch::{Edit, Operation};
use crate::pointer::Pointer;
use crate::rules::Rules;
use crate::text::{self, Syntax, Text, TextError};
use crate::value::{ValueError, Values, too_deep};
use crate::walk::merge_model;

/// What a merge returns: the merged document and everything there is to know about how it came to be.
///
/// Its `Debug` form shows no values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Merge<V> {
    /// The merged document: always whole, whatever conflicts there were.
    pub value: V,
    /// Every place where both sides changed and the rules had to choose, in the order of the walk.
    pub conflicts: Vec<Conflict<V>>,
    /// False when the result is the same as theirs, so that nothing need be written.
    pub changed: bool,
    edits: Vec<Edit<V>>,
}

/// Merges what theirs and mine made of base.
///
/// The law is told in [the semantics](crate::semantics). Inputs are only read.
///
/// ```
/// use serde_json::json;
/// use session_merge::{Rules, merge};
///
/// let rules = Rules::new(&json!({"/visits": "counter"}))?;
/// let base = json!({"visits": 1, "cart": {"pen": 1}});
/// let theirs = json!({"visits": 2, "cart": {"pen": 1, "ink": 1}});
/// let mine = json!({"visits": 2, "cart": {"pen": 3}});
///
/// let merged = merge(&base, &theirs, &mine, &rules)?;
/// assert_eq!(merged.value, json!({"visits": 3, "cart": {"pen": 3, "ink": 1}}));
/// assert!(merged.conflicts.is_empty());
/// assert_eq!(merged.patch_text(), r#"[{"op":"replace","path":"/cart/pen","value":3},{"op":"replace","path":"/visits","value":3}]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// An input nested deeper than the rules' `max_depth`, conflicts under `fail`, or a [`Resolver`](crate::Resolver) that failed.
pub fn merge(
    base: &Value,
    theirs: &Value,
    mine: &Value,
    rules: &Rules,
) -> Result<Merge<Value>, Error> {
    let max_depth = rules.max_depth();
    for (input, value) in [(Input::Base, base), (Input::Theirs, theirs), (Input::Mine, mine)] {
        if let Some(pointer) = too_deep(value, max_depth) {
            return Err(Error::depth(Some(input), pointer, max_depth));
        }
    }
    let arena = Arena::with_capacity(0);
    let model = Values::new(&arena);
    let failed = |failure| match failure {
        Failure::Model(ValueError(error)) => Error::resolver(error),
        Failure::Depth(pointer) => Error::depth(None, pointer, max_depth),
    };
    let merged = merge_model(&model, &base, &theirs, &mine, rules).map_err(failed)?;
    if merged.failed {
        let text = |value: Value| Ok::<_, Error>(value.to_string());
        let texts = merged.conflicts.into_iter().map(|conflict| conflict.try_map(text));
        return Err(Error::conflict(texts.collect::<Result<_, _>>()?));
    }
    Merge::new(&model, merged, &theirs).map_err(failed)
}

/// Merges what theirs and mine made of base, as JSON text and to JSON text.
///
/// What is kept is copied as it is spelled, digits and escapes and all, so that nothing is lost to any reader's idea of a number;
/// merged containers are written compact. `NaN`, `Infinity` and `-Infinity`, which Python's `json` writes, are read as numbers.
///
/// ```
/// use session_merge::{Rules, merge_json};
///
/// let merged = merge_json(
///     r#"{"id": 12345678901234567890123, "n": 1}"#,
///     r#"{"id": 12345678901234567890123, "n": 2}"#,
///     r#"{"id": 12345678901234567890123, "n": 1, "x": 1e400}"#,
///     &Rules::default(),
/// )?;
/// assert_eq!(merged.value, r#"{"id":12345678901234567890123,"n":2,"x":1e400}"#);
/// # Ok::<(), session_merge::Error>(())
/// ```
///
/// # Errors
/// An input that is not JSON (with line and column) or is nested deeper than the rules' `max_depth`, conflicts under `fail`, or a
/// [`Resolver`](crate::Resolver) that failed.
pub fn merge_json(
    base: &str,
    theirs: &str,
    mine: &str,
    rules: &Rules,
) -> Result<Merge<String>, Error> {
    let max_depth = rules.max_depth();
    let arena = Arena::with_capacity(0);
    let model = Text::new(&arena);
    let read = |input, json| {
        model.document(json, max_depth).map_err(|syntax| match syntax {
            Syntax::Malformed { line, column, expected } => {
                Error::json(input, line, column, expected)
            }
            Syntax::TooDeep { pointer } => Error::depth(Some(input), pointer, max_depth),
        })
    };
    let base = read(Input::Base, base)?;
    let theirs = read(Input::Theirs, theirs)?;
    let mine = read(Input::Mine, mine)?;
    let failed = |failure| match failure {
        Failure::Model(TextError(error)) => Error::resolver(error),
        Failure::Depth(pointer) => Error::depth(None, pointer, max_depth),
    };
    let merged = merge_model(&model, &base, &theirs, &mine, rules).map_err(failed)?;
    if merged.failed {
        return Err(Error::conflict(merged.conflicts));
    }
    Merge::new(&model, merged, &theirs).map_err(failed)
}

/// [`merge_json`] for texts that come as bytes.
///
/// # Errors
/// As [`merge_json`]; bytes that are not UTF-8 are not JSON.
pub fn merge_slice(
    base: &[u8],
    theirs: &[u8],
    mine: &[u8],
    rules: &Rules,
) -> Result<Merge<String>, Error> {
    let read = |input, bytes| {
        str::from_utf8(bytes).map_err(|error| {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let (line, column) = text::line_and_column(&before);
            Error::json(input, line, column, "UTF-8")
        })
    };
    let base = read(Input::Base, base)?;
    let theirs = read(Input::Theirs, theirs)?;
    merge_json(base, theirs, read(Input::Mine, mine)?, rules)
}

impl<V> Merge<V> {
    fn new<M>(model: &M, merged: Merged<M>, theirs: &M::Node) -> Result<Self, Failure<M>>
    where
        M: Model<Value = V>,
    {
        let edits = merged.edits(model, theirs)?;
        let value = model.build(&merged.plan).map_err(Failure::Model)?;
        Ok(Self { value, conflicts: merged.conflicts, changed: !edits.is_empty(), edits })
    }
}

impl Merge<Value> {
    /// The JSON Patch (RFC 6902) from theirs to the result: `add`, `remove` and `replace`. A member that is the same is never touched, an
    /// array that differs is replaced whole, and the order of members is not carried.
    ///
    /// # Errors
    /// None in this form; the [other](Merge::<String>::patch) may hold what a [`Value`] cannot carry.
    pub fn patch(&self) -> Result<Patch, Error> {
        let operation = |edit: &Edit<Value>| patch_operation(&edit.pointer, edit.operation.clone());
        Ok(Patch(self.edits.iter().map(operation).collect()))
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
    /// Where a value of the patch is nothing that `Value` carries exactly: NaN and infinities, lone surrogates, numbers beyond 64 bits or with
    /// more digits than a double has. [`patch_text`](Self::patch_text) is exact for all of them.
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

    /// The JSON Patch (RFC 6902) from theirs to the result as JSON text, exact whatever the values are.
    #[must_use]
    pub fn patch_text(&self) -> String {
        patch_text(&self.edits, Clone::clone)
    }
}

/// The value of a text, if it can be carried without loss.
fn exact_value(json: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(json).ok()?;
    let printed = value.to_string();
    let arena = Arena::with_capacity(0);
    let model = Text::new(&arena);
    let exact = model.same(&model.trusted(json), &model.trusted(&printed));
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

impl<V> fmt::Debug for Merge<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge")
            .field("changed", &self.changed)
            .field("conflicts", &self.conflicts)
            .finish_non_exhaustive()
    }
}
