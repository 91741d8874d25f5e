"""The shared vectors, through live objects, through str and through bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from session_merge import (
    DepthError,
    JSONError,
    Merge,
    MergeConflict,
    Rules,
    RulesError,
    merge,
    merge_json,
)
from spelling import compact, parsed, records, unordered

VECTORS = Path(__file__).parent.parent / "vectors"
SIDES = ("base", "theirs", "mine")


def load(*outcomes: str) -> list[Any]:
    """The cases with one of these outcomes."""
    cases = []
    for path in sorted(VECTORS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            if any(outcome in case for outcome in outcomes):
                cases.append(pytest.param(case, id=f"{path.stem}-{case['name']}"))
    return cases


def texts(case: dict[str, Any]) -> list[str]:
    as_text = case.get("text", False)
    return [case[side] if as_text else compact(case[side]) for side in SIDES]


def values(case: dict[str, Any]) -> list[Any]:
    """Three documents that share nothing."""
    if case.get("only") == "text":
        pytest.skip("for texts only")
    return [json.loads(text) for text in texts(case)]


def merged_text(case: dict[str, Any], as_bytes: bool) -> Merge[Any]:
    rules = Rules(case.get("rules", {}))
    inputs = texts(case)
    if as_bytes:
        return merge_json(*[text.encode() for text in inputs], rules)
    return merge_json(*inputs, rules)


def as_str(value: Any) -> Any:
    """Bytes, anywhere in a report, as the str they spell."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [as_str(element) for element in value]
    if isinstance(value, dict):
        return {key: as_str(element) for key, element in value.items()}
    return value


def assert_kinds(report: list[dict[str, Any]], as_bytes: bool) -> None:
    kind = bytes if as_bytes else str
    assert all(type(record[side]) is kind for record in report for side in SIDES if side in record)


def assert_text_report(report: list[dict[str, Any]], case: dict[str, Any], as_bytes: bool) -> None:
    assert_kinds(report, as_bytes)
    found = as_str(report)
    if case.get("text"):
        assert found == case["conflicts"]
    else:
        assert unordered(parsed(found)) == unordered(case["conflicts"])


@pytest.mark.parametrize("as_bytes", [False, True], ids=["str", "bytes"])
@pytest.mark.parametrize("case", load("value"))
def test_texts(case: dict[str, Any], as_bytes: bool) -> None:
    result = merged_text(case, as_bytes)
    assert type(result.value) is type(result.patch_text()) is (bytes if as_bytes else str)
    assert as_str(result.value) == (case["value"] if case.get("text") else compact(case["value"]))
    assert result.changed == case["changed"]
    assert_text_report(records(result.conflicts), case, as_bytes)
    patch = as_str(result.patch_text())
    assert unordered(result.patch()) == unordered(json.loads(patch))
    if case.get("text"):
        assert patch == case["patch"]
    else:
        assert unordered(json.loads(patch)) == unordered(case["patch"])


@pytest.mark.parametrize("case", load("value"))
def test_objects(case: dict[str, Any]) -> None:
    inputs = values(case)
    result = merge(*inputs, case.get("rules", {}))
    as_text = case.get("text", False)
    value = json.loads(case["value"]) if as_text else case["value"]
    assert compact(result.value) == compact(value)
    assert result.changed == case["changed"]
    conflicts = parsed(case["conflicts"]) if as_text else case["conflicts"]
    assert unordered(records(result.conflicts)) == unordered(conflicts)
    patch = json.loads(case["patch"]) if as_text else case["patch"]
    assert unordered(result.patch()) == unordered(patch)
    assert [compact(document) for document in inputs] == [
        compact(document) for document in values(case)
    ]


@pytest.mark.parametrize("as_bytes", [False, True], ids=["str", "bytes"])
@pytest.mark.parametrize("case", load("fails"))
def test_refused_texts(case: dict[str, Any], as_bytes: bool) -> None:
    with pytest.raises(MergeConflict) as refused:
        merged_text(case, as_bytes)
    assert_text_report(records(refused.value.conflicts), case, as_bytes)


@pytest.mark.parametrize("case", load("fails"))
def test_refused_objects(case: dict[str, Any]) -> None:
    inputs = values(case)
    with pytest.raises(MergeConflict) as refused:
        merge(*inputs, case.get("rules"))
    expected = parsed(case["conflicts"]) if case.get("text") else case["conflicts"]
    assert unordered(records(refused.value.conflicts)) == unordered(expected)


@pytest.mark.parametrize("case", load("rules_error"))
def test_refused_rules(case: dict[str, Any]) -> None:
    with pytest.raises(RulesError) as refused:
        Rules(case["rules"])
    assert refused.value.pattern == case["rules_error"]["pattern"]
    with pytest.raises(RulesError):
        merge(1, 1, 1, case["rules"])
    with pytest.raises(RulesError):
        merge_json("1", "1", "1", case["rules"])


@pytest.mark.parametrize("as_bytes", [False, True], ids=["str", "bytes"])
@pytest.mark.parametrize("case", load("json_error"))
def test_malformed_texts(case: dict[str, Any], as_bytes: bool) -> None:
    with pytest.raises(JSONError) as malformed:
        merged_text(case, as_bytes)
    error = malformed.value
    found = {"input": error.input, "line": error.line, "column": error.column}
    assert found == case["json_error"]


@pytest.mark.parametrize("as_bytes", [False, True], ids=["str", "bytes"])
@pytest.mark.parametrize("case", load("depth_error"))
def test_deep_texts(case: dict[str, Any], as_bytes: bool) -> None:
    with pytest.raises(DepthError) as deep:
        merged_text(case, as_bytes)
    expected = case["depth_error"]
    assert deep.value.pointer == expected["pointer"]
    assert deep.value.input == expected.get("input", deep.value.input)


@pytest.mark.parametrize("case", load("depth_error"))
def test_deep_objects(case: dict[str, Any]) -> None:
    inputs = values(case)
    with pytest.raises(DepthError) as deep:
        merge(*inputs, case.get("rules"))
    expected = case["depth_error"]
    assert deep.value.pointer == expected["pointer"]
    assert deep.value.input == expected.get("input", deep.value.input)
