"""Who wins a conflict, and the record that is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from .document import Node, parse
from .numbers import compare_numbers
from .rules import LARGEST_MAX_DEPTH, Latest, Place


@dataclass(frozen=True)
class Conflict:
    """One record of the report; values are JSON texts, None where missing.

    `winner` is None where the rule `fail` refused to settle the conflict.
    """

    pointer: str
    kind: str
    winner: str | None
    base: str | None = None
    theirs: str | None = None
    mine: str | None = None


class Report:
    """The conflicts met so far, in the order of the walk."""

    def __init__(self) -> None:
        self.conflicts: list[Conflict] = []

    def add(
        self,
        place: Place,
        kind: str,
        winner: str | None,
        base: Node | None,
        theirs: Node | None,
        mine: Node | None,
    ) -> None:
        texts = [node.text if node is not None else None for node in (base, theirs, mine)]
        self.conflicts.append(Conflict(place.pointer, kind, winner, *texts))

    @property
    def failed(self) -> bool:
        return any(conflict.winner is None for conflict in self.conflicts)


def resolve(
    report: Report, place: Place, base: Node | None, theirs: Node | None, mine: Node | None
) -> Node | None:
    """Settle the conflict of two values, or of a value and a deletion, and record it.

    A side is missing where base is not: it deleted, and the rule for deletions decides. Otherwise
    both sides hold a value, and the rule for conflicts does.
    """
    if theirs is None or mine is None:
        return resolve_deletion(report, place, base, theirs, mine)
    kind = "add-add" if base is None else "edit-edit"
    winner, value = choose(place, base, theirs, mine)
    report.add(place, kind, winner, base, theirs, mine)
    return value


def resolve_deletion(
    report: Report, place: Place, base: Node, theirs: Node | None, mine: Node | None
) -> Node | None:
    """One side deleted what the other changed. What `empties` cannot settle is as `wins`."""
    kind = "delete-edit" if theirs is None else "edit-delete"
    survivor_side, survivor = ("mine", mine) if theirs is None else ("theirs", theirs)
    if place.delete == "fail":
        winner, value = None, survivor
    elif place.delete == "loses":
        winner, value = survivor_side, survivor
    else:
        winner, value = "deleted", None
    report.add(place, kind, winner, base, theirs, mine)
    return value


def choose(
    place: Place, base: Node | None, theirs: Node, mine: Node
) -> tuple[str | None, Node | None]:
    """The winner's word and its value. `max`, `min` and `latest` that do not fit leave mine."""
    rule = place.conflict
    if rule == "fail":
        return None, mine
    if rule == "base":
        return "base", base
    if rule == "theirs":
        return "theirs", theirs
    if rule in ("max", "min"):
        order = compare(theirs, mine)
        if rule == "min" and order is not None:
            order = -order
    elif isinstance(rule, Latest):
        order = compare_fields(rule.field, theirs, mine)
    elif callable(rule):
        return "custom", ask(rule, base, theirs, mine)
    else:
        order = None
    return ("theirs", theirs) if order == 1 else ("mine", mine)


def compare(a: Node, b: Node) -> int | None:
    """The order of two numbers, or of two strings by code point; None for anything else."""
    if a.kind == b.kind == "number":
        return compare_numbers(a.value, b.value)
    if a.kind == b.kind == "string":
        return (a.value > b.value) - (a.value < b.value)
    return None


def compare_fields(field: str, a: Node, b: Node) -> int | None:
    """The order of one field of two objects."""
    if not a.kind == b.kind == "object":
        return None
    if field not in a.value or field not in b.value:
        return None
    return compare(a.value[field], b.value[field])


def ask(rule, base: Node | None, theirs: Node, mine: Node) -> Node:
    """A callable decides: it gets JSON texts (None for a missing base) and returns one."""
    text = rule(base.text if base is not None else None, theirs.text, mine.text)
    if not isinstance(text, str):
        raise TypeError("the callable of a conflict returns JSON text")
    return parse(text, "custom", LARGEST_MAX_DEPTH)
