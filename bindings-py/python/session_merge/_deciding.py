"""Which rule decided a conflict."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from session_merge._explanation import Said
from session_merge._session_merge import Conflict, Rules

__all__ = ["Decided", "deciding"]


class Decided(NamedTuple):
    """A conflict with the rule that decided it."""

    conflict: Conflict

    field: str
    """Which field of the rule: ``merge``, ``conflict`` or ``delete``."""

    said: Said


def deciding(rules: Rules, conflict: Conflict) -> Decided:
    """Return the rule that decided a conflict of a merge under these rules."""
    field = _field(conflict)
    said = rules.explain(conflict.pointer)
    inside: Any = said.merge.value
    decided: Said = getattr(said, field)
    while isinstance(inside, dict) and inside["merge"] == "embedded":
        # The document in a string stands at the same pointer, under the rule for its root.
        inside = inside.get("root", "deep")
        if isinstance(inside, dict) and field in inside:
            decided = Said(inside[field], said.merge.pattern)
            inside = {"merge": "deep", **inside}
    return Decided(conflict, field, decided)


def _field(conflict: Conflict) -> str:
    if conflict.kind == "duplicate-key":
        return "merge"
    if conflict.kind == "group":
        base, theirs, mine = map(_names, (conflict.base, conflict.theirs, conflict.mine))
        return "delete" if (base <= theirs) != (base <= mine) else "conflict"
    return "delete" if conflict.kind in ("delete-edit", "edit-delete") else "conflict"


def _names(members: Any) -> set[Any]:
    """Return which members a side of a group has; after ``merge_json`` it is JSON text."""
    if isinstance(members, (str, bytes)):
        members = json.loads(members)
    return set(members) if isinstance(members, dict) else set()
