"""Groups: members of one object that are decided together, all of them from one side."""

from __future__ import annotations

from .conflicts import Report
from .document import Node, object_node
from .objects import merged_names
from .rules import Place, in_group
from .sameness import equal, unchanged

Members = dict[str, Node | None]


def merge_groups(
    report: Report, base: Node | None, theirs: Node, mine: Node, place: Place
) -> Members:
    """The outcome for every member of this object that a group names, group by group.

    A conflict of a group is a record of the parent's own, so it stands before its members'.
    """
    outcome: Members = {}
    for group in place.rule_set.groups_at(place.path):
        names = [
            name
            for name in merged_names(base, theirs, mine)
            if in_group(group, name) and name not in outcome
        ]
        if names:
            outcome.update(merge_group(report, names, base, theirs, mine, place))
    return outcome


def merge_group(
    report: Report, names: list[str], base: Node | None, theirs: Node, mine: Node, place: Place
) -> Members:
    """A side that changed no member gives way; else they agree, or the whole group conflicts."""
    b, t, m = (members_of(side, names) for side in (base, theirs, mine))
    if all(unchanged(m[name], b[name]) for name in names):
        return t
    if all(unchanged(t[name], b[name]) for name in names):
        return m
    if all(equal(t[name], m[name]) for name in names):
        return t
    winner = winning_side(b, t, m, place)
    values = (subset(side, names) for side in (base, theirs, mine))
    report.add(place, "group", winner, *values)
    return {"base": b, "theirs": t, "mine": m, None: m}[winner]


def winning_side(b: Members, t: Members, m: Members, place: Place) -> str | None:
    """Whose members are taken, or None for `fail`.

    Where one side alone lacks a member of base, the parent's rule for deletions says
    whether the removing side wins; `empties` is as `wins`. Else the parent's rule for conflicts,
    where everything that needs two values to look at counts as mine.
    """
    they_removed, i_removed = removed_any(b, t), removed_any(b, m)
    if they_removed != i_removed:
        remover, other = ("theirs", "mine") if they_removed else ("mine", "theirs")
        return {"fail": None, "loses": other}.get(place.delete, remover)
    if place.conflict == "fail":
        return None
    return place.conflict if place.conflict in ("theirs", "base") else "mine"


def removed_any(base: Members, side: Members) -> bool:
    return any(base[name] is not None and side[name] is None for name in base)


def members_of(side: Node | None, names: list[str]) -> Members:
    return {name: side.value.get(name) if side is not None else None for name in names}


def subset(side: Node | None, names: list[str]) -> Node:
    """A side's members of the group as an object; the side that has none gives an empty one."""
    if side is None:
        return object_node([])
    present = [name for name in names if name in side.value]
    return object_node([(name, side.names[name], side.value[name]) for name in present])
