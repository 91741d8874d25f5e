"""The laws of a merge, as properties of live objects and of texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from documents import EVERY, LAWFUL, copied, documents, rule_sets, triples
from hypothesis import given, settings
from hypothesis import strategies as st
from session_merge import Conflict, Merge, merge, merge_json
from spelling import compact, unordered

Triple = tuple[Any, Any, Any]


def text_merge(base: Any, theirs: Any, mine: Any, rules: Any = None) -> Merge[Any]:
    return merge_json(compact(base), compact(theirs), compact(mine), rules)


def identical(value: Any) -> Any:
    return value


FORMS = [
    pytest.param(merge, identical, id="objects"),
    pytest.param(text_merge, json.loads, id="texts"),
]
Merging = Callable[..., Merge[Any]]
Reading = Callable[[Any], Any]


@pytest.mark.parametrize(("merging", "read"), FORMS)
@given(documents, documents, rule_sets(EVERY))
def test_one_side_alone_decides(
    merging: Merging, read: Reading, base: Any, side: Any, rules: dict[str, Any]
) -> None:
    for triple in [(base, base, side), (base, side, base)]:
        result = merging(*triple, rules)
        assert unordered(read(result.value)) == unordered(side)
        assert result.conflicts == []
    # Mine is stored as it is spelled unless it is the same as base.
    result = text_merge(base, base, side, rules)
    if unordered(base) != unordered(side):
        assert result.value == compact(side)
    assert text_merge(base, side, base, rules).value == compact(side)


@pytest.mark.parametrize(("merging", "read"), FORMS)
@given(documents, documents, rule_sets(LAWFUL))
def test_an_edit_made_twice_is_made_once(
    merging: Merging, read: Reading, base: Any, side: Any, rules: dict[str, Any]
) -> None:
    result = merging(base, side, copied(side), rules)
    assert unordered(read(result.value)) == unordered(side)
    assert not result.changed
    assert result.patch() == []


@pytest.mark.parametrize(("merging", "read"), FORMS)
@given(triples(), rule_sets(EVERY))
def test_the_patch_leads_from_theirs_to_the_result(
    merging: Merging, read: Reading, triple: Triple, rules: dict[str, Any]
) -> None:
    result = merging(*triple, rules)
    patched = apply(copied(triple[1]), result.patch())
    assert unordered(patched) == unordered(read(result.value))
    assert result.changed == (unordered(triple[1]) != unordered(patched))


@given(triples(), rule_sets(EVERY))
def test_inputs_are_never_changed(triple: Triple, rules: dict[str, Any]) -> None:
    before = [compact(document) for document in triple]
    merge(*triple, rules).patch()
    assert [compact(document) for document in triple] == before


@settings(max_examples=300)
@given(triples(), rule_sets(EVERY))
def test_objects_merge_as_their_texts_do(triple: Triple, rules: dict[str, Any]) -> None:
    objects, texts = merge(*triple, rules), text_merge(*triple, rules)
    assert compact(objects.value) == compact(json.loads(texts.value))
    assert objects.changed == texts.changed
    assert unordered(objects.patch()) == unordered(texts.patch())
    assert [(c.pointer, c.kind, c.winner) for c in objects.conflicts] == [
        (c.pointer, c.kind, c.winner) for c in texts.conflicts
    ]


@pytest.mark.parametrize(("merging", "read"), FORMS)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), documents, min_size=8, max_size=8),
    st.dictionaries(st.sampled_from("abcd"), documents),
    st.dictionaries(st.sampled_from("efgh"), documents),
)
def test_edits_of_different_members_do_not_meet(
    merging: Merging,
    read: Reading,
    base: dict[str, Any],
    theirs: dict[str, Any],
    mine: dict[str, Any],
) -> None:
    result = merging(base, {**base, **theirs}, {**base, **mine})
    assert unordered(read(result.value)) == unordered({**base, **theirs, **mine})
    assert result.conflicts == []


@given(
    triples(),
    rule_sets(
        [mode for mode in LAWFUL if mode["merge"] not in ("text", "embedded")],
        conflicts=("mine", "theirs", "base"),
    ),
)
def test_sides_can_be_swapped(triple: Triple, rules: dict[str, Any]) -> None:
    base, theirs, mine = triple
    rules.setdefault("conflict", "mine")
    one = merge(base, theirs, mine, rules)
    other = merge(base, mine, theirs, mirrored(rules))
    assert places(one.conflicts) == places(other.conflicts)
    assert regardless_of_order(one.value) == regardless_of_order(other.value)


MIRRORED = {"mine": "theirs", "theirs": "mine"}


def mirrored(rules: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key, rule in rules.items():
        if key == "conflict":
            found[key] = MIRRORED.get(rule, rule)
        elif isinstance(rule, dict) and "conflict" in rule:
            found[key] = {**rule, "conflict": MIRRORED.get(rule["conflict"], rule["conflict"])}
        else:
            found[key] = rule
    return found


def places(conflicts: list[Conflict]) -> list[str]:
    return sorted(conflict.pointer for conflict in conflicts)


def regardless_of_order(value: Any) -> str:
    """A text that neither the order of members and elements nor the type of numbers changes."""
    if isinstance(value, dict):
        return str(sorted((name, regardless_of_order(member)) for name, member in value.items()))
    if isinstance(value, list):
        return str(sorted(regardless_of_order(element) for element in value))
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    return repr(value)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(-5, 5), st.sets(st.integers(0, 9))), min_size=2, max_size=4))
def test_the_order_of_writers_does_not_matter(writers: list[tuple[int, set[int]]]) -> None:
    rules = {"/count": "counter", "/tags": "set", "/list": {"merge": "keyed", "key": "id"}}
    base = {"count": 7, "tags": [0, 1, 2], "list": [{"id": "base"}]}
    sides = [
        {
            "count": 7 + added,
            "tags": sorted(tags),
            "list": [*base["list"], {"id": number}],
            f"own{number}": added,
        }
        for number, (added, tags) in enumerate(writers)
    ]
    results = set()
    for order in permutations(sides):
        stored: Any = base
        for side in order:
            stored = merge(base, stored, side, rules).value
        assert stored["count"] == 7 + sum(added for added, _ in writers)
        results.add(regardless_of_order(stored))
    assert len(results) == 1


def apply(document: Any, patch: list[dict[str, Any]]) -> Any:
    """A JSON Patch of the three operations that merges make, to members of objects alone."""
    for operation in patch:
        *parents, name = operation["path"].split("/")
        if not parents:
            assert operation["op"] == "replace"
            document = operation["value"]
            continue
        names = [part.replace("~1", "/").replace("~0", "~") for part in [*parents[1:], name]]
        target = document
        for parent in names[:-1]:
            target = target[parent]
        assert (names[-1] in target) == (operation["op"] != "add")
        if operation["op"] == "remove":
            del target[names[-1]]
        else:
            target[names[-1]] = copied(operation["value"])
    return document
