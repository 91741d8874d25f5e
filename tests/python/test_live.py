"""What only live Python objects can be or do."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections import OrderedDict, defaultdict
from typing import Any

import pytest
from session_merge import MISSING, DepthError, merge


def test_what_did_not_change_is_the_same_object() -> None:
    kept, theirs_own, mine_own = {"deep": [1, {"x": 2}]}, [2], {"z": {}}
    base = {"kept": kept, "theirs": [1], "mine": {}}
    theirs = {"kept": kept, "theirs": theirs_own, "mine": {}}
    mine = {"kept": kept, "theirs": [1], "mine": mine_own}
    value = merge(base, theirs, mine).value
    assert value == {"kept": kept, "theirs": theirs_own, "mine": mine_own}
    assert value["kept"] is kept
    assert value["theirs"] is theirs_own
    assert value["mine"] is mine_own
    assert value is not theirs
    assert value is not mine


def test_an_unchanged_side_gives_the_other_side_itself() -> None:
    base, other = {"a": [1]}, {"a": [1, 2]}
    assert merge(base, other, {"a": [1]}).value is other
    assert merge(base, {"a": [1]}, other).value is other
    assert merge(base, other, base).value is other
    assert not merge(base, other, base).changed


def test_merged_containers_are_plain_and_fresh() -> None:
    class Dict(dict[str, Any]):
        pass

    class List(list[Any]):
        pass

    base = Dict(a=List([1]), b=Dict(), c=1)
    theirs = Dict(a=List([1, 2]), b=Dict(x=1), c=1)
    mine = Dict(a=List([0, 1]), b=Dict(y=2), c=1)
    value = merge(base, theirs, mine).value
    assert value == {"a": [0, 1, 2], "b": {"x": 1, "y": 2}, "c": 1}
    assert [type(value), type(value["a"]), type(value["b"])] == [dict, list, dict]
    assert (base, theirs, mine) == (
        {"a": [1], "b": {}, "c": 1},
        {"a": [1, 2], "b": {"x": 1}, "c": 1},
        {"a": [0, 1], "b": {"y": 2}, "c": 1},
    )


def test_ordered_dictionaries_keep_their_order() -> None:
    theirs = OrderedDict(a=1, b=2, c=3)
    theirs.move_to_end("a")
    value = merge({"a": 0, "b": 2, "c": 3}, theirs, {"a": 0, "b": 2, "c": 4}).value
    assert list(value.items()) == [("b", 2), ("c", 4), ("a", 1)]


def test_a_default_dictionary_is_not_asked_for_defaults() -> None:
    theirs = defaultdict(list, a=1)
    value = merge({"a": 0}, theirs, {"a": 0, "b": 2}).value
    assert value == {"a": 1, "b": 2}
    assert theirs == {"a": 1}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, True, False),
        (0, False, False),
        (1, 1.0, False),
        (0.0, -0.0, True),
        (float("nan"), float("nan"), True),
        (float("inf"), float("inf"), True),
        (10**40, 10**40, True),
        (10**40, 10**40 + 1, False),
        (2**53 + 1, float(2**53), False),
        (None, 0, False),
        ("a", "a", True),
        ("\ud800", "\ud800", True),
        ("\ud800", "\ud801", False),
        ([1], [True], False),
        ({"a": 1}, {"a": 1.0}, False),
        ((1, 2), (1, 2), True),
        ((1, 2), [1, 2], False),
        (b"a", b"a", True),
        (b"a", bytearray(b"a"), False),
        ({1, 2}, {2, 1}, True),
        ({1}, frozenset({1}), False),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00"), True),
        (decimal.Decimal(1), 1, False),
        (datetime.date(2024, 1, 1), datetime.date(2024, 1, 1), True),
        (datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), False),
        (uuid.UUID(int=1), uuid.UUID(int=1), True),
        (1 + 2j, 1 + 2j, True),
        (range(3), range(3), True),
    ],
)
def test_same(one: Any, other: Any, same: bool) -> None:
    """A change to what is the same is none: nothing conflicts, and theirs is kept."""
    result = merge({"x": one}, {"x": "theirs"}, {"x": other}, {"conflict": "mine"})
    assert (result.value == {"x": "theirs"}) == (same or (one == other and is_number(one, other)))
    assert merge(one, other, other).changed is False
    assert merge({"x": one}, {"x": one}, {"x": other}).changed == (not same)


def is_number(*values: Any) -> bool:
    return all(type(value) in (int, float) for value in values)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Color(str, enum.Enum):
    RED = "red"


class Loud(str):
    def __eq__(self, other: object) -> bool:
        raise AssertionError

    def __hash__(self) -> int:
        return super().__hash__()


class Odd(int):
    def __eq__(self, other: object) -> bool:
        raise AssertionError

    def __hash__(self) -> int:
        raise AssertionError

    def __index__(self) -> int:
        raise AssertionError


class Real(float):
    def __eq__(self, other: object) -> bool:
        raise AssertionError

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Level.LOW, 1),
        (Color.RED, "red"),
        (Loud("a"), "a"),
        (Odd(10**30), 10**30),
        (Real(1.5), 1.5),
        (OrderedDict(a=1), {"a": 1}),
    ],
)
def test_subclasses_count_by_what_they_hold(one: Any, other: Any) -> None:
    assert not merge([one], [one], [other]).changed
    assert not merge([other], [one], [other]).changed
    assert merge([other, 3], [one, 4], [other, 3, 5], {"": "set"}).value == [one, 4, 5]


def test_subclasses_of_numbers_are_counted() -> None:
    rules = {"": "counter"}
    assert merge(Level.LOW, Level.HIGH, Odd(4), rules).value == 5
    assert merge(Real(1.5), Odd(2), Real(2.5), rules).value == 3.0
    assert merge(True, 2, 3, rules).value == 3  # a boolean is no number


def test_counters_of_any_size() -> None:
    rules = {"": "counter"}
    assert merge(2**100, 2**100 + 1, 2**100 + 2, rules).value == 2**100 + 3
    result = merge(0, 2**127 - 1, 1, rules)
    assert (result.value, result.conflicts[0].kind) == (1, "edit-edit")
    assert type(merge(0, 10**400, 0.5, rules).conflicts[0].theirs) is int
    assert merge(0.0, 2**200, 1, rules).value == float(2**200)
    assert merge(0, float("nan"), 1, rules).conflicts
    assert str(merge(0.5, 0.25, 0.25, rules).value) == "0.0"


def test_sets() -> None:
    rules = {"/**": "set"}
    assert merge({1, 2}, {1, 2, 3}, {2, 4}, rules).value == {2, 3, 4}
    frozen = merge(frozenset({1, 2}), frozenset({1, 2, 3}), frozenset({2}), rules).value
    assert frozen == {2, 3}
    assert type(frozen) is frozenset
    assert type(merge({1}, {1, 2}, {1, 3}, rules).value) is set
    assert merge({"s": {1}}, {"s": {1, 2}}, {"s": {3}}).conflicts[0].kind == "edit-edit"
    assert merge({"s": {1}}, {"s": {1, 2}}, {"s": [1]}, rules).conflicts[0].kind == "edit-edit"
    assert merge({1}, {1, 2}, {1, 2}, rules).changed is False
    result = merge({(1, 2)}, {(1, 2), (3,)}, {(1, 2), (True, 2)}, rules)
    assert result.value == {(1, 2), (3,)}


def test_a_set_that_one_side_deleted_may_count_as_empty() -> None:
    rules = {"/s": {"merge": "set", "delete": "empties"}}
    result = merge({"s": {1, 2}}, {"s": {1, 2, 3}}, {}, rules)
    assert result.value == {"s": {3}}
    assert result.conflicts == []
    frozen = merge({"s": frozenset({1})}, {}, {"s": frozenset({1, 2})}, rules).value["s"]
    assert frozen == frozenset({2})
    assert type(frozen) is frozenset
    assert merge({"s": {1, 2}}, {"s": {1}}, {}, rules).value == {}


def test_keys_of_any_type_are_named_by_their_text() -> None:
    base = {1: 1, "1": 1, None: 1, (2, "a/b"): 1, 2.5: 1, True + 1: 1}
    theirs = {key: 2 for key in base}
    mine = {key: 3 for key in base}
    result = merge(base, theirs, mine)
    pointers = [conflict.pointer for conflict in result.conflicts]
    assert pointers == ["/1", "/1", "/None", "/(2, 'a~1b')", "/2.5", "/2"]
    assert merge({7: 1}, {7: 2}, {7: 2}, {"/7": "counter"}).value == {7: 3}
    assert merge({7: 1}, {7: 2}, {7: 2}, {"/7": "counter"}).patch() == [
        {"op": "replace", "path": "/7", "value": 3}
    ]
    groups = {"groups": [["/1", "/2"]]}
    assert merge({1: 0, 2: 0}, {1: 1, 2: 0}, {1: 0, 2: 2}, groups).value == {1: 0, 2: 2}


def test_fields_are_found_by_the_name_of_a_key() -> None:
    keyed = {"": {"merge": "keyed", "key": "1"}}
    value = merge([{1: "a"}], [{1: "a", "x": 1}], [{1: "a", "y": 2}], keyed).value
    assert value == [{1: "a", "x": 1, "y": 2}]
    latest = {"": {"merge": "atomic", "conflict": {"latest": "5"}}}
    assert merge({}, {5: 9}, {5: 8}, latest).value == {5: 9}


def test_strings_with_lone_surrogates() -> None:
    base = {"\ud800": "a \udfff b"}
    theirs = {"\ud800": "a \udfff b c"}
    mine = {"\ud800": "x \udfff b"}
    result = merge(base, theirs, mine, {"/*": "text"})
    assert result.value == {"\ud800": "x \udfff b c"}
    result = merge(base, theirs, mine)
    assert result.conflicts[0].pointer == "/\ud800"
    assert result.patch() == [{"op": "replace", "path": "/\ud800", "value": "x \udfff b"}]
    assert merge("\udc80", "\ud800", "\udc80\udc80", {"conflict": "max"}).value == "\udc80\udc80"


def test_documents_in_strings() -> None:
    rules = {"/m": {"merge": "embedded", "root": "append", "delete": "empties"}}
    result = merge({"m": '["m1"]'}, {"m": '["m1", "m2"]'}, {}, rules)
    assert result.value == {"m": '["m2"]'}
    conflict = merge({"m": '{"a":1}'}, {"m": '{"a":2}'}, {"m": '{"a":3}'}, {"/m": "embedded"})
    assert conflict.value == {"m": '{"a":3}'}
    record = conflict.conflicts[0]
    assert (record.pointer, record.base, record.theirs, record.mine) == ("/m/a", 1, 2, 3)
    with pytest.raises(DepthError) as deep:
        merge({"m": "[]"}, {"m": "[1]"}, {"m": "[[[]]]"}, {"/m": "embedded", "max_depth": 3})
    assert (deep.value.input, deep.value.pointer) == (None, "/m/0/0")


def test_a_missing_side_of_a_conflict() -> None:
    record = merge({"a": 1}, {}, {"a": 2}).conflicts[0]
    assert (record.base, record.theirs, record.mine) == (1, MISSING, 2)
    assert merge({}, {"a": None}, {"a": 1}).conflicts[0].theirs is None
