"""Random documents and rule sets for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = "abcde"

numbers = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.0, 1.0, 1.5, -2.5, 1e300, 2.0**53]),
    st.sampled_from([2**53, 2**53 + 1, -(2**70), 10**30]),
)
words = st.lists(st.sampled_from(["x", "y", " ", "z\n", "é", "😀"]), max_size=5).map("".join)
scalars = st.one_of(st.none(), st.booleans(), numbers, words)


def containers(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    elements = st.one_of(inside, st.fixed_dictionaries({"id": st.integers(0, 3), "a": inside}))
    return st.one_of(
        st.lists(elements, max_size=5),
        st.dictionaries(st.sampled_from(NAMES), inside, max_size=4),
    )


values = st.recursive(scalars, containers, max_leaves=8)
documents = st.one_of(st.dictionaries(st.sampled_from(NAMES), values, max_size=5), values)


@st.composite
def edited(draw: st.DrawFn, value: Any) -> Any:
    """The value with random edits in it; it shares no container with the original."""
    choice = draw(st.integers(0, 9))
    if choice == 0:
        return draw(values)
    if isinstance(value, dict):
        result = {}
        for name, member in value.items():
            fate = draw(st.integers(0, 5))
            if fate > 0:
                result[name] = draw(edited(member)) if fate > 2 else copied(member)
        if draw(st.booleans()):
            result[draw(st.sampled_from(NAMES))] = draw(values)
        return result
    if isinstance(value, list):
        result = []
        for element in value:
            fate = draw(st.integers(0, 7))
            if fate > 0:
                result.append(draw(edited(element)) if fate == 1 else copied(element))
        if draw(st.booleans()):
            result.insert(draw(st.integers(0, len(result))), draw(values))
        return result
    if isinstance(value, (int, float)) and not isinstance(value, bool) and choice < 4:
        return value + draw(st.integers(-2, 2)) if abs(value) < 1e9 else value
    return value


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [copied(element) for element in value]
    return value


@st.composite
def triples(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """Base, theirs and mine."""
    base = draw(documents)
    return base, draw(edited(base)), draw(edited(base))


def rule_sets(
    modes: list[Any],
    conflicts: tuple[Any, ...] = ("mine", "theirs", "base", "max", "min", {"latest": "id"}),
) -> st.SearchStrategy[dict[str, Any]]:
    """Rule sets with a few patterns of these modes."""
    rule = st.fixed_dictionaries(
        {},
        optional={
            "conflict": st.sampled_from(conflicts),
            "delete": st.sampled_from(["wins", "loses", "empties"]),
        },
    )
    with_mode = st.tuples(rule, st.sampled_from(modes)).map(lambda pair: {**pair[0], **pair[1]})
    segments = st.sampled_from([*NAMES, "*", "**"])
    patterns = st.lists(segments, max_size=3).map(lambda names: "".join(f"/{n}" for n in names))
    options = st.fixed_dictionaries(
        {},
        optional={
            "conflict": st.sampled_from(conflicts),
            "delete": st.sampled_from(["wins", "loses", "empties"]),
            "groups": st.sampled_from(
                [[["/a", "/b"]], [["/a"], ["/c", "/d"]], [["/**/a", "/**/c"]]]
            ),
        },
    )
    rules = st.dictionaries(patterns, st.one_of(rule, with_mode), max_size=4)
    return st.tuples(rules, options).map(lambda pair: {**pair[0], **pair[1]})


LAWFUL = [
    {"merge": "deep"},
    {"merge": "atomic"},
    {"merge": "set"},
    {"merge": "ordered"},
    {"merge": "keyed", "key": "id"},
    {"merge": "text"},
    {"merge": "embedded"},
]
ADDING = [
    {"merge": "counter"},
    {"merge": "counter", "min": -1, "max": 2},
    {"merge": "append"},
    {"merge": "append", "unique": True, "limit": 2},
]
EVERY = LAWFUL + ADDING
