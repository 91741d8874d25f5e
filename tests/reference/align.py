"""Alignment of two lists and the chunks of three (diff3: Khanna, Kunal, Pierce 2007)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MAX_EDITS = 512

Alike = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Kept:
    """An element of base that both sides kept, as it stands in each of the three lists."""

    index: int
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True)
class Chunk:
    """What lies between two kept elements, in each of the three lists.

    `their_insertions` and `my_insertions` are the elements of a side that match none of base.
    """

    base: list
    theirs: list
    mine: list
    their_insertions: list
    my_insertions: list


def align(base: Sequence, side: Sequence, alike: Alike) -> list[tuple[int, int]]:
    """The pairs of positions that match, in order: a longest common subsequence.

    Of several longest ones this is the one found by walking both lists from the front: equal heads
    match; else the head of base is dropped if a longest one survives that, else the head of the
    side. When more than `MAX_EDITS` elements are left unmatched in the two lists together, only
    the common prefix and then the common suffix of what is left match.
    """
    matches = [[alike(x, y) for y in side] for x in base]
    longest = [[0] * (len(side) + 1) for _ in range(len(base) + 1)]
    for i in reversed(range(len(base))):
        for j in reversed(range(len(side))):
            if matches[i][j]:
                longest[i][j] = longest[i + 1][j + 1] + 1
            else:
                longest[i][j] = max(longest[i + 1][j], longest[i][j + 1])
    if len(base) + len(side) - 2 * longest[0][0] > MAX_EDITS:
        return align_ends(base, side, alike)
    pairs = []
    i = j = 0
    while i < len(base) and j < len(side):
        if matches[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] == longest[i][j]:
            i += 1
        else:
            j += 1
    return pairs


def align_ends(base: Sequence, side: Sequence, alike: Alike) -> list[tuple[int, int]]:
    """The common prefix, then the common suffix of what is left."""
    shorter = min(len(base), len(side))
    prefix = 0
    while prefix < shorter and alike(base[prefix], side[prefix]):
        prefix += 1
    suffix = 0
    while suffix < shorter - prefix and alike(base[-1 - suffix], side[-1 - suffix]):
        suffix += 1
    pairs = [(i, i) for i in range(prefix)]
    return pairs + [(len(base) - i, len(side) - i) for i in range(suffix, 0, -1)]


def chunks(base: Sequence, theirs: Sequence, mine: Sequence, alike: Alike) -> list[Kept | Chunk]:
    """The three lists from left to right: elements matched in all three, and what lies between.

    Chunks that are empty in all three lists are left out.
    """
    in_theirs = dict(align(base, theirs, alike))
    in_mine = dict(align(base, mine, alike))
    kept = [(i, in_theirs[i], in_mine[i]) for i in in_theirs if i in in_mine]
    walk: list[Kept | Chunk] = []
    start = (0, 0, 0)
    for stop in [*kept, (len(base), len(theirs), len(mine))]:
        chunk = Chunk(
            list(base[start[0] : stop[0]]),
            list(theirs[start[1] : stop[1]]),
            list(mine[start[2] : stop[2]]),
            [theirs[j] for j in range(start[1], stop[1]) if j not in in_theirs.values()],
            [mine[k] for k in range(start[2], stop[2]) if k not in in_mine.values()],
        )
        if chunk.base or chunk.theirs or chunk.mine:
            walk.append(chunk)
        if stop in kept:
            walk.append(Kept(stop[0], base[stop[0]], theirs[stop[1]], mine[stop[2]]))
        start = (stop[0] + 1, stop[1] + 1, stop[2] + 1)
    return walk
