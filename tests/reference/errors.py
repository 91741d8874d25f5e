"""What a merge refuses, each with the place as data and no values in its text."""

from __future__ import annotations


class MergeError(Exception):
    """Every refusal of this package."""


class MergeConflict(MergeError):
    """A conflict met the rule `fail`; `conflicts` is the complete report all the same."""

    def __init__(self, conflicts: list) -> None:
        super().__init__(f"{len(conflicts)} conflicts, of which some must not be settled by rule")
        self.conflicts = conflicts


class RulesError(MergeError, ValueError):
    """A rule set that cannot be compiled; `pattern` is the pattern or the option to blame."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"{pattern!r}: {reason}")
        self.pattern = pattern
        self.reason = reason


class JSONError(MergeError, ValueError):
    """Text that is not JSON, at a line and column counted from 1 in characters."""

    def __init__(self, source: str, line: int, column: int, expected: str) -> None:
        super().__init__(f"{source}: line {line} column {column}: expected {expected}")
        self.input = source
        self.line = line
        self.column = column
        self.expected = expected


class DepthError(MergeError, ValueError):
    """Containers nested more deeply than `max_depth`; `pointer` is the first one too deep."""

    def __init__(self, source: str, pointer: str) -> None:
        super().__init__(f"{source}: nested more deeply than max_depth")
        self.input = source
        self.pointer = pointer
