"""The three-way merge of JSON documents, written to be read next to the merge semantics."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .conflicts import Conflict, Report, resolve
from .document import Node, array_node, number_node, parse
from .errors import MergeConflict
from .groups import merge_groups
from .keyed import keyed
from .lists import append, ordered, union
from .numbers import add_counters
from .objects import merged_names, merged_object
from .patch import patch_text
from .rules import Place, compile_rules
from .sameness import equal, same, unchanged
from .strings import held_document, text, written_back

DOES_NOT_FIT = object()  # what a mode answers for values that its law says nothing about


@dataclass(frozen=True)
class Result:
    """What a merge returns: everything as exact JSON text."""

    value: str
    conflicts: list[Conflict]
    changed: bool
    patch: str


def merge_json(
    base: str, theirs: str, mine: str, rules: Mapping[str, Any] | str | None = None
) -> Result:
    """Merge three JSON texts. The rules are checked first, then base, theirs and mine in turn."""
    rule_set = compile_rules(rules)
    with deep_recursion():
        b, t, m = (
            parse(source, name, rule_set.max_depth)
            for source, name in ((base, "base"), (theirs, "theirs"), (mine, "mine"))
        )
        walk = Walk()
        value = walk.decide(b, t, m, rule_set.root())
        if walk.report.failed:
            raise MergeConflict(walk.report.conflicts)
        changed = not same(value, t)
        return Result(value.text, walk.report.conflicts, changed, patch_text(t, value))


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Documents may nest 1024 deep, and every level takes several calls."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 100_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Walk:
    """One merge: the decision at each place, and the report that it fills."""

    def __init__(self) -> None:
        self.report = Report()

    def decide(
        self, base: Node | None, theirs: Node | None, mine: Node | None, place: Place
    ) -> Node | None:
        """The value at one place, or None where the outcome is that nothing is there.

        If one side did nothing, the other's value; else what the mode's law or the structure
        says; else theirs if both sides agree; else the outcome of a conflict.
        """
        if same(mine, base):
            return theirs
        if same(theirs, base):
            return mine
        if unchanged(mine, base):  # an equal number
            return theirs
        if unchanged(theirs, base):
            return mine
        if theirs is not None and mine is not None:
            outcome = self.law(base, theirs, mine, place)
            if outcome is not DOES_NOT_FIT:
                return outcome
        if equal(theirs, mine):
            return theirs
        if place.delete == "empties" and (theirs is None or mine is None):
            outcome = self.emptied(base, theirs, mine, place)
            if outcome is not DOES_NOT_FIT:
                return outcome
        return resolve(self.report, place, base, theirs, mine)

    def decide_element(
        self, base: Node | None, theirs: Node | None, mine: Node | None, place: Place
    ) -> Node | None:
        """An element of a keyed list is decided as a member is, but `empties` is as `wins`.

        That holds for the deletion of the element alone: below it the rule is inherited as it is.
        """
        deleted = base is not None and (theirs is None) != (mine is None)
        if not deleted or place.delete != "empties":
            return self.decide(base, theirs, mine, place)
        if unchanged(mine, base) or unchanged(theirs, base):
            return None
        return resolve(self.report, place, base, theirs, mine)

    def law(self, base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
        """What the mode says of these values, or `DOES_NOT_FIT`."""
        laws: dict[str, Callable[..., Any]] = {
            "deep": self.deep,
            "atomic": lambda *_: DOES_NOT_FIT,
            "counter": counter,
            "set": self.list_law(union),
            "ordered": self.list_law(ordered),
            "append": self.list_law(append),
            "keyed": self.list_law(keyed),
            "text": self.text,
            "embedded": self.embedded,
        }
        return laws[place.merge](base, theirs, mine, place)

    def deep(self, base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
        """Objects member by member, arrays as `ordered`, both with a missing base as an empty one.

        The two sides must be of one kind, and base of that kind too if it is there.
        """
        if theirs.kind == mine.kind == "array":
            return self.list_law(ordered)(base, theirs, mine, place)
        if not theirs.kind == mine.kind == "object":
            return DOES_NOT_FIT
        if base is not None and base.kind != "object":
            return DOES_NOT_FIT
        outcome = merge_groups(self.report, base, theirs, mine, place)
        for name in merged_names(base, theirs, mine):
            if name not in outcome:
                b, t, m = (
                    side.value.get(name) if side is not None else None
                    for side in (base, theirs, mine)
                )
                outcome[name] = self.decide(b, t, m, place.member(name))
        return merged_object(base, theirs, mine, outcome)

    def list_law(self, merge_lists: Callable) -> Callable[..., Any]:
        """A law over lists fits arrays; a missing base counts as empty, any other does not fit."""

        def law(base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
            if not theirs.kind == mine.kind == "array":
                return DOES_NOT_FIT
            if base is not None and base.kind != "array":
                return DOES_NOT_FIT
            return merge_lists(self, base, theirs, mine, place)

        return law

    def text(self, base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
        """Three strings are merged word by word."""
        if base is None or not base.kind == theirs.kind == mine.kind == "string":
            return DOES_NOT_FIT
        return text(self, base, theirs, mine, place)

    def embedded(self, base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
        """Strings that hold JSON are merged as the documents they hold, and written back."""
        held = self.held(place, base=base, theirs=theirs, mine=mine)
        if held is DOES_NOT_FIT:
            return DOES_NOT_FIT
        b, t, m = held
        outcome = self.decide(b, t, m, place.inside())
        return written_back(outcome, ((t, theirs), (m, mine), (b, base)))

    def held(self, place: Place, **strings: Node | None) -> Any:
        """The documents held by strings; None for what is missing."""
        documents = []
        for source, string in strings.items():
            document = None
            if string is not None:
                document = held_document(string, source, place)
                if document is None:
                    return DOES_NOT_FIT
            documents.append(document)
        return documents

    def emptied(self, base: Node, theirs: Node | None, mine: Node | None, place: Place) -> Any:
        """One side deleted, under `empties`: it counts as having emptied the value instead.

        The law goes on with the empty value of base's type in that side's place. An outcome that
        is still empty is missing. Inside an embedded document the same holds of that document.
        """
        if place.merge == "embedded":
            return self.emptied_inside(base, theirs, mine, place)
        empty = empty_value(base, place)
        if empty is None:
            return DOES_NOT_FIT
        outcome = self.law(
            base,
            theirs if theirs is not None else empty,
            mine if mine is not None else empty,
            place,
        )
        if outcome is DOES_NOT_FIT or not equal(outcome, empty):
            return outcome
        return None

    def emptied_inside(
        self, base: Node, theirs: Node | None, mine: Node | None, place: Place
    ) -> Any:
        held = self.held(place, base=base, theirs=theirs, mine=mine)
        if held is DOES_NOT_FIT:
            return DOES_NOT_FIT
        b, t, m = held
        if unchanged(t if t is not None else m, b):
            return None  # the survivor only spelled the document differently
        outcome = self.emptied(b, t, m, place.inside())
        if outcome is DOES_NOT_FIT:
            return DOES_NOT_FIT
        return written_back(outcome, ((t, theirs), (m, mine), (b, base)))


def empty_value(base: Node, place: Place) -> Node | None:
    """What `empties` takes a deleted value to be: None where its type has no empty value."""
    if base.kind == "object":
        return Node("object", "{}", {}, {})
    if base.kind == "array":
        return array_node([])
    if base.kind == "number" and place.merge == "counter":
        return number_node("0")
    return None


def counter(base: Node | None, theirs: Node, mine: Node, place: Place) -> Any:
    """Both sides' increments count: numbers only, and a missing base counts as zero."""
    numbers = [node for node in (base, theirs, mine) if node is not None]
    if any(node.kind != "number" for node in numbers):
        return DOES_NOT_FIT
    total = add_counters(
        base.value if base is not None else None,
        theirs.value,
        mine.value,
        place.parameters.get("min"),
        place.parameters.get("max"),
    )
    return number_node(total) if total is not None else DOES_NOT_FIT
