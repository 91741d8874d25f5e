"""Functions that decide conflicts."""

from __future__ import annotations

from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import pytest
from session_merge import MISSING, MergeConflict, Rules, RulesError, merge, merge_json


def combined(base: Any, theirs: Any, mine: Any) -> Any:
    return [base, theirs, mine]


def total(base: Any, theirs: Any, mine: Any) -> Any:
    return theirs + mine


@pytest.mark.parametrize(
    "rules",
    [
        {"conflict": combined},
        {"/a": {"conflict": combined}},
        {"/a": {"merge": "atomic", "conflict": combined}},
        {"": {"conflict": combined}},
        {"/**": {"conflict": combined}, "conflict": "theirs"},
        {"/*": {"conflict": combined}, "/b": {"conflict": total}, "conflict": total},
        MappingProxyType({"/a": OrderedDict(conflict=combined)}),
    ],
)
def test_a_function_may_stand_wherever_a_winner_may(rules: Any) -> None:
    result = merge({"a": 1}, {"a": 2}, {"a": 3}, rules)
    assert result.value == {"a": [1, 2, 3]}
    assert [conflict.winner for conflict in result.conflicts] == ["custom"]
    result = merge_json('{"a": 1}', '{"a": 2}', '{"a": 3}', rules)
    assert result.value == '{"a":[1, 2, 3]}'
    assert [conflict.winner for conflict in result.conflicts] == ["custom"]


def test_each_function_at_its_own_place() -> None:
    rules = Rules({"/a": {"conflict": combined}, "/b": {"conflict": total}, "conflict": "base"})
    inputs = [{"a": n, "b": n, "c": n} for n in (1, 2, 3)]
    assert merge(*inputs, rules).value == {"a": [1, 2, 3], "b": 5, "c": 1}


def test_a_base_that_is_missing() -> None:
    seen: list[Any] = []

    def note(base: Any, theirs: Any, mine: Any) -> Any:
        seen.append(base)
        return mine

    merge({}, {"a": 1}, {"a": 2}, {"conflict": note})
    merge_json("{}", '{"a":1}', '{"a":2}', {"conflict": note})
    assert [base is MISSING for base in seen] == [True, True]


def test_objects_are_passed_as_they_are() -> None:
    inputs = [{"a": (n,)} for n in range(3)]
    seen: list[Any] = []

    def note(*values: Any) -> Any:
        seen.extend(values)
        return values[1]

    assert merge(*inputs, {"conflict": note}).value["a"] is inputs[1]["a"]
    assert all(value is document["a"] for value, document in zip(seen, inputs, strict=True))


def test_a_chunk_of_a_list() -> None:
    rules = {"conflict": lambda base, theirs, mine: [*theirs, *base, *mine]}
    assert merge([0, 1, 9], [0, 2, 9], [0, 3, 9], rules).value == [0, 2, 1, 3, 9]
    assert merge_json("[0,1,9]", "[0,2,9]", "[0,3,9]", rules).value == "[0,2,1,3,9]"
    for call in (lambda r: merge([1], [2], [3], r), lambda r: merge_json("[1]", "[2]", "[3]", r)):
        with pytest.raises(TypeError, match="must return a list"):
            call({"conflict": lambda b, t, m: 5})


def test_inside_an_embedded_document() -> None:
    rules = {"/m": {"merge": "embedded", "root": {"conflict": total}}}
    inputs = [{"m": f'{{"a": {n}}}'} for n in (1, 2, 3)]
    result = merge(*inputs, rules)
    assert result.value == {"m": '{"a":5}'}
    assert [(c.pointer, c.winner, c.theirs) for c in result.conflicts] == [("/m/a", "custom", 2)]
    rules = {
        "/m": {"merge": "embedded", "root": {"merge": "embedded", "root": {"conflict": total}}}
    }
    nested = ['{"m": "\\"1\\""}', '{"m": "\\"2\\""}', '{"m": "\\"3\\""}']
    assert merge_json(*nested, rules).value == '{"m":"\\"5\\""}'
    with pytest.raises(ZeroDivisionError):
        merge(*inputs, {"/m/a": {"conflict": lambda b, t, m: 1 / 0}, "/m": "embedded"})


def test_text_that_is_only_passed_on_keeps_its_spelling() -> None:
    rules = {"conflict": lambda base, theirs, mine: max(theirs, mine)}
    assert merge_json("1", "1e2", "12345678901234567890.10", rules).value == (
        "12345678901234567890.10"
    )
    changed = {"conflict": lambda base, theirs, mine: (theirs.append(9), theirs)[1]}
    assert merge_json('{"a":1}', '{"a":[1]}', '{"a":[2]}', {"/a": {**changed, "merge": "atomic"}})
    result = merge_json("0", "[1]", "[2]", changed)
    assert result.value == "[1, 9]"


def test_answers_are_written_as_json() -> None:
    answers = [float("nan"), "é\ud800", "é", (1, 2), {"b": None}, 10**30]
    texts = ["NaN", '"\\u00e9\\ud800"', '"é"', "[1, 2]", '{"b": null}', str(10**30)]
    for answer, text in zip(answers, texts, strict=True):
        assert merge_json("0", "1", "2", {"conflict": lambda *_, a=answer: a}).value == text
    with pytest.raises(TypeError):
        merge_json("0", "1", "2", {"conflict": lambda *_: {1, 2}})


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("x"), KeyboardInterrupt(), MergeConflict("mine")]
)
def test_what_a_function_raises_comes_out_as_it_is(error: BaseException) -> None:
    def fail(base: Any, theirs: Any, mine: Any) -> Any:
        raise error

    for call in (lambda r: merge(0, 1, 2, r), lambda r: merge_json("0", "1", "2", r)):
        with pytest.raises(type(error)) as raised:
            call({"conflict": fail})
        assert raised.value is error
    large = ["[" + f"{n}," * 20000 + "1]" for n in range(3)]
    with pytest.raises(type(error)):
        merge_json(*large, {"conflict": fail, "": "atomic"})


def test_a_function_may_merge() -> None:
    rules = Rules({"conflict": lambda b, t, m: merge(b, t, m, {"": "counter"}).value})
    assert merge(1, 2, 3, rules).value == 4
    assert merge_json("1", "2", "3", rules).value == "4"


def test_groups_do_not_call_functions() -> None:
    rules = {"groups": [["/a", "/b"]], "conflict": combined}
    result = merge({"a": 1}, {"a": 2}, {"a": 3}, rules)
    assert (result.value, result.conflicts[0].winner) == ({"a": 3}, "mine")


class Unnameable:
    def __str__(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("rules", "pattern"),
    [
        ({"/a": total}, "/a"),
        ({"/a": {"merge": total}}, "/a"),
        ({"/a": {"delete": total}}, "/a"),
        ({"delete": total}, "delete"),
        ({"/a": {"conflict": {"latest": total}}}, "/a"),
        ({"/a": {"conflict": {"resolver": 0}}, "conflict": total}, "/a"),
        ({"conflict": {"resolver": 0}}, "conflict"),
        ({"/a": {"merge": "keyed", "key": {"id"}}}, "/a"),
        ({"/a": {"merge": "keyed", "key": b"id"}}, "/a"),
        ({"/a": {"merge": "counter", "max": float("inf")}}, "/a"),
        ({"/a": {"merge": "counter", "max": 2**64}}, "/a"),
        ({"/a": {1: "mine"}}, "/a"),
        ({"/a": object()}, "/a"),
        ({"/a": "\ud800"}, "/a"),
        ({"/a": None}, "/a"),
        ({"max_depth": True}, "max_depth"),
        ({"max_depth": 0}, "max_depth"),
        ({"max_depth": 1025}, "max_depth"),
        ({"groups": [[1]]}, "groups"),
        ({5: "mine"}, "5"),
        ([], ""),
        ("", ""),
        (5, ""),
    ],
)
def test_rules_that_are_refused(rules: Any, pattern: str) -> None:
    with pytest.raises(RulesError) as refused:
        Rules(rules)
    assert refused.value.pattern == pattern
    assert repr(pattern)[1:-1] in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_rules_that_raise_or_hold_themselves() -> None:
    with pytest.raises(ZeroDivisionError):
        Rules({Unnameable(): 1})
    looped: dict[str, Any] = {"merge": "embedded"}
    looped["root"] = looped
    with pytest.raises(RulesError, match="nested too deep"):
        Rules({"/a": looped})


def test_rules_are_compiled_once() -> None:
    mapping = {"/a": "theirs", "groups": (("/b", "/c"),)}
    rules = Rules(mapping)
    mapping["/a"] = "mine"
    assert merge({"a": 1}, {"a": 2}, {"a": 3}, rules).value == {"a": 2}
    assert merge({"a": 1}, {"a": 2}, {"a": 3}, rules=mapping).value == {"a": 3}
    assert merge({"a": 1}, {"a": 2}, {"a": 3}, rules=None).value == {"a": 3}
    assert '"/a"' in repr(rules)
    with pytest.raises((AttributeError, TypeError)):
        rules.anything = 1  # type: ignore[attr-defined]
