"""The laws over lists without names: `set`, `ordered` and `append`."""

from __future__ import annotations

from .align import Chunk, Kept, chunks
from .conflicts import Report, resolve
from .document import Node, array_node
from .rules import Place
from .sameness import equal, equal_lists, same, same_lists


def elements_of(base: Node | None) -> list[Node]:
    """A missing base counts as an empty list."""
    return base.value if base is not None else []


def contains(elements: list[Node], wanted: Node) -> bool:
    return any(equal(element, wanted) for element in elements)


def union(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """A set: what all three hold and what either side added, each value once.

    Theirs' elements come first in their order, then what mine added, in mine's.
    """
    if equal(theirs, mine):
        return theirs
    before = elements_of(base)
    merged: list[Node] = []
    for element in theirs.value:
        kept = not contains(before, element) or contains(mine.value, element)
        if kept and not contains(merged, element):
            merged.append(element)
    for element in mine.value:
        if not contains(before, element) and not contains(merged, element):
            merged.append(element)
    return array_node(merged)


def ordered(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """A sequence: diff3 over its elements, those of all three decided one by one."""
    if equal(theirs, mine):
        return theirs
    return diff3(walk, base, theirs, mine, place)


def diff3(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """Kept elements and chunks from left to right."""
    merged: list[Node] = []
    for part in chunks(elements_of(base), theirs.value, mine.value, equal):
        if isinstance(part, Chunk):
            merged.extend(merge_chunk(walk.report, part, place))
        else:
            element = place.element(part.index)
            merged.append(walk.decide(part.base, part.theirs, part.mine, element))
    return array_node(merged)


def merge_chunk(report: Report, chunk: Chunk, place: Place) -> list[Node]:
    """The first clause that fits a chunk decides it; else it is a conflict at the list."""
    b, t, m = chunk.base, chunk.theirs, chunk.mine
    # One side did nothing.
    for alike in (same_lists, equal_lists):
        if alike(m, b):
            return t
        if alike(t, b):
            return m
    # Both did the same.
    if equal_lists(t, m):
        return t
    # Both only removed. What both kept stands between the chunks, so nothing is left of this one.
    if not chunk.their_insertions and not chunk.my_insertions:
        return []
    # A side only inserted, before and after what base has here.
    around_theirs, around_mine = surroundings(b, t), surroundings(b, m)
    if around_theirs and around_mine:
        before = around_theirs[0] + around_mine[0]
        return before + b + around_theirs[1] + around_mine[1]
    if around_theirs:
        return around_theirs[0] + m + around_theirs[1]
    if around_mine:
        return around_mine[0] + t + around_mine[1]
    # Objects edited in place, no object by both sides.
    if edited_in_place(b, t, m):
        return [y if same(z, x) else z for x, y, z in zip(b, t, m, strict=True)]
    winner = resolve_chunk(report, place, *map(array_node, (b, t, m)), emptied=array_node([]))
    if winner.kind != "array":
        raise TypeError("a callable answers the conflict of a chunk with an array")
    return winner.value


def surroundings(base: list[Node], side: list[Node]) -> tuple[list[Node], list[Node]] | None:
    """What a side has before and after its first run of base, if it has such a run.

    An empty base is found at the very front, so that everything stands after it: theirs' then
    mine's, when both sides inserted where base has nothing.
    """
    for start in range(len(side) - len(base) + 1):
        stop = start + len(base)
        if equal_lists(side[start:stop], base):
            return side[:start], side[stop:]
    return None


def edited_in_place(b: list[Node], t: list[Node], m: list[Node]) -> bool:
    """Three lists of objects, equally long, no position of which was changed by both sides."""
    if not len(b) == len(t) == len(m):
        return False
    if any(node.kind != "object" for node in [*b, *t, *m]):
        return False
    return all(same(y, x) or same(z, x) for x, y, z in zip(b, t, m, strict=True))


def resolve_chunk(
    report: Report, place: Place, b: Node, t: Node, m: Node, *, emptied: Node
) -> Node:
    """The conflict of a chunk, a record at its list or text: who emptied a chunk deleted it."""
    theirs = None if equal(t, emptied) and not equal(b, emptied) else t
    mine = None if equal(m, emptied) and not equal(b, emptied) else m
    winner = resolve(report, place, b, theirs, mine)
    return winner if winner is not None else emptied


def append(walk, base: Node | None, theirs: Node, mine: Node, place: Place) -> Node:
    """A log: what both kept stays, and so does every insertion, theirs' before mine's."""
    merged: list[Node] = []
    for part in chunks(elements_of(base), theirs.value, mine.value, equal):
        if isinstance(part, Kept):
            merged.append(part.mine if same(part.theirs, part.base) else part.theirs)
        else:
            merged.extend(part.their_insertions + part.my_insertions)
    if place.parameters.get("unique"):
        merged = last_occurrences(merged)
    limit = place.parameters.get("limit")
    return array_node(merged[-limit:] if limit else merged)


def last_occurrences(elements: list[Node]) -> list[Node]:
    return [
        element for at, element in enumerate(elements) if not contains(elements[at + 1 :], element)
    ]
