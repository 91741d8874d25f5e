"""How the tests compare documents: as JSON texts, in which 1, 1.0 and true are three things."""

from __future__ import annotations

import json
from typing import Any

from session_merge import MISSING, Conflict


def compact(value: Any) -> str:
    """The text of a document, members in their order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def unordered(value: Any) -> str:
    """The same where the order of members says nothing."""
    return json.dumps(value, sort_keys=True)


def records(conflicts: list[Conflict]) -> list[dict[str, Any]]:
    """A report in the form of the vectors."""
    found = []
    for conflict in conflicts:
        record = {"pointer": conflict.pointer, "kind": conflict.kind, "winner": conflict.winner}
        for side in ("base", "theirs", "mine"):
            value = getattr(conflict, side)
            if value is not MISSING:
                record[side] = value
        found.append(record)
    return found


def parsed(reported: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A report of texts as one of values."""
    sides = ("base", "theirs", "mine")
    return [
        {key: json.loads(value) if key in sides else value for key, value in record.items()}
        for record in reported
    ]
