"""What only live Python objects can be or do."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import enum
import sys
import threading
import uuid
from collections import OrderedDict, defaultdict
from typing import Any

import pytest
from session_merge import MISSING, DepthError, Rules, merge


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


class Raising:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __eq__(self, other: object) -> bool:
        raise self.error

    def __hash__(self) -> int:
        raise self.error

    def __str__(self) -> str:
        raise self.error


class Key(Raising):
    def __hash__(self) -> int:
        return 7


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_what_a_value_raises_comes_out_as_it_is(error: BaseException) -> None:
    one, other = Raising(error), Raising(error)
    triples: list[tuple[Any, Any, Any]] = [
        (one, other, 1),
        ({"a": one}, {"a": other}, {}),
        ([one], [other], [other, 1]),
        ({Key(error): 1}, {Key(error): 2}, {}),
    ]
    for triple in triples:
        with pytest.raises(type(error)) as raised:
            merge(*triple)
        assert raised.value is error
    with pytest.raises(type(error)):
        merge([], [one], [other], {"": "set"})


def test_what_a_key_raises_while_it_is_named() -> None:
    class Nameless(Key):
        def __eq__(self, other: object) -> bool:
            return self is other

        __hash__ = Key.__hash__

    key = Nameless(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        merge({key: 1}, {key: 2}, {key: 3})


def test_an_array_like_answer_to_equality_is_an_error_of_its_own() -> None:
    class Array:
        def __eq__(self, other: object) -> Any:
            return self

        def __bool__(self) -> bool:
            raise ValueError("ambiguous")

        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(ValueError, match="ambiguous"):
        merge([Array()], [Array()], [])


def test_values_without_a_hash_are_merged_in_lists() -> None:
    class Plain:
        def __init__(self, number: int) -> None:
            self.number = number

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Plain) and self.number == other.number

        __hash__ = None  # type: ignore[assignment]

    base = [Plain(1), ([],), bytearray(b"x"), {1}]
    theirs = [Plain(1), ([],), bytearray(b"x"), {1}, Plain(2)]
    mine = [Plain(0), Plain(1), ([],), bytearray(b"x"), {1}]
    merged = merge(base, theirs, mine)
    assert merged.value == [Plain(0), Plain(1), ([],), bytearray(b"x"), {1}, Plain(2)]
    assert merged.conflicts == []
    decimals = [decimal.Decimal("sNaN")]
    with pytest.raises(decimal.InvalidOperation):
        merge(decimals, [decimal.Decimal("sNaN")], [])


@pytest.mark.parametrize("place", ["base", "theirs", "mine"])
def test_a_container_that_holds_itself_is_too_deep(place: str) -> None:
    looped: dict[str, Any] = {"first": [1]}
    looped["itself"] = [looped]
    inputs: dict[str, Any] = {"base": {}, "theirs": {}, "mine": {}, place: looped}
    with pytest.raises(DepthError) as deep:
        merge(**inputs, rules={"max_depth": 4})
    assert (deep.value.input, deep.value.pointer) == (place, "/itself/0/itself/0")


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_a_hundred_thousand_levels(kind: str) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep] if kind == "list" else {"a": deep}
    for triple in [(deep, 1, 2), (1, deep, 2), (1, 2, deep), (deep, deep, deep)]:
        with pytest.raises(DepthError) as error:
            merge(*triple)
        assert error.value.pointer.count("/") == 128


@pytest.mark.parametrize("kind", ["list", "dict", "keyed"])
def test_the_deepest_that_can_be_allowed(kind: str) -> None:
    def nested(inside: Any, levels: int) -> Any:
        for _ in range(levels):
            inside = {"a": inside} if kind == "dict" else [inside]
        return inside

    def innermost(value: Any) -> Any:
        while isinstance(value, (list, dict)):
            value = value["a"] if kind == "dict" else value[0]
        return value

    rules = Rules({"max_depth": 1024, "/**": {"merge": "keyed", "key": "a"}})
    if kind != "keyed":
        rules = Rules({"max_depth": 1024})
    found = []

    def run() -> None:
        result = merge(nested(1, 1024), nested(1.0, 1024), nested(3, 1024), rules)
        found.append(innermost(result.value))
        found.append(innermost(result.patch()[0]["value"]))

    run()
    thread = threading.Thread(target=run)  # which has a stack of its own, and often a smaller one
    thread.start()
    thread.join()
    assert found == [3] * 4
    with pytest.raises(DepthError):
        merge(1, 1, nested(1, 1025), rules)


def test_shared_containers_are_looked_at_once() -> None:
    """Else this would take 2 to the power of 100 steps."""
    shared: list[Any] = []
    for _ in range(100):
        shared = [shared, shared]
    assert merge(shared, shared, shared).value is shared
    with pytest.raises(DepthError):
        merge(shared, shared, shared, {"max_depth": 99})


class Meddler:
    """A value that changes a container whenever it is compared."""

    def __init__(self, meddle: Any) -> None:
        self.meddle = meddle

    def __eq__(self, other: object) -> bool:
        self.meddle()
        return isinstance(other, Meddler)

    def __hash__(self) -> int:
        self.meddle()
        return 1


def test_containers_that_change_while_they_are_merged() -> None:
    """Whatever comes out: no crash, and no panic."""
    for grow in (True, False):
        inputs: list[Any] = [{}, {}, {}]
        numbers = iter(range(10**9))

        def meddle(inputs: list[Any] = inputs, numbers: Any = numbers, grow: bool = grow) -> None:
            for container in inputs:
                if grow:
                    container[f"new{next(numbers)}"] = [1]
                    container["list"].append(next(numbers))
                else:
                    container.clear()

        for container in inputs:
            members = {f"key{n}": Meddler(meddle) for n in range(20)}
            container.update(members)
            container[Meddler(lambda: None)] = 1
            container["list"] = [Meddler(meddle), 1, Meddler(meddle), 2]
            container["set"] = {Meddler(lambda: None)}
            container["inner"] = {"a": [Meddler(meddle)]}
        for rules in ({}, {"/**": "set"}, {"/**": "ordered"}, {"/list": "append"}):
            with contextlib.suppress(RuntimeError, KeyError):
                merge(*inputs, rules).patch()


@pytest.mark.parametrize("in_list", [False, True])
def test_a_document_that_grows_deeper_while_it_is_merged(in_list: bool) -> None:
    documents: list[dict[str, Any]] = [{}, {}, {}]

    def tie() -> None:
        for document in documents:
            document["loop"] = document

    triple: list[Any] = [{"a": Meddler(tie), "x": document} for document in documents]
    if in_list:
        triple = [[document] for document in triple]
    with pytest.raises(RecursionError if in_list else DepthError):
        merge(*triple)


def test_a_result_that_was_tied_to_itself_has_no_patch() -> None:
    theirs = {"a": {"b": 1}, "c": 1}
    result = merge({"a": {"b": 1}, "c": 1}, theirs, {"a": {"b": 1}, "c": 1, "d": 2})
    result.value["a"] = result.value
    theirs["a"] = theirs
    with pytest.raises((DepthError, RecursionError)):
        result.patch()


def test_threads_share_rules_and_documents() -> None:
    rules = Rules({"/n": "counter", "/l": "append", "/x": {"conflict": lambda b, t, m: t + m}})
    base = {"n": 0, "l": [], "x": 1, "d": {"a": 1}}
    expected = {"n": 3, "l": [1, 2], "x": 5, "d": {"a": 1, "b": 1, "c": 1}}
    theirs = {"n": 1, "l": [1], "x": 2, "d": {"a": 1, "b": 1}}
    mine = {"n": 2, "l": [2], "x": 3, "d": {"a": 1, "c": 1}}
    wrong: list[Any] = []

    def run() -> None:
        for _ in range(500):
            value = merge(base, theirs, mine, rules).value
            if value != expected:
                wrong.append(value)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_references_are_given_back() -> None:
    marker = object()
    before = sys.getrefcount(marker)
    base, theirs, mine = ({"m": marker, "l": [marker], "k": n} for n in range(3))
    for _ in range(100):
        result = merge(base, theirs, mine, {"/k": {"conflict": lambda b, t, m: marker}})
        assert result.value["k"] is marker
        result.patch()
    del base, theirs, mine, result
    assert sys.getrefcount(marker) == before


def test_a_missing_side_of_a_conflict() -> None:
    record = merge({"a": 1}, {}, {"a": 2}).conflicts[0]
    assert (record.base, record.theirs, record.mine) == (1, MISSING, 2)
    assert merge({}, {"a": None}, {"a": 1}).conflicts[0].theirs is None
