"""What is explained of a merge is what the merge does: on random documents and rules."""

from __future__ import annotations

from typing import Any

from documents import EVERY, rule_sets, triples
from hypothesis import given, settings
from session_merge import Conflict, MergeConflict, Rules, merge
from session_merge._deciding import Decided, deciding
from session_merge._places import Place, places
from session_merge._printed import Shown, printed

WINNERS = {
    "mine": {"mine"},
    "theirs": {"theirs"},
    "base": {"base"},
    "max": {"mine", "theirs"},
    "min": {"mine", "theirs"},
    "fail": {None},
}


def covers(place: Place, pointer: str) -> bool:
    tops = [f"{place.pointer}/{name}" for name in place.members] or [place.pointer]
    return any(f"{pointer}/".startswith(f"{top}/") for top in tops)


def is_above(pointer: str, place: Place) -> bool:
    return f"{place.pointer}/".startswith(f"{pointer}/")


@settings(max_examples=150)
@given(triples(), rule_sets(EVERY))
def test_every_change_lies_in_a_place(triple: Any, mapping: dict[str, Any]) -> None:
    base, theirs, mine = triple
    rules = Rules(mapping)
    told = places(base, theirs, mine, rules)
    result = merge(base, theirs, mine, rules).value
    for operation in merge(base, base, result).patch():
        pointer = operation["path"]
        assert any(covers(place, pointer) or is_above(pointer, place) for place in told.found)
    listed = [decided.conflict.pointer for place in told.found for decided in place.conflicts]
    assert sorted(listed) == sorted(conflict.pointer for conflict in told.conflicts)
    text = "\n".join(printed(told, Shown(names=True, values=True)))
    assert text.endswith("conflict" if len(told.conflicts) == 1 else "conflicts")


@settings(max_examples=150)
@given(triples(), rule_sets(EVERY))
def test_who_won_is_who_wins_by_the_rule_that_is_named(
    triple: Any, mapping: dict[str, Any]
) -> None:
    rules = Rules(mapping)
    for conflict in merge(*triple, rules).conflicts:
        check(deciding(rules, conflict), conflict)


@settings(max_examples=100)
@given(triples(), rule_sets(EVERY, conflicts=("fail", "mine")))
def test_so_it_is_with_what_is_forbidden(triple: Any, mapping: dict[str, Any]) -> None:
    rules = Rules(mapping)
    try:
        conflicts = merge(*triple, rules).conflicts
    except MergeConflict as refusal:
        conflicts = refusal.conflicts
        assert places(*triple, rules).failed
    for conflict in conflicts:
        check(deciding(rules, conflict), conflict)


def test_what_both_added_empty_is_a_place() -> None:
    for rules, empty in (({}, {}), ({"/a": {"merge": "keyed", "key": "id"}}, [])):
        (place,) = places({}, {"a": empty}, {"a": empty}, Rules(rules)).found
        assert (place.pointer, place.theirs, place.mine) == ("/a", "added", "added")


def check(decided: Decided, conflict: Conflict) -> None:
    value: Any = decided.said.value
    if decided.field == "merge":
        assert value["merge"] == "keyed"
        assert conflict.winner in ("both", None)
    elif decided.field == "delete" and conflict.kind != "group":
        assert (conflict.winner == "deleted") == (value in ("wins", "empties"))
    elif conflict.kind == "order":
        assert conflict.winner == (
            "theirs" if value == "theirs" else None if value == "fail" else "mine"
        )
    elif decided.field == "conflict" and conflict.kind != "group":
        assert conflict.winner in (WINNERS[value] if isinstance(value, str) else {"mine", "theirs"})
    elif decided.field == "conflict":
        counts_as = value if value in ("theirs", "base", "fail") else "mine"
        assert conflict.winner in WINNERS[counts_as]
