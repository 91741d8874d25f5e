"""When two values are the same, and when they are merely equal."""

from __future__ import annotations

from collections.abc import Callable

from .document import Node
from .numbers import Number, equal_numbers, same_numbers


def same(a: Node | None, b: Node | None) -> bool:
    """Equal in type and value throughout; an integer is never the same as a float.

    The order of members means nothing, that of elements does. Missing is the same as missing only.
    """
    return alike(a, b, same_numbers)


def equal(a: Node | None, b: Node | None) -> bool:
    """As `same`, but an integer and a float of one exact value are equal."""
    return alike(a, b, equal_numbers)


def alike(a: Node | None, b: Node | None, numbers_alike: Callable[[Number, Number], bool]) -> bool:
    """Equal throughout, numbers by `numbers_alike`. Pairs of values wait their turn in a list."""
    if a is None or b is None:
        return a is b
    pending = [(a, b)]
    while pending:
        x, y = pending.pop()
        if x.kind != y.kind:
            return False
        if x.kind == "array":
            if len(x.value) != len(y.value):
                return False
            pending.extend(zip(x.value, y.value, strict=True))
        elif x.kind == "object":
            if x.value.keys() != y.value.keys():
                return False
            pending.extend((x.value[name], y.value[name]) for name in x.value)
        elif x.kind == "number":
            if not numbers_alike(x.value, y.value):
                return False
        elif x.value != y.value:
            return False
    return True


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
