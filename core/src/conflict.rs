//! Conflicts as data: one record for each place where both sides changed and the rules had to
//! choose.

use std::fmt;

use serde::Serialize;

use crate::pointer::Pointer;

/// One record of a merge's report.
///
/// It serialises as an object in which what is missing is left out. Its `Debug` form shows the
/// place (as [`Pointer`] prints it), the kind and the winner, never a value.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Conflict<V> {
    /// Where: the deleted place for a deletion, the list for one of its chunks, the parent for a
    /// group.
    pub pointer: Pointer,
    /// What met.
    pub kind: ConflictKind,
    /// Who won; `None` where the rules say `fail`.
    pub winner: Option<Winner>,
    /// What base had; `None` if nothing. For a chunk of a list, the elements as a list; for a
    /// group, its members as an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<V>,
    /// What theirs had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<V>,
    /// What mine had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mine: Option<V>,
}

/// What met at a conflict, theirs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConflictKind {
    /// Both changed the value.
    EditEdit,
    /// Both added a value.
    AddAdd,
    /// Theirs deleted what mine changed.
    DeleteEdit,
    /// Theirs changed what mine deleted.
    EditDelete,
    /// Both put the elements of a keyed list in another order.
    Order,
    /// Both changed members that are decided together.
    Group,
    /// A list that is to be merged by key has no usable keys: it was merged by position instead,
    /// and nothing was dropped.
    DuplicateKey,
}

impl ConflictKind {
    /// The name in reports, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EditEdit => "edit-edit",
            Self::AddAdd => "add-add",
            Self::DeleteEdit => "delete-edit",
            Self::EditDelete => "edit-delete",
            Self::Order => "order",
            Self::Group => "group",
            Self::DuplicateKey => "duplicate-key",
        }
    }
}

/// Who won a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Winner {
    /// This writer's value.
    Mine,
    /// The stored value.
    Theirs,
    /// The value both started from.
    Base,
    /// The deletion.
    Deleted,
    /// Both: nothing was dropped.
    Both,
    /// A caller's function chose.
    Custom,
}

impl Winner {
    /// The name in reports, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Theirs => "theirs",
            Self::Base => "base",
            Self::Deleted => "deleted",
            Self::Both => "both",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Winner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<V> fmt::Debug for Conflict<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conflict")
            .field("pointer", &self.pointer)
            .field("kind", &self.kind)
            .field("winner", &self.winner)
            .finish_non_exhaustive()
    }
}

impl<V> Conflict<V> {
    /// The same record with its values turned into another form.
    ///
    /// # Errors
    /// Whatever `convert` fails with.
    pub fn try_map<W, E>(
        self,
        mut convert: impl FnMut(V) -> Result<W, E>,
    ) -> Result<Conflict<W>, E> {
        Ok(Conflict {
            pointer: self.pointer,
            kind: self.kind,
            winner: self.winner,
            base: self.base.map(&mut convert).transpose()?,
            theirs: self.theirs.map(&mut convert).transpose()?,
            mine: self.mine.map(&mut convert).transpose()?,
        })
    }
}
