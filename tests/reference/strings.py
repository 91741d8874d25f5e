"""Strings that are merged inside: as words, or as the JSON document they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .align import Kept, chunks
from .document import Node, parse, string_node
from .errors import JSONError
from .lists import resolve_chunk
from .rules import Place
from .sameness import equal, same


def words(content: str) -> list[str]:
    """Runs of white space (space, tab, line feed, carriage return) and runs of anything else."""
    return re.findall(r"[ \t\n\r]+|[^ \t\n\r]+", content)


def text(walk, base: Node, theirs: Node, mine: Node, place: Place) -> Node:
    """diff3 over words: a chunk that both sides changed, each in its own way, is a conflict."""
    if equal(theirs, mine):
        return theirs
    merged: list[str] = []
    sides = (words(node.value) for node in (base, theirs, mine))
    for part in chunks(*sides, lambda a, b: a == b):
        if isinstance(part, Kept):
            merged.append(part.base)
        elif part.mine == part.base:
            merged.extend(part.theirs)
        elif part.theirs in (part.base, part.mine):
            merged.extend(part.mine)
        else:
            b, t, m = (string_node("".join(side)) for side in (part.base, part.theirs, part.mine))
            winner = resolve_chunk(walk.report, place, b, t, m, emptied=string_node(""))
            merged.append(winner.value)
    return string_node("".join(merged))


def held_document(string: Node, source: str, place: Place) -> Node | None:
    """The document in a string, or None if that is not JSON. It may not nest too deep either."""
    if string.kind != "string":
        return None
    depth_limit = place.rule_set.max_depth
    try:
        return parse(string.value, source, depth_limit, place.pointer, place.depth)
    except JSONError:
        return None


def written_back(
    outcome: Node | None, own: Iterable[tuple[Node | None, Node | None]]
) -> Node | None:
    """The string for a merged document.

    It is the own string of the first side that holds the same document, untouched; else a computed
    string that holds the merged text. `own` pairs each side's document with its string.
    """
    if outcome is None:
        return None
    for document, string in own:
        if document is not None and same(outcome, document):
            return string
    return string_node(outcome.text)
