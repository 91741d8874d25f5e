"""Rules that never decide are found, and no other rule is called so."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from session_merge import Rules
from session_merge._unreachable import CLOSED, find_unclear_rules


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        # More specific patterns fit wherever it does, one alone or all together.
        ({"/a*": "set", "/a**": "counter"}, [("shadowed", "/a**", ("/a*",))]),
        ({"/**": "set", "/*/**": "counter", "": "deep"}, [("shadowed", "/**", ("", "/*/**"))]),
        (
            {"/**": "mine", "/*/**": "theirs", "conflict": "min"},
            [("shadowed", "/**", ("", "/*/**"))],
        ),
        # It only fits inside of what is taken whole.
        ({"/cart": "atomic", "/cart/*/qty": "counter"}, [("closed", "/cart/*/qty", ("/cart",))]),
        ({"/l": "append", "/l/*": "counter"}, [("closed", "/l/*", ("/l",))]),
        ({"": "text", "/a": "counter"}, [("closed", "/a", ("",))]),
        # Elements of a list that is not keyed have no names.
        ({"/l": "ordered", "/l/0/n": "counter"}, [("unnamed", "/l/0/n", ("/l",))]),
        # A group decides without asking its members' rules.
        (
            {"/u/id": "atomic", "groups": [["/u/id", "/u/hash"]]},
            [("grouped", "/u/id", ("/u/id", "/u/hash"))],
        ),
        # As specific as each other: only the order of their texts decides.
        ({"/a*b": "counter", "/ab*": "set"}, [("ambiguous", "/ab*", ("/a*b",))]),
        ({"/*/a": {"conflict": "max"}, "/*/~2": "set"}, []),
        # None of these is odd.
        ({}, []),
        ({"/a": {}}, []),
        ({"/visits": "counter", "/*": "atomic", "/**": "mine"}, []),
        ({"/a/*": "atomic", "/a/b": "deep", "/a/*/qty": "counter"}, []),
        ({"/**/qty": "counter", "/**": {"conflict": "theirs"}}, []),
        ({"/a*b": "counter", "/b*a": "set"}, []),
        ({"/a*b": "counter", "/ab*": "counter"}, []),
        ({"/a*b": "counter", "/ab*": "theirs"}, []),
        ({"/l": {"merge": "keyed", "key": "id"}, "/l/7/n": "counter"}, []),
        ({"/l": "ordered", "/l/*/n": "counter"}, []),
        ({"/m": {"merge": "embedded", "root": "ordered"}, "/m/*": "counter"}, []),
        ({"/x": {"conflict": lambda base, theirs, mine: mine}}, []),
    ],
)
def test_what_is_found(rules: dict[str, Any], found: list[tuple[Any, ...]]) -> None:
    assert [tuple(finding) for finding in find_unclear_rules(rules)] == found


SEGMENTS = ["a", "b", "*", "a*", "*b", "**", "ab"]
NAMES = ["a", "b", "ab", "z", "az", "zb", "aab", "azb"]
POINTERS = [
    "".join(f"/{name}" for name in path) for n in range(4) for path in product(NAMES, repeat=n)
]
SAID: list[Any] = [
    "atomic",
    "deep",
    "ordered",
    "counter",
    "fail",
    {"conflict": "max"},
    {"merge": "keyed", "key": "id", "delete": "loses"},
]


def random_rules(dice: random.Random) -> dict[str, Any]:
    """Return rules whose places are all among the pointers, or as one of these."""
    rules: dict[str, Any] = {}
    for _ in range(dice.randint(1, 5)):
        pattern = "".join(f"/{dice.choice(SEGMENTS)}" for _ in range(dice.randint(0, 2)))
        rules[pattern] = dice.choice(SAID)
    if dice.random() < 0.2:
        rules["groups"] = [["/a", "/b"]]
    return rules


def is_closed(pointer: str, rules: Rules) -> bool:
    parts = pointer.split("/")[:-1]
    above = [rules.explain("/".join(parts[: n + 1])).merge.value for n in range(len(parts))]
    return any((mode if isinstance(mode, str) else mode["merge"]) in CLOSED for mode in above)


@pytest.mark.parametrize("seed", range(120))
def test_against_all_places_there_are(seed: int) -> None:
    mapping = random_rules(random.Random(seed))
    rules = Rules(mapping)
    deciding: set[str | None] = set()
    for pointer in POINTERS:
        said = rules.explain(pointer)
        if said.group is None and not is_closed(pointer, rules):
            deciding |= {said.merge.pattern, said.conflict.pattern, said.delete.pattern}
    silent = {one.pattern for one in find_unclear_rules(mapping) if one.kind != "ambiguous"}
    assert silent == {pattern for pattern in mapping if pattern != "groups"} - deciding


def test_too_many_places_are_not_judged() -> None:
    def rules(count: int) -> dict[str, Any]:
        return {f"{'/*' * 6}/x{n}": "counter" for n in range(count)} | {"/**": "atomic"}

    assert [finding.kind for finding in find_unclear_rules(rules(1))] == ["closed"]
    assert find_unclear_rules(rules(12)) == []
