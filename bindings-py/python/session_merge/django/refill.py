"""Putting a merged session into the objects that a view may still hold.

After a merge the session in memory must show what was stored. A view that holds a part of it,

    cart = request.session["cart"]
    request.session.save()              # merges with somebody else's changes
    cart["coupon"] = "SPRING"           # must still be a change of the session
    request.session.modified = True

would be left with an orphan if all objects were replaced, and its next change would be lost.
"""

from __future__ import annotations

from typing import Any

__all__ = ["refill"]

CONTAINERS = (dict, list)


def refill(old: Any, new: Any) -> Any:
    """Return ``new``, made of the containers of ``old`` wherever they stand in the same place.

    Members of an object are in the same place under the same name; elements of a list if only
    equal elements stand before or behind them. A list element that was itself merged is a new
    object: which of the old ones it was, nobody can tell.
    """
    if type(old) is dict and type(new) is dict:
        members = {
            name: refill(old.get(name), value) if type(value) in CONTAINERS else value
            for name, value in new.items()
        }
        old.clear()
        old.update(members)
        return old
    if type(old) is list and type(new) is list:
        old[:] = _elements(old, new)
        return old
    return new


def _elements(old: list[Any], new: list[Any]) -> list[Any]:
    if not any(type(value) in CONTAINERS for value in new):
        return new
    shorter = min(len(old), len(new))
    front = 0
    while front < shorter and old[front] == new[front]:
        front += 1
    back = 0
    while back < shorter - front and old[-1 - back] == new[-1 - back]:
        back += 1
    middle = len(new) - back
    return [
        *map(refill, old[:front], new[:front]),
        *new[front:middle],
        *map(refill, old[len(old) - back :], new[middle:]),
    ]
