"""``assert_merges``: it lets pass what is right, and tells what is not."""

from __future__ import annotations

import doctest
import subprocess
import sys
from typing import Any

import pytest
import session_merge.testing
from session_merge import Merge, MergeConflict, Rules
from session_merge.testing import assert_merges

BASE: dict[str, Any] = {"visits": 1, "name": "Ann", "cart": {"pen": 1}}
THEIRS: dict[str, Any] = {"visits": 2, "name": "Anne", "cart": {"pen": 2}}
MINE: dict[str, Any] = {"visits": 2, "name": "Anna", "cart": {"pen": 1}, "b/~": True}
MERGED: dict[str, Any] = {"visits": 3, "name": "Anna", "cart": {"pen": 2}, "b/~": True}
RULES = {"/visits": "counter"}


def failure(expected: object, **options: Any) -> str:
    with pytest.raises(AssertionError) as failed:
        assert_merges(BASE, THEIRS, MINE, expected, **{"rules": RULES, **options})
    return str(failed.value)


def test_the_example() -> None:
    assert doctest.testmod(session_merge.testing).attempted > 0
    assert doctest.testmod(session_merge.testing).failed == 0


@pytest.mark.parametrize(
    "conflicts",
    [
        ["/name"],
        [("/name",)],
        [("/name", "edit-edit")],
        (("/name", "edit-edit", "mine"),),
        None,
    ],
)
def test_what_is_right(conflicts: Any) -> None:
    merged = assert_merges(BASE, THEIRS, MINE, MERGED, rules=RULES, conflicts=conflicts)
    assert isinstance(merged, Merge)
    assert merged.value == MERGED


def test_rules_may_be_compiled() -> None:
    assert_merges(1, 2, 3, 4, rules=Rules({"": "counter"}))
    assert_merges(1, 2, 3, 3, conflicts=[""])


def test_a_value_that_differs() -> None:
    text = failure({**MERGED, "visits": 2}, conflicts=None)
    assert text == (
        "The merge is not as expected.\n"
        "  at /visits: expected 2, but is 3\n"
        "\n"
        "/visits\n"
        "  base    1\n"
        "  theirs  edited  2\n"
        "  mine    edited  2\n"
        '  rule    merge counter, from "/visits"\n'
        "  result  merged: by the law of counter  3"
    )


def test_values_that_are_missing_or_too_many() -> None:
    expected = {"visits": 3, "name": "Anna", "cart": {"pen": 2, "a~b/c": 0}}
    text = failure(expected, conflicts=None)
    assert "  at /cart/a~0b~1c: expected 0, but is missing\n" in text
    assert "  at /b~1~0: not expected, but is True\n" in text
    assert "result  mine: only mine changed it  true" in text
    assert "/visits" not in text


@pytest.mark.parametrize("almost", [{"b/~": 1}, {"visits": 3.0}])
def test_what_python_calls_equal_is_not_the_same(almost: dict[str, Any]) -> None:
    assert {**MERGED, **almost} == MERGED
    (name,) = almost
    assert name.replace("~", "~0").replace("/", "~1") in failure(
        {**MERGED, **almost}, conflicts=None
    )


def test_the_whole_document() -> None:
    assert "  at (root): expected 7, but is 3\n" in failure_of_scalars(7)


def failure_of_scalars(expected: object) -> str:
    with pytest.raises(AssertionError) as failed:
        assert_merges(1, 2, 3, expected, rules={}, conflicts=None)
    return str(failed.value)


def test_a_conflict_that_was_not_expected() -> None:
    text = failure(MERGED)
    assert "  at /name: a conflict that was not expected, edit-edit -> mine\n" in text
    assert "rule    conflict mine, by default" in text


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (["/name", "/visits"], "at /visits: expected a conflict, of any kind"),
        ([("/name", "add-add")], "at /name: expected a conflict, add-add"),
        ([("/name", "edit-edit", "theirs")], "expected a conflict, edit-edit -> theirs"),
        (["/name", "/name"], "at /name: expected a conflict"),
    ],
)
def test_a_conflict_that_is_not_there(expected: Any, told: str) -> None:
    assert told in failure(MERGED, conflicts=expected)


def test_a_group_is_told_of_by_its_members() -> None:
    sides = [{"id": n, "hash": n} for n in range(3)]
    with pytest.raises(AssertionError) as failed:
        assert_merges(*sides, {"id": 1, "hash": 1}, rules={"groups": [["/id", "/hash"]]})
    assert "group /id, /hash" in str(failed.value)


def test_what_the_rules_forbid_comes_through() -> None:
    with pytest.raises(MergeConflict):
        assert_merges(1, 2, 3, 3, rules={"": "fail"})


def test_objects_that_are_no_json() -> None:
    sides = [{"at": {1, n}, 5: n} for n in range(3)]
    with pytest.raises(AssertionError, match="expected 1, but is 2"):
        assert_merges(*sides, {"at": {1, 2}, 5: 1}, rules={"/at": "set"}, conflicts=None)


def test_django_is_not_imported() -> None:
    code = "import session_merge.testing, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
