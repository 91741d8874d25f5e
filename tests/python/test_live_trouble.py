"""Live objects that raise, hold themselves, change under way, or are shared between threads."""

from __future__ import annotations

import contextlib
import decimal
import sys
import threading
from typing import Any

import pytest
from session_merge import DepthError, Rules, merge


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
    """An end is what counts: what was read before the document grew is merged as it was."""
    documents: list[dict[str, Any]] = [{}, {}, {}]

    def tie() -> None:
        for document in documents:
            document["loop"] = document

    triple: list[Any] = [{"a": Meddler(tie), "x": document} for document in documents]
    if in_list:
        triple = [[document] for document in triple]
    with contextlib.suppress(RecursionError, DepthError):
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
