"""The law of `keyed`: lists of objects whose elements have names."""

from __future__ import annotations

from dataclasses import dataclass

from .document import Node, array_node
from .lists import elements_of, ordered
from .rules import Place
from .sameness import equal

SCALARS = ("null", "boolean", "number", "string")

Key = tuple[Node, ...]


@dataclass(frozen=True)
class Entries:
    """The elements of one side in their order, each with its key."""

    keys: list[Key]
    elements: list[Node]

    def find(self, key: Key) -> Node | None:
        for own, element in zip(self.keys, self.elements, strict=True):
            if equal_keys(own, key):
                return element
        return None

    def spelled(self, key: Key) -> Key | None:
        return next((own for own in self.keys if equal_keys(own, key)), None)


def keyed(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """Elements match by key and are merged as members are; the order is merged apart.

    The records stand as those of members do: theirs' elements in theirs' order, then those only
    mine has, then those only base has; the list's own record goes before them all.
    """
    fields = place.parameters["key"]
    sides = [entries(side, fields) for side in (elements_of(base), theirs.value, mine.value)]
    if None in sides:
        return without_keys(walk, base, theirs, mine, place)
    b, t, m = sides
    first, second = merged_order(walk, b, t, m, (base, theirs, mine), place)
    survivors: list[tuple[Key, Node]] = []
    for key in distinct([*t.keys, *m.keys, *b.keys]):
        name = element_name(t.spelled(key) or m.spelled(key) or key)
        outcome = walk.decide_element(b.find(key), t.find(key), m.find(key), place.member(name))
        if outcome is not None:
            survivors.append((key, outcome))
    return array_node(arrange(survivors, b, first, second))


def entries(elements: list[Node], fields: tuple[str, ...]) -> Entries | None:
    """The elements with their keys; None if a key is missing, no scalar, or there twice."""
    keys: list[Key] = []
    for element in elements:
        if element.kind != "object" or any(name not in element.value for name in fields):
            return None
        key = tuple(element.value[name] for name in fields)
        if any(part.kind not in SCALARS for part in key) or has(keys, key):
            return None
        keys.append(key)
    return Entries(keys, elements)


def without_keys(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """Lists that cannot be told apart by key are merged as `ordered`, and a record says so."""
    if equal(theirs, mine):
        return theirs
    winner = None if place.conflict == "fail" else "both"
    walk.report.add(place, "duplicate-key", winner, base, theirs, mine)
    return ordered(walk, base, theirs, mine, place)


def merged_order(
    walk,
    b: Entries,
    t: Entries,
    m: Entries,
    lists: tuple[Node | None, Node, Node],
    place: Place,
) -> tuple[Entries, Entries]:
    """The side whose order is the result's, and the other one.

    That is theirs, unless only mine moved the elements that all three share. If both moved them,
    differently, it is a conflict that only `theirs` wins for theirs.
    """
    shared = [key for key in b.keys if has(t.keys, key) and has(m.keys, key)]
    their_order = [key for key in t.keys if has(shared, key)]
    my_order = [key for key in m.keys if has(shared, key)]
    if equal_orders(my_order, shared) or equal_orders(my_order, their_order):
        return t, m
    if equal_orders(their_order, shared):
        return m, t
    winner = place.conflict if place.conflict == "theirs" else "mine"
    if place.conflict == "fail":
        winner = None
    walk.report.add(place, "order", winner, *lists)
    return (t, m) if winner == "theirs" else (m, t)


def arrange(
    survivors: list[tuple[Key, Node]], b: Entries, first: Entries, second: Entries
) -> list[Node]:
    """The survivors in the first side's order, the second side's own ones put among them.

    Each of those goes behind the nearest element before it on the second side that is there (to
    the front if none is), and past the elements standing there that are new on the first side.
    """
    alive = [key for key, _ in survivors]
    order = [key for key in first.keys if has(alive, key)]
    new = [key for key in first.keys if not has(b.keys, key) and not has(second.keys, key)]
    for at, key in enumerate(second.keys):
        if not has(alive, key) or has(order, key):
            continue
        position = 0
        for before in reversed(second.keys[:at]):
            if has(order, before):
                position = index_of(order, before) + 1
                break
        while position < len(order) and has(new, order[position]):
            position += 1
        order.insert(position, key)
    return [next(node for own, node in survivors if equal_keys(own, key)) for key in order]


def element_name(key: Key) -> str:
    """Strings as they are, other scalars by their JSON text, several keys joined by a comma."""
    return ",".join(part.value if part.kind == "string" else part.text for part in key)


def equal_keys(a: Key, b: Key) -> bool:
    return all(equal(x, y) for x, y in zip(a, b, strict=True))


def equal_orders(a: list[Key], b: list[Key]) -> bool:
    return len(a) == len(b) and all(equal_keys(x, y) for x, y in zip(a, b, strict=True))


def has(keys: list[Key], key: Key) -> bool:
    return any(equal_keys(own, key) for own in keys)


def index_of(keys: list[Key], key: Key) -> int:
    return next(at for at, own in enumerate(keys) if equal_keys(own, key))


def distinct(keys: list[Key]) -> list[Key]:
    found: list[Key] = []
    for key in keys:
        if not has(found, key):
            found.append(key)
    return found
