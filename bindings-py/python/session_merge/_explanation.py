"""What a rule set says of one place."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Explanation", "Said"]


class Said(NamedTuple):
    """One thing that the rules say, and the pattern that says so."""

    value: Any
    """As a rule set has it: ``"counter"``, ``{"merge": "keyed", "key": ["sku"]}``, a function."""

    pattern: str | None
    """It may be that of a place above, and is ``""`` for the root and the options.

    None where no pattern says it: it is so by default.
    """


class Explanation(NamedTuple):
    """What a rule set says of one place: see ``Rules.explain``."""

    merge: Said
    """How values that both sides changed are merged."""

    conflict: Said
    """Who wins a conflict."""

    delete: Said
    """What holds when one side deleted what the other changed."""

    group: list[str] | None
    """The members, as patterns, of the group that the place belongs to or lies in.

    The group then decides, and the rest is not asked.
    """


Said.__module__ = Explanation.__module__ = "session_merge"
