"""When two values are the same, and when they are merely equal."""

from __future__ import annotations

from .document import Node
from .numbers import equal_numbers, same_numbers


def same(a: Node | None, b: Node | None) -> bool:
    """Equal in type and value throughout; an integer is never the same as a float.

    The order of members means nothing, that of elements does. Missing is the same as missing only.
    """
    return alike(a, b, same_numbers)


def equal(a: Node | None, b: Node | None) -> bool:
    """As `same`, but an integer and a float of one exact value are equal."""
    return alike(a, b, equal_numbers)


def alike(a: Node | None, b: Node | None, numbers_alike) -> bool:
    if a is None or b is None:
        return a is b
    if a.kind != b.kind:
        return False
    if a.kind == "number":
        return numbers_alike(a.value, b.value)
    if a.kind == "array":
        if len(a.value) != len(b.value):
            return False
        return all(alike(x, y, numbers_alike) for x, y in zip(a.value, b.value, strict=True))
    if a.kind == "object":
        if a.value.keys() != b.value.keys():
            return False
        return all(alike(a.value[name], b.value[name], numbers_alike) for name in a.value)
    return a.value == b.value


def unchanged(side: Node | None, base: Node | None) -> bool:
    """This side did nothing here: it is the same as base, or an equal number."""
    if same(side, base):
        return True
    both_numbers = side is not None and base is not None and side.kind == base.kind == "number"
    return both_numbers and equal(side, base)


def same_lists(a: list[Node], b: list[Node]) -> bool:
    return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))


def equal_lists(a: list[Node], b: list[Node]) -> bool:
    return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
