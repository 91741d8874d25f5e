"""The laws of the merge semantics, each as a property of the reference."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from reference import MergeConflict, Result, merge_json
from reference.align import align, chunks
from reference.document import Node, array_node, object_node, parse
from reference.errors import JSONError
from reference.generate import cases, long_lists
from reference.sameness import equal, same

pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

settings.register_profile(
    "laws",
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("laws")

NAMES = st.sampled_from(["a", "b", "c", "k", "s", "t", "e"])
INTEGERS = st.integers(0, 4).map(str)
SCALARS = INTEGERS | st.sampled_from(
    [
        "1.0",
        "2.5",
        "-0",
        "0.0",
        "1e0",
        "NaN",
        "null",
        "true",
        '"a"',
        '"\\u0061"',
        '"b c"',
        '"b d c"',
    ]
)


def object_text(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in pairs.items()) + "}"


def array_text(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(NAMES, values, max_size=4).map(object_text)


def keyed_lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Lists of objects with distinct keys, in any order."""
    element = st.dictionaries(st.sampled_from(["q", "r"]), values, max_size=2)
    entry = st.tuples(st.sampled_from("123456"), element)
    return st.lists(entry, max_size=5, unique_by=lambda pair: pair[0]).map(
        lambda entries: array_text([object_text({"id": key, **rest}) for key, rest in entries])
    )


DOCUMENTS = st.recursive(
    SCALARS | keyed_lists(SCALARS) | st.lists(INTEGERS, max_size=5).map(array_text),
    lambda inner: (
        objects(inner) | st.lists(inner, max_size=4).map(array_text) | inner.map(json.dumps)
    ),
    max_leaves=8,
)
TRIPLES = st.tuples(objects(DOCUMENTS), objects(DOCUMENTS), objects(DOCUMENTS))

MODES: list[Any] = [
    *("deep", "atomic", "counter", "set", "ordered", "append", "text", "embedded"),
    {"merge": "keyed", "key": "id"},
    {"merge": "append", "unique": True},
    {"merge": "embedded", "root": {"merge": "keyed", "key": "id"}, "delete": "empties"},
    {"merge": "embedded", "root": "append", "delete": "empties"},
    {"merge": "set", "delete": "empties"},
]
SETTINGS: list[Any] = [
    *({"conflict": winner} for winner in ("mine", "theirs", "base")),
    *({"delete": outcome} for outcome in ("wins", "loses", "empties")),
]
PATTERNS = st.sampled_from(
    ["", "/a", "/b", "/c", "/k", "/*", "/**", "/*/*", "/k/*", "/a*", "/**/b"]
)


def rule_sets(*without: str) -> st.SearchStrategy[dict[str, Any]]:
    """Random rule sets, without those modes."""
    rules = [rule for rule in MODES + SETTINGS if not any(mode in str(rule) for mode in without)]
    groups = st.sampled_from([[], [["/a", "/b"]], [["/*/a", "/*/c"]]])
    return st.builds(
        lambda patterns, options, groups: {**patterns, **options, "groups": groups},
        st.dictionaries(PATTERNS, st.sampled_from(rules), max_size=4),
        st.fixed_dictionaries({}, optional={"conflict": st.sampled_from(["theirs", "base"])}),
        groups,
    )


def document(text: str) -> Node:
    return parse(text, "test", 1024)


def canonical(node: Node | None, *, ordered: bool = True) -> Any:
    """A comparable form under *equal*; embedded documents count as what they hold.

    Without `ordered`, arrays are compared as bags.
    """
    if node is None or node.kind in ("null", "boolean"):
        return (node.kind, node.value) if node else ("missing",)
    if node.kind == "number":
        number = node.value
        return ("number", number.sign, number.digits, number.exponent, number.special or "")
    if node.kind == "string":
        try:
            held = document(node.value)
        except JSONError:
            return ("string", node.value)
        return ("embedded", canonical(held, ordered=ordered))
    if node.kind == "array":
        items = [canonical(item, ordered=ordered) for item in node.value]
        return ("array", items if ordered else sorted(items, key=repr))
    items = [(name, canonical(item, ordered=ordered)) for name, item in node.value.items()]
    return ("object", sorted(items, key=repr))


@given(TRIPLES, rule_sets())
def test_identity(triple: tuple[str, str, str], rules: dict[str, Any]) -> None:
    base, side, _ = triple
    for theirs, mine in ((base, side), (side, base)):
        result = merge_json(base, theirs, mine, rules)
        assert result.conflicts == []
        expected = theirs if same(document(side), document(base)) else side
        assert result.value == expected
        assert result.changed == (not same(document(result.value), document(theirs)))


@given(TRIPLES, rule_sets("counter", "append"))
def test_idempotence(triple: tuple[str, str, str], rules: dict[str, Any]) -> None:
    base, side, _ = triple
    result = merge_json(base, side, side, rules)
    assert same(document(result.value), document(side))
    assert result.conflicts == [] and not result.changed and result.patch == "[]"


@given(objects(SCALARS), st.dictionaries(NAMES, SCALARS | st.none()), st.sets(NAMES))
def test_edits_of_different_members_never_interact(
    base: str, edits: dict[str, str | None], of_theirs: set[str]
) -> None:
    def applied(names: set[str]) -> str:
        members = {name: node.text for name, node in document(base).value.items()}
        for name in names:
            members.pop(name, None)
            if edits[name] is not None:
                members[name] = edits[name]
        return object_text(members)

    theirs, mine = edits.keys() & of_theirs, edits.keys() - of_theirs
    result = merge_json(base, applied(theirs), applied(mine))
    assert result.conflicts == []
    assert equal(document(result.value), document(applied(set(edits))))


def mirrored(rule: Any) -> Any:
    """The rules as the other side would write them."""
    if isinstance(rule, dict):
        return {key: mirrored(value) for key, value in rule.items()}
    return {"mine": "theirs", "theirs": "mine"}.get(rule, rule) if isinstance(rule, str) else rule


@given(TRIPLES, rule_sets())
def test_swapping_the_sides(triple: tuple[str, str, str], rules: dict[str, Any]) -> None:
    base, theirs, mine = triple
    rules = {"conflict": "mine", **rules}
    one = merge_json(base, theirs, mine, rules)
    other = merge_json(base, mine, theirs, mirrored(rules))
    if any(conflict.kind == "order" and conflict.winner == "mine" for conflict in one.conflicts):
        assume(rules["conflict"] != "base")  # then mine wins on both sides of the mirror
    assert pointers(one) == pointers(other)
    assert unordered(one.value) == unordered(other.value)


def pointers(result: Result) -> list[str]:
    return sorted(conflict.pointer for conflict in result.conflicts)


def unordered(text: str) -> Any:
    return canonical(document(text), ordered=False)


PLAIN = st.recursive(SCALARS, objects, max_leaves=10)


@given(objects(PLAIN), objects(PLAIN), objects(PLAIN))
def test_every_change_is_in_the_result_or_the_report(base: str, theirs: str, mine: str) -> None:
    result = merge_json(base, theirs, mine)
    b, t, m, value = map(leaves, (base, theirs, mine, result.value))
    reported = [conflict.pointer + "/" for conflict in result.conflicts]
    for side, other in ((t, m), (m, t)):
        for pointer in side.keys() | b.keys():
            changed = not equal(side.get(pointer), b.get(pointer))
            if not changed or not equal(other.get(pointer), b.get(pointer)):
                continue
            if not any(f"{pointer}/".startswith(place) for place in reported):
                assert equal(value.get(pointer), side.get(pointer))


def leaves(text: str, pointer: str = "") -> dict[str, Node]:
    """Every scalar by its pointer."""
    node = document(text)
    if node.kind != "object":
        return {pointer: node}
    found: dict[str, Node] = {}
    for name, value in node.value.items():
        found.update(leaves(value.text, f"{pointer}/{name}"))
    return found


@given(TRIPLES, rule_sets("counter", "text", "embedded"))
def test_no_leaf_is_invented(triple: tuple[str, str, str], rules: dict[str, Any]) -> None:
    known = set().union(*(scalars(document(text)) for text in triple))
    assert scalars(document(merge_json(*triple, rules).value)) <= known


def scalars(node: Node) -> set[str]:
    if node.kind == "array":
        return set().union(*map(scalars, node.value))
    if node.kind == "object":
        return set().union(*map(scalars, node.value.values()))
    return {node.text}


@given(TRIPLES, rule_sets())
def test_the_patch_applied_to_theirs_gives_the_result(
    triple: tuple[str, str, str], rules: dict[str, Any]
) -> None:
    assert_patch(triple[1], merge_json(*triple, rules))


def assert_patch(theirs: str, result: Result) -> None:
    node = document(theirs)
    operations = document(result.patch).value
    for operation in operations:
        path = operation.value["path"].value.split("/")[1:]
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path]
        node = patched(node, steps, operation.value["op"].value, operation.value.get("value"))
    assert same(node, document(result.value))
    assert result.changed == bool(operations)


def patched(node: Node, steps: list[str], op: str, value: Node | None) -> Node:
    """RFC 6902 as far as it is used: steps lead through objects only."""
    if not steps:
        assert op == "replace" and value is not None
        return value
    members = dict(node.value)
    name = steps[0]
    if len(steps) > 1:
        members[name] = patched(members[name], steps[1:], op, value)
    elif op == "add":
        assert name not in members
        members[name] = value
    else:
        assert name in members
        del members[name]
        if op == "replace":
            members[name] = value
    return object_node([(name, json.dumps(name), member) for name, member in members.items()])


FOLDED = st.fixed_dictionaries(
    {},
    optional={
        "a": objects(INTEGERS),
        "b": objects(objects(SCALARS)),
        "c": INTEGERS,
        "k": keyed_lists(INTEGERS),
        "s": st.lists(INTEGERS, max_size=4).map(array_text),
    },
).map(object_text)
FOLD_RULES = {
    "/c": "counter",
    "/a/*": "counter",
    "/s": "set",
    "/k": {"merge": "keyed", "key": "id"},
    "/k/*/q": "counter",
}


@given(FOLDED, st.lists(FOLDED, min_size=2, max_size=3))
def test_lost_races_give_one_result_in_any_order(base: str, writers: list[str]) -> None:
    outcomes = []
    for turn in permutations(writers):
        stored = base
        for mine in turn:
            result = merge_json(base, stored, mine, FOLD_RULES)
            assume(not result.conflicts)
            stored = result.value
        outcomes.append(unordered(stored))
    assert all(outcome == outcomes[0] for outcome in outcomes)


SHORT = st.lists(st.sampled_from("abc"), max_size=6)


@given(SHORT, SHORT)
def test_alignments_are_longest(base: list[str], side: list[str]) -> None:
    pairs = align(base, side, lambda a, b: a == b)
    assert all(base[i] == side[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert len(pairs) == longest_by_trying(base, side)


def longest_by_trying(base: list[str], side: list[str]) -> int:
    if not base or not side:
        return 0
    if base[0] == side[0]:
        return 1 + longest_by_trying(base[1:], side[1:])
    return max(longest_by_trying(base[1:], side), longest_by_trying(base, side[1:]))


@given(SHORT, SHORT, SHORT)
def test_chunks_cover_the_three_lists(base: list[str], theirs: list[str], mine: list[str]) -> None:
    parts = chunks(base, theirs, mine, lambda a, b: a == b)
    for side, whole in (("base", base), ("theirs", theirs), ("mine", mine)):
        pieces = [getattr(part, side) for part in parts]
        assert [item for piece in pieces for item in piece] == whole


def test_random_merges_keep_the_laws() -> None:
    """The generated cases reach what the strategies above do not: odd spellings, fail, depth."""
    for base, theirs, mine, rules in cases(seed=1, count=3000):
        try:
            result = merge_json(base, theirs, mine, rules)
        except MergeConflict as error:
            assert any(conflict.winner is None for conflict in error.conflicts)
            continue
        except ValueError:
            continue
        assert_patch(theirs, result)
        assert all(conflict.winner for conflict in result.conflicts)
        assert same(document(merge_json(base, base, mine, rules).value), document(mine))


def test_random_merges_are_the_same_every_time() -> None:
    assert list(cases(seed=7, count=20)) == list(cases(seed=7, count=30))[:20]


def test_long_lists_are_aligned_at_their_ends_only() -> None:
    for base, theirs, mine, rules in long_lists(seed=1, count=4):
        assert_patch(theirs, merge_json(base, theirs, mine, rules))
    before = array_node([document(str(i)) for i in range(600)]).text
    doubled = array_node([document(str(i + 599 * (0 < i < 599))) for i in range(600)]).text
    result = merge_json(before, doubled, "[0,7,599]")
    assert [conflict.kind for conflict in result.conflicts] == ["edit-edit"]


def test_numbers_in_canonical_form_are_exact() -> None:
    for text in ("0", "-0", "12.50e3", "0.00012", "-7e-3", "100", "1e2"):
        number = document(text).value
        power = number.exponent - len(number.digits)
        exact = Fraction(number.sign * int(number.digits or 0)) * Fraction(10) ** power
        assert exact == Fraction(text)
