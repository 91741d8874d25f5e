"""The reference against the shared vectors, and the laws of the merge semantics as properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reference import DepthError, JSONError, MergeConflict, RulesError, merge_json
from reference.rules import compile_rules

VECTORS = Path(__file__).parent.parent / "vectors"


def load_cases() -> list:
    cases = []
    for path in sorted(VECTORS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            cases.append(pytest.param(case, id=f"{path.stem}-{case['name']}"))
    return cases


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def unordered(value: Any) -> str:
    """For reports and patches, where the order of members says nothing; here `1` is not true."""
    return json.dumps(value, sort_keys=True)


def records(conflicts: list, as_text: bool) -> list[dict]:
    """The report in the form of the vectors: values as JSON, or as JSON texts."""
    found = []
    for conflict in conflicts:
        record = {"pointer": conflict.pointer, "kind": conflict.kind, "winner": conflict.winner}
        for side in ("base", "theirs", "mine"):
            text = getattr(conflict, side)
            if text is not None:
                record[side] = text if as_text else json.loads(text)
        found.append(record)
    return found


def assert_records(conflicts: list, case: dict) -> None:
    found = records(conflicts, case.get("text", False))
    assert found == case["conflicts"]
    assert unordered(found) == unordered(case["conflicts"])


@pytest.mark.parametrize("case", load_cases())
def test_vector(case: dict) -> None:
    as_text = case.get("text", False)
    rules = case.get("rules", {})
    if "rules_error" in case:
        with pytest.raises(RulesError) as refused:
            compile_rules(rules)
        assert refused.value.pattern == case["rules_error"]["pattern"]
        return
    texts = [case[side] if as_text else compact(case[side]) for side in ("base", "theirs", "mine")]
    if "json_error" in case:
        with pytest.raises(JSONError) as malformed:
            merge_json(*texts, rules)
        error, expected = malformed.value, case["json_error"]
        assert (error.input, error.line, error.column) == (
            expected["input"],
            expected["line"],
            expected["column"],
        )
    elif "depth_error" in case:
        with pytest.raises(DepthError) as deep:
            merge_json(*texts, rules)
        expected = case["depth_error"]
        assert deep.value.pointer == expected["pointer"]
        assert deep.value.input == expected.get("input", deep.value.input)
    elif case.get("fails"):
        with pytest.raises(MergeConflict) as conflict:
            merge_json(*texts, rules)
        assert_records(conflict.value.conflicts, case)
    else:
        result = merge_json(*texts, rules)
        assert result.value == (case["value"] if as_text else compact(case["value"]))
        assert result.changed == case["changed"]
        assert_records(result.conflicts, case)
        if as_text:
            assert result.patch == case["patch"]
        else:
            assert unordered(json.loads(result.patch)) == unordered(case["patch"])


def longer(base: str | None, theirs: str, mine: str) -> str:
    """A winner by code: whichever text is longer, marked when base is missing."""
    chosen = max(theirs, mine, key=len)
    return chosen if base is not None else f"[{chosen}]"


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "rules", "value"),
    [
        ("1", "22", "3", {"conflict": longer}, "22"),
        ("{}", '{"a":22}', '{"a":3}', {"/a": {"conflict": longer}}, '{"a":[22]}'),
        ("[1]", "[2,2]", "[3]", {"conflict": longer}, "[2,2]"),
        ('"a"', '"b c"', '"d"', {"": {"merge": "text", "conflict": longer}}, '"b c"'),
        (
            '{"a":1}',
            '{"a":22}',
            '{"a":3}',
            {"conflict": longer, "groups": [["/a", "/b"]]},
            '{"a":3}',
        ),
    ],
)
def test_a_callable_decides(base: str, theirs: str, mine: str, rules: dict, value: str) -> None:
    result = merge_json(base, theirs, mine, rules)
    assert result.value == value
    expected = "mine" if "groups" in rules else "custom"
    assert [conflict.winner for conflict in result.conflicts] == [expected]


def test_a_callable_is_not_asked_about_deletions() -> None:
    result = merge_json('{"a":1}', "{}", '{"a":3}', {"conflict": longer})
    assert (result.value, result.conflicts[0].winner) == ("{}", "deleted")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("nul", 1, 4),
        ("01", 1, 2),
        ("[1,]", 1, 4),
        ('{"a":1,}', 1, 8),
        ("1\n 2", 2, 2),
        ('"😀" x', 1, 5),
        ('"\\u12g4"', 1, 6),
        ("-Infinit", 1, 9),
        ("[1\r\n,,]", 2, 2),
    ],
)
def test_malformed_text_is_refused_where_it_stops_being_json(
    text: str, line: int, column: int
) -> None:
    with pytest.raises(JSONError) as malformed:
        merge_json("1", text, "1")
    error = malformed.value
    assert (error.input, error.line, error.column) == ("theirs", line, column)


def test_documents_may_nest_as_deep_as_the_rules_allow() -> None:
    texts = ['{"a":' * 1024 + leaf + "}" * 1024 for leaf in "123"]
    result = merge_json(*texts, {"max_depth": 1024})
    assert [conflict.pointer for conflict in result.conflicts] == ["/a" * 1024]
    with pytest.raises(DepthError) as deep:
        merge_json(*texts, {"max_depth": 1023})
    assert (deep.value.input, deep.value.pointer) == ("base", "/a" * 1023)
