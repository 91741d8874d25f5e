"""The exceptions. None of their texts shows a value of a document: sessions hold secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from session_merge._session_merge import Conflict

__all__ = ["DepthError", "JSONError", "MergeConflict", "MergeError", "RulesError"]


class MergeError(Exception):
    """A merge, or a rule set for one, was refused; nothing was changed."""

    __module__ = "session_merge"


class MergeConflict(MergeError):
    """A conflict at a place where the rules say ``fail``."""

    __module__ = "session_merge"

    conflicts: list[Conflict]
    """The complete report; a conflict that the rules do not allow has no winner."""

    def __init__(self, message: str = "", conflicts: list[Conflict] | None = None) -> None:
        super().__init__(message)
        self.conflicts = [] if conflicts is None else conflicts


class RulesError(MergeError, ValueError):
    """A rule set that cannot be compiled."""

    __module__ = "session_merge"

    pattern: str
    """The pattern or option at fault; empty for the rule set as a whole and the root's pattern."""

    def __init__(self, message: str = "", pattern: str = "") -> None:
        super().__init__(message)
        self.pattern = pattern


class JSONError(MergeError, ValueError):
    """A text that is not JSON."""

    __module__ = "session_merge"

    input: str
    """Which text: ``base``, ``theirs`` or ``mine``."""

    line: int
    """The line of the first character that cannot go on, from 1."""

    column: int
    """Its column in characters, from 1; one past the last if the text ends too early."""

    def __init__(self, message: str = "", input: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.input = input
        self.line = line
        self.column = column


class DepthError(MergeError, ValueError):
    """A document nested deeper than the rules' ``max_depth``, or a container that holds itself."""

    __module__ = "session_merge"

    input: str | None
    """Which document: ``base``, ``theirs`` or ``mine``; None for one embedded in a string."""

    pointer: str
    """The JSON Pointer of the first container that is too deep."""

    def __init__(self, message: str = "", input: str | None = None, pointer: str = "") -> None:
        super().__init__(message)
        self.input = input
        self.pointer = pointer
