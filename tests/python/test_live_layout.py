"""However objects lie in memory, read in place or not: what differs is seen, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from session_merge import merge


class Bag:
    """Its instances' dictionaries keep names and values apart."""

    def __init__(self, **members: Any) -> None:
        self.__dict__.update(members)


def fresh(text: str) -> str:
    """A string of its own, equal to the text."""
    return "".join(list(text)) if len(text) != 1 else text


def is_change(base: Any, mine: Any) -> bool:
    """Whether mine is seen to differ, alone and as a member beside another that changed."""
    alone = merge({"it": base}, {"it": base}, {"it": mine}).changed
    inside = merge(
        {"in": {"it": base}, "n": 1}, {"in": {"it": base}, "n": 1}, {"in": {"it": mine}, "n": 1}
    ).changed
    assert alone == inside
    return alone


@pytest.mark.parametrize("letter", ["a", "é", "€", "𝄞"])
@pytest.mark.parametrize("length", [*range(1, 20), 31, 32, 33, 64, 200])
def test_strings_of_every_width_and_length(letter: str, length: int) -> None:
    text = letter * length
    assert not is_change(fresh(text), fresh(text))
    assert is_change(text, text + letter)
    for at in {0, length // 2, length - 1}:
        for other in ("b", "ê", "₭", "𝄢"):
            changed = text[:at] + other + text[at + 1 :]
            assert is_change(fresh(text), fresh(changed))
            merged = merge({text: 1, "n": 1}, {text: 1, "n": 2}, {changed: 1, "n": 1}).value
            assert merged == {changed: 1, "n": 2}


@pytest.mark.parametrize("digits", [0, 1, 14, 15, 16, 29, 30, 31, 45, 59, 60, 61, 62, 63, 64, 90])
def test_integers_of_one_digit_and_more(digits: int) -> None:
    numbers = [sign * (2**digits + less) for sign in (1, -1) for less in (-1, 0, 1)]
    for number in numbers:
        for other in numbers:
            assert is_change(int(str(number)), int(str(other))) == (number != other)


@pytest.mark.parametrize("size", [1, 5, 6, 11, 100, 300, 70_000])
def test_tables_of_every_size_with_gaps(size: int) -> None:
    def table(gaps: int) -> dict[str, int]:
        made = {f"name {number}": number for number in range(size + gaps)}
        for number in range(size, size + gaps):
            del made[f"name {number}"]
        return made

    base, theirs, mine = table(0), table(7), table(3)
    assert not merge({"in": base}, {"in": theirs}, {"in": mine}).changed
    first = next(iter(mine))
    del mine[first]
    mine["own"] = -1
    theirs["name 0" if size > 1 else "other"] = -2
    merged = merge({"in": base}, {"in": theirs}, {"in": mine}, {"delete": "loses"}).value["in"]
    assert merged == ({**theirs, "own": -1} if size > 1 else {"other": -2, "own": -1})


def test_names_apart_from_values() -> None:
    base, theirs, mine = Bag(a=1, b=[1], c="c"), Bag(a=1, b=[1], c="d"), Bag(a=2, b=[1], c="c")
    documents = [vars(bag) for bag in (base, theirs, mine)]
    assert merge(*documents).value == {"a": 2, "b": [1], "c": "d"}
    plain = [dict(document) for document in documents]
    for at in range(3):
        mixed = [*plain[:at], documents[at], *plain[at + 1 :]]
        assert merge({"in": mixed[0]}, {"in": mixed[1]}, {"in": mixed[2]}).value == {
            "in": {"a": 2, "b": [1], "c": "d"}
        }


def test_keys_of_other_types_among_strings() -> None:
    base: dict[Any, Any] = {"a": 1, 2: "b", "c": [None]}
    theirs, mine = {**base, "a": 2}, {**base, 2: "B", (3, 4): "d"}
    assert merge(base, theirs, mine).value == {"a": 2, 2: "B", "c": [None], (3, 4): "d"}
