//! What can go wrong in a merge.

use std::fmt;

use crate::conflict::Conflict;
use crate::pointer::Pointer;
use crate::rules::BoxError;

/// Which of the three inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// The value both sides started from.
    Base,
    /// What the store holds now.
    Theirs,
    /// What this writer wants to store.
    Mine,
}

impl Input {
    /// The name in messages, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Theirs => "theirs",
            Self::Mine => "mine",
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a merge gave no result; nothing was changed.
///
/// Its texts name places, kinds and what was expected, never a value. Ask it what happened:
///
/// ```
/// use session_merge::{Input, Rules, merge_json};
///
/// let error = merge_json("{}", "{\"a\": }", "{}", &Rules::default()).unwrap_err();
/// assert_eq!(error.input(), Some(Input::Theirs));
/// assert_eq!((error.line(), error.column()), (Some(1), Some(7)));
/// assert_eq!(error.to_string(), "theirs is not JSON: expected a value at line 1 column 7");
/// ```
pub struct Error(Box<Repr>);

enum Repr {
    Json { input: Input, line: usize, column: usize, expected: &'static str },
    Depth { input: Option<Input>, pointer: Pointer, max_depth: usize },
    Conflict(Vec<Conflict<String>>),
    Resolver(BoxError),
    Patch { pointer: Pointer },
}

impl Error {
    pub(crate) fn json(input: Input, line: usize, column: usize, expected: &'static str) -> Self {
        Self(Box::new(Repr::Json { input, line, column, expected }))
    }

    pub(crate) fn depth(input: Option<Input>, pointer: Pointer, max_depth: usize) -> Self {
        Self(Box::new(Repr::Depth { input, pointer, max_depth }))
    }

    pub(crate) fn conflict(conflicts: Vec<Conflict<String>>) -> Self {
        Self(Box::new(Repr::Conflict(conflicts)))
    }

    pub(crate) fn resolver(error: BoxError) -> Self {
        Self(Box::new(Repr::Resolver(error)))
    }

    pub(crate) fn patch(pointer: Pointer) -> Self {
        Self(Box::new(Repr::Patch { pointer }))
    }

    /// Whether an input is not JSON; [`input`](Self::input), [`line`](Self::line) and
    /// [`column`](Self::column) tell where.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(*self.0, Repr::Json { .. })
    }

    /// Whether an input is nested deeper than the rules' `max_depth`; [`pointer`](Self::pointer)
    /// tells where.
    #[must_use]
    pub fn is_depth(&self) -> bool {
        matches!(*self.0, Repr::Depth { .. })
    }

    /// The complete report, where the rules say `fail` for at least one conflict. Values come as
    /// JSON text.
    #[must_use]
    pub fn conflicts(&self) -> Option<&[Conflict<String>]> {
        match &*self.0 {
            Repr::Conflict(conflicts) => Some(conflicts),
            _ => None,
        }
    }

    /// The input at fault; for depth inside an embedded document, none in particular.
    #[must_use]
    pub fn input(&self) -> Option<Input> {
        match *self.0 {
            Repr::Json { input, .. } => Some(input),
            Repr::Depth { input, .. } => input,
            _ => None,
        }
    }

    /// The line at fault, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match *self.0 {
            Repr::Json { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The column at fault in characters, from 1: the first that cannot go on, or one past the last
    /// if the text ended early.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        match *self.0 {
            Repr::Json { column, .. } => Some(column),
            _ => None,
        }
    }

    /// What should have stood there.
    #[must_use]
    pub fn expected(&self) -> Option<&'static str> {
        match *self.0 {
            Repr::Json { expected, .. } => Some(expected),
            _ => None,
        }
    }

    /// The first container that is too deep, or the member that a patch could not carry.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        match &*self.0 {
            Repr::Depth { pointer, .. } | Repr::Patch { pointer } => Some(pointer),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Json { input, line, column, expected } => {
                write!(f, "{input} is not JSON: expected {expected} at line {line} column {column}")
            }
            Repr::Depth { input, pointer, max_depth } => {
                let input = input.map_or("an embedded document", Input::as_str);
                write!(f, "{input} is nested deeper than {max_depth} at \"{pointer}\"")
            }
            Repr::Conflict(conflicts) => {
                f.write_str("conflicts that the rules do not allow:")?;
                let failed = conflicts.iter().filter(|conflict| conflict.winner.is_none());
                for (index, conflict) in failed.enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma} {} at \"{}\"", conflict.kind, conflict.pointer)?;
                }
                Ok(())
            }
            // The function's error is the source; what it says is the caller's own.
            Repr::Resolver(_) => f.write_str("a function that decides a conflict failed"),
            Repr::Patch { pointer } => {
                write!(
                    f,
                    "a JSON value of this build cannot carry what stands at \"{pointer}\" exactly"
                )
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?})", self.to_string())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Repr::Resolver(error) => Some(&**error),
            _ => None,
        }
    }
}
