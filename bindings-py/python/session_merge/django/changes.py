"""Changes to a session as plain data, for tasks that are told what to do.

    [
        {"op": "set", "path": "/cart/coupon", "value": "SPRING"},
        {"op": "increment", "path": "/visits"},
        {"op": "increment", "path": "/cart/total", "by": 250},
        {"op": "append", "path": "/recent", "value": "pen"},
        {"op": "remove", "path": "/draft"},
    ]

A path is a JSON Pointer (RFC 6901) into the session, and elements of lists are named by their
index. Changes are made in their order, all or none. Objects on the way that are missing are made;
a list to append to is too, and a number to increment counts from 0.

``set``, and ``remove`` of a member, may be done twice: what is not there is removed already.
``increment``, ``append`` and ``remove`` of a list's element count each time.

To be right beside other writers an increment needs a place that merges as a counter, and is refused
at any other, where two at once would be one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from session_merge import MergeConflict, Rules, merge
from session_merge.django.errors import ChangesError

__all__ = ["Changes", "apply", "checked"]

Changes: TypeAlias = Sequence[dict[str, Any]]

KEYS = {
    "set": {"op", "path", "value"},
    "remove": {"op", "path"},
    "increment": {"op", "path", "by"},
    "append": {"op", "path", "value"},
}
OPTIONAL = {"by"}
POINTER = re.compile(r"(/([^/~]|~[01])*)+")
INDEX = re.compile(r"0|[1-9][0-9]*")


class _Misfit(Exception):
    """Why one change does not fit the session."""


def checked(changes: Changes) -> list[dict[str, Any]]:
    """Return a copy of the changes as JSON has them.

    Raises ``ChangesError``, which names the change by its number and shows nothing of it.
    """
    try:
        copies: Any = json.loads(json.dumps(changes))
    except (TypeError, ValueError, RecursionError):
        raise ChangesError("The changes are not JSON.") from None
    if not isinstance(copies, list):
        raise ChangesError("The changes are not a list.")
    for number, change in enumerate(copies):
        mistake = _mistake(change)
        if mistake:
            raise ChangesError(f"The change number {number} {mistake}.")
    return copies


def _mistake(change: Any) -> str | None:
    known = KEYS.get(str(change.get("op"))) if isinstance(change, dict) else None
    if known is None:
        return f"has no 'op' that is one of {', '.join(map(repr, KEYS))}"
    if not known - OPTIONAL <= change.keys() <= known:
        return f"has not the keys {', '.join(map(repr, sorted(known)))}"
    if not isinstance(change["path"], str) or not POINTER.fullmatch(change["path"]):
        return "has no 'path' that is a JSON Pointer to a place inside the session"
    if not _is_number(change.get("by", 1)):
        return "has no number as 'by'"
    return None


def apply(document: dict[str, Any], changes: Changes, rules: Rules) -> None:
    """Make the changes to a session's data; raise ``ChangesError`` at the first that cannot be."""
    for number, change in enumerate(changes):
        try:
            _apply_one(document, change, rules)
        except _Misfit as misfit:
            raise ChangesError(f"The change number {number} {misfit}.") from None


def _apply_one(document: dict[str, Any], change: dict[str, Any], rules: Rules) -> None:
    path = _tokens(change["path"])
    if change["op"] == "remove":
        _remove(document, path)
        return
    parent, name = _parent(document, path)
    if change["op"] == "set":
        parent[name] = change["value"]
    elif change["op"] == "append":
        held = _held(parent, name, [])
        if not isinstance(held, list):
            raise _Misfit("appends to what is not a list")
        parent[name] = [*held, change["value"]]
    else:
        held = _held(parent, name, 0)
        if not _is_number(held):
            raise _Misfit("increments what is not a number")
        if not _adds_up(document, path, held, rules):
            raise _Misfit(
                'increments a place that does not merge as a counter: give it the rule "counter" '
                "in SESSION_MERGE['rules']"
            )
        parent[name] = held + change.get("by", 1)


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _parent(document: Any, path: list[str]) -> tuple[Any, Any]:
    """Return the object or list that the last token is of, and its key or index there."""
    place = document
    for token in path[:-1]:
        key = _key(place, token)
        if isinstance(place, dict):
            place.setdefault(key, {})
        place = place[key]
    return place, _key(place, path[-1])


def _key(place: Any, token: str) -> Any:
    if isinstance(place, dict):
        return token
    if not isinstance(place, list):
        raise _Misfit("leads through what is neither an object nor a list")
    if not INDEX.fullmatch(token) or int(token) >= len(place):
        raise _Misfit("leads to an element that the list does not have")
    return int(token)


def _held(parent: Any, name: Any, default: Any) -> Any:
    return parent.get(name, default) if isinstance(parent, dict) else parent[name]


def _remove(document: Any, path: list[str]) -> None:
    place = document
    for token in path[:-1]:
        if isinstance(place, dict) and token not in place:
            return
        place = place[_key(place, token)]
    if isinstance(place, dict):
        place.pop(path[-1], None)
    else:
        del place[_key(place, path[-1])]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _adds_up(document: dict[str, Any], path: list[str], held: Any, rules: Rules) -> bool:
    """Return whether two increments at once would both count, by merging two."""
    base, theirs, mine = (_with(document, path, held + step) for step in (0, 1, 2))
    try:
        return not merge(base, theirs, mine, rules).conflicts
    except MergeConflict:
        return False


def _with(place: Any, path: list[str], value: Any) -> Any:
    """Return a copy that has another value at one place, and shares all the rest."""
    copy = place.copy()
    key = _key(copy, path[0])
    copy[key] = _with(_held(copy, key, {}), path[1:], value) if len(path) > 1 else value
    return copy
