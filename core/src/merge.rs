//! The two ways in: documents as values, and documents as text.

use serde_json::Value;
use typed_arena::Arena;

use crate::conflict::Conflict;
use crate::error::{Error, Input};
use crate::model::{Failure, Model};
use crate::outcome::{Brief, Merge};
use crate::rules::Rules;
use crate::text::{self, Node, Syntax, Text, TextError};
use crate::value::{ValueError, Values, too_deep};
use crate::walk::merge_model;

/// Merges what theirs and mine made of base.
///
/// [The semantics](crate::semantics) say what comes out. Inputs are only read.
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
/// An input nested deeper than the rules' `max_depth`, conflicts under `fail`, or a
/// [`Resolver`](crate::Resolver) that failed.
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
    run(&model, [&base, &theirs, &mine], rules).map_err(|refused| match refused {
        Refused::Failure(Failure::Model(ValueError(error))) => Error::resolver(error),
        Refused::Failure(Failure::Depth(pointer)) => Error::depth(None, *pointer, max_depth),
        Refused::Conflicts(conflicts) => {
            let text = |value: Value| Ok::<_, std::convert::Infallible>(value.to_string());
            let texts = conflicts.into_iter().map(|conflict| {
                let Ok(conflict) = conflict.try_map(text);
                conflict
            });
            Error::conflict(texts.collect())
        }
    })
}

/// Merges what theirs and mine made of base, as JSON text and to JSON text.
///
/// What is kept is copied as it is spelled, digits and escapes and all, so that nothing is lost to
/// any reader's idea of a number; merged containers are written compact. `NaN`, `Infinity` and
/// `-Infinity`, which Python's `json` writes, are read as numbers.
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
/// An input that is not JSON (with line and column) or is nested deeper than the rules'
/// `max_depth`, conflicts under `fail`, or a [`Resolver`](crate::Resolver) that failed.
pub fn merge_json(
    base: &str,
    theirs: &str,
    mine: &str,
    rules: &Rules,
) -> Result<Merge<String>, Error> {
    let max_depth = rules.max_depth();
    let room = text::room();
    let mut model = Text::new(&room);
    let nodes = read(&mut model, [base, theirs, mine], max_depth)?;
    let [base, theirs, mine] = &nodes;
    run(&model, [base, theirs, mine], rules).map_err(|refused| text_error(refused, max_depth))
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
    let [base, theirs, mine] = texts([base, theirs, mine], rules.max_depth())?;
    merge_json(base, theirs, mine, rules)
}

/// [`merge_slice`] without the patch, for callers that seldom need it: to make one, everything that
/// differs has to be compared once more.
///
/// [`merge_slice`] of theirs, theirs and the result, under the same rules, gives the patch later.
///
/// ```
/// use session_merge::{Rules, merge_slice, merge_slice_briefly};
///
/// let (base, theirs, mine) = (br#"{"a":1}"#, br#"{"a":1,"t":2}"#, br#"{"a":1,"m":3}"#);
/// let rules = Rules::default();
/// let brief = merge_slice_briefly(base, theirs, mine, &rules)?;
/// assert_eq!((brief.value.as_str(), brief.changed), (r#"{"a":1,"t":2,"m":3}"#, true));
///
/// let later = merge_slice(theirs, theirs, brief.value.as_bytes(), &rules)?;
/// assert_eq!(later.patch_text(), r#"[{"op":"add","path":"/m","value":3}]"#);
/// # Ok::<(), session_merge::Error>(())
/// ```
///
/// # Errors
/// As [`merge_slice`].
pub fn merge_slice_briefly(
    base: &[u8],
    theirs: &[u8],
    mine: &[u8],
    rules: &Rules,
) -> Result<Brief, Error> {
    let max_depth = rules.max_depth();
    let texts = texts([base, theirs, mine], max_depth)?;
    let room = text::room();
    let mut model = Text::new(&room);
    let [base, theirs, mine] = &read(&mut model, texts, max_depth)?;
    let failure = |failure| text_error(Refused::Failure(failure), max_depth);
    let merged = merge_model(&model, base, theirs, mine, rules).map_err(failure)?;
    if merged.failed {
        return Err(Error::conflict(merged.conflicts));
    }
    let changed = merged.changed(&model, theirs).map_err(failure)?;
    let value = model.build(&merged.plan).map_err(Failure::Model).map_err(failure)?;
    Ok(Brief { value, conflicts: merged.conflicts, changed })
}

/// Validates three texts. Which of them is malformed and where is told by reading them again, in
/// their order.
fn read<'a>(
    model: &mut Text<'a>,
    texts: [&'a str; 3],
    max_depth: usize,
) -> Result<[Node<'a>; 3], Error> {
    if let Some(nodes) = model.read(texts, max_depth) {
        return Ok(nodes);
    }
    let [base, theirs, mine] = texts;
    let read = |input, json| {
        Node::read(json, max_depth).map_err(|syntax| syntax_error(input, syntax, max_depth))
    };
    Ok([read(Input::Base, base)?, read(Input::Theirs, theirs)?, read(Input::Mine, mine)?])
}

fn texts(inputs: [&[u8]; 3], max_depth: usize) -> Result<[&str; 3], Error> {
    let mut texts = [""; 3];
    for (at, bytes) in inputs.into_iter().enumerate() {
        match str::from_utf8(bytes) {
            Ok(text) => texts[at] = text,
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                texts[at] = str::from_utf8(before).unwrap_or_default();
                return Err(first_error(&texts[..=at], max_depth));
            }
        }
    }
    Ok(texts)
}

fn text_error(refused: Refused<Text<'_>>, max_depth: usize) -> Error {
    match refused {
        Refused::Failure(Failure::Model(TextError(error))) => Error::resolver(error),
        Refused::Failure(Failure::Depth(pointer)) => Error::depth(None, *pointer, max_depth),
        Refused::Conflicts(conflicts) => Error::conflict(conflicts),
    }
}

/// What comes first in texts of which the last is cut off where it is no longer UTF-8.
fn first_error(texts: &[&str], max_depth: usize) -> Error {
    let mut place = (Input::Base, (1, 1));
    for (at, (input, text)) in
        [Input::Base, Input::Theirs, Input::Mine].into_iter().zip(texts).enumerate()
    {
        let end = text::line_and_column(text);
        let is_cut_off = at + 1 == texts.len();
        match Node::read(text, max_depth) {
            // A text that only ends too early goes on in bytes that are not UTF-8.
            Err(Syntax::Malformed { line, column, .. }) if is_cut_off && (line, column) == end => {}
            Err(syntax) => return syntax_error(input, syntax, max_depth),
            Ok(_) => {}
        }
        place = (input, end);
    }
    let (input, (line, column)) = place;
    Error::json(input, line, column, "UTF-8")
}

fn syntax_error(input: Input, syntax: Syntax, max_depth: usize) -> Error {
    match syntax {
        Syntax::Malformed { line, column, expected } => Error::json(input, line, column, expected),
        Syntax::TooDeep { pointer } => Error::depth(Some(input), pointer, max_depth),
    }
}

/// Why there is no result.
enum Refused<M: Model> {
    Failure(Failure<M>),
    /// Conflicts under `fail`.
    Conflicts(Vec<Conflict<M::Value>>),
}

fn run<M: Model>(
    model: &M,
    [base, theirs, mine]: [&M::Node; 3],
    rules: &Rules,
) -> Result<Merge<M::Value>, Refused<M>> {
    if model.is_one(base, theirs) {
        return Merge::of_mine(model, theirs, mine).map_err(Refused::Failure);
    }
    let merged = merge_model(model, base, theirs, mine, rules).map_err(Refused::Failure)?;
    if merged.failed {
        return Err(Refused::Conflicts(merged.conflicts));
    }
    Merge::new(model, merged, theirs).map_err(Refused::Failure)
}
