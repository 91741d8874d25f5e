"""Two ways lead through live objects: a fast one for the builtin types, a general one for all.

Subclasses hold the same documents and take the general way: both must come to the same result.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from documents import EVERY, documents, edited, rule_sets
from hypothesis import given
from hypothesis import strategies as st
from reference.generate import cases
from session_merge import DepthError, MergeConflict, RulesError, merge
from spelling import compact, records, unordered


class Dict(dict[str, Any]):
    pass


class List(list[Any]):
    pass


class Str(str):
    __slots__ = ()


class Int(int):
    pass


class Float(float):
    pass


WRAPPERS: dict[type, type] = {dict: Dict, list: List, str: Str, int: Int, float: Float}


def wrapped(value: Any, share: float, rng: Random) -> Any:
    """The value with subclasses for this share of the builtin types in it."""
    if isinstance(value, dict):
        value = {
            wrapped(key, share, rng): wrapped(member, share, rng) for key, member in value.items()
        }
    elif isinstance(value, list):
        value = [wrapped(element, share, rng) for element in value]
    is_chosen = type(value) in WRAPPERS and rng.random() < share
    return WRAPPERS[type(value)](value) if is_chosen else value


def shuffled(value: Any, rng: Random) -> Any:
    """The value with some members in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(member, rng)) for key, member in value.items()]
        if rng.random() < 0.2:
            rng.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return [shuffled(element, rng) for element in value]
    return value


def outcome(inputs: list[Any], rules: Any) -> tuple[Any, ...]:
    """Everything that a merge tells, as texts."""
    before = [compact(document) for document in inputs]
    try:
        result = merge(*inputs, rules)
    except MergeConflict as error:
        return ("conflict", compact(records(error.conflicts)))
    except RulesError as error:
        return ("rules", error.pattern)
    except DepthError as error:
        return ("depth", error.input, error.pointer)
    finally:
        assert [compact(document) for document in inputs] == before
    report = compact(records(result.conflicts))
    # A member in another order is no difference, so that the patch is told apart from the value.
    return ("merged", compact(result.value), result.changed, report, unordered(result.patch()))


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05])
def test_both_ways_on_random_documents(share: float) -> None:
    compared = 0
    for base, theirs, mine, rules in cases(int(share * 100) + 500, 1500):
        rng = Random(base + mine)
        try:
            inputs = [shuffled(json.loads(text), rng) for text in (base, theirs, mine)]
        except ValueError:
            continue
        others = [wrapped(document, share, rng) for document in inputs]
        parsed = json.loads(rules)
        assert outcome(others, parsed) == outcome(inputs, parsed), (inputs, rules)
        compared += 1
    assert compared > 1000


@given(st.data())
def test_both_ways_on_edited_documents(data: st.DataObject) -> None:
    base = data.draw(documents)
    inputs = [base, data.draw(edited(base)), data.draw(edited(base))]
    rules = data.draw(rule_sets(EVERY))
    expected = outcome(inputs, rules)
    assert outcome([wrapped(document, 1, Random(0)) for document in inputs], rules) == expected
    kept = [json.loads(json.dumps(document)) for document in inputs]
    assert outcome(kept, rules) == expected  # no two of them share an object


@pytest.mark.parametrize("kind", [dict, Dict])
@pytest.mark.parametrize("at", range(0, 60, 7))
def test_members_in_any_order(kind: type, at: int) -> None:
    names = [f"name{number}" for number in range(60)]
    base = kind((name, [number]) for number, name in enumerate(names))
    theirs = kind((name, base[name]) for name in reversed(names) if name != names[at])
    mine = kind((name, list(base[name])) for name in names[at:] + names[:at])
    mine[names[(at + 30) % 60]] = "changed"
    del mine[names[(at + 20) % 60]]
    mine["new"] = 1
    result = merge(base, theirs, mine)
    expected = {name: mine.get(name) for name in reversed(names) if name in mine}
    expected.pop(names[at], None)
    expected["new"] = 1
    assert list(result.value.items()) == list(expected.items())
    assert result.conflicts == []


@pytest.mark.parametrize("kind", [dict, Dict])
def test_what_both_removed_or_theirs_alone(kind: type) -> None:
    base = kind(a=1, b=2, c=3)
    assert merge(base, kind(b=2), kind(a=1, b=5, c=3)).value == {"b": 5}
    assert merge(base, kind(), kind(a=1, b=2)).value == {}
    assert merge(base, kind(a=1), kind(a=1)).value == {"a": 1}
    assert merge({"o": base}, {"o": kind(a=1, b=2, c=3)}, {"o": kind(a=1)}).value == {"o": {"a": 1}}
    emptied = {"delete": "empties"}
    assert merge({"o": base}, {"o": kind(a=1, b=2)}, {}, emptied).value == {}
    assert merge({"o": base}, {"o": kind(a=1, x=2)}, {}, emptied).value == {"o": {"x": 2}}


@pytest.mark.parametrize("place", ["base", "theirs", "mine"])
@pytest.mark.parametrize("kind", [dict, Dict])
@pytest.mark.parametrize("inside", ["same", "changed", "new", "list", "shared"])
def test_depth_counts_wherever_it_is(place: str, kind: type, inside: str) -> None:
    inputs: dict[str, Any] = {side: kind(a=kind(b=[1]), z=1) for side in ("base", "theirs", "mine")}
    deep: Any = [[[1]]]
    if inside == "same":
        inputs = {side: kind(a=kind(b=[[[1]]]), z=1) for side in inputs}
        place = "base"
    elif inside == "changed":
        inputs[place]["a"]["b"] = deep
    elif inside == "new":
        inputs[place]["b"] = kind(b=deep)
        inputs[place]["a"]["b"] = [2]
    elif inside == "list":
        inputs = {side: kind(a=[0, 1, kind(x=2)]) for side in inputs}
        inputs[place]["a"][2]["x"] = deep
    else:
        inputs = {side: kind(a=kind(b=deep), b=deep) for side in inputs}
        place = "base"
    merge(**inputs, rules={"max_depth": 6})
    with pytest.raises(DepthError) as error:
        merge(**inputs, rules={"max_depth": 4})
    assert error.value.input == place
