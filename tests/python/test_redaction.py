"""What is printed shows places and kinds, and never a value: sessions hold secrets."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from session_merge import MergeConflict, MergeError, Rules, merge, merge_json

SECRET = "hunter-secret"
TOKEN = "k3y-of-a-member"
LONG = "a-name-that-is-longer-than-it-should-be"
HIDDEN = (SECRET, TOKEN, LONG)


def documents() -> list[Any]:
    """Three documents that differ at every kind of place."""
    sides = []
    for side in ("b", "t", "m"):
        value = f"{SECRET}-{side}"
        sides.append(
            {
                "plain": value,
                TOKEN: {"inner": value},
                LONG: [value],
                "list": [value, {"id": value}],
                "words": f"{value} {value}",
                "group": value,
            }
        )
    sides[1].pop("words")
    return sides


RULES: list[dict[str, Any]] = [
    {},
    {"": "atomic"},
    {"/list": {"merge": "keyed", "key": "id"}, "groups": [["/group", "/plain"]]},
    {"conflict": lambda base, theirs, mine: mine},
]


def texts() -> list[str]:
    return [json.dumps(document) for document in documents()]


def raised(call: Callable[[], Any]) -> Iterator[str]:
    """All that an exception may be printed as."""
    with pytest.raises(MergeError) as error:
        call()
    yield str(error.value)
    yield repr(error.value)
    yield "".join(traceback.format_exception_only(error.type, error.value))
    again = pickle.loads(pickle.dumps(error.value))
    yield repr(again)
    if isinstance(error.value, MergeConflict):
        yield repr(error.value.conflicts)


def assert_hidden(printed: str) -> None:
    assert not [secret for secret in HIDDEN if secret in printed], printed


@pytest.mark.parametrize("rules", RULES)
def test_results_and_records(rules: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    for result in (merge(*documents(), rules), merge_json(*texts(), rules)):
        assert result.conflicts
        logging.getLogger("test").warning("%s %r", result, result.conflicts)
        for printed in (result, result.conflicts, *result.conflicts):
            assert_hidden(f"{printed} {printed!r}")
    assert_hidden(caplog.text)


def test_the_full_pointer_and_the_values_are_attributes() -> None:
    result = merge({TOKEN: {"a": 1}}, {TOKEN: {"a": SECRET}}, {TOKEN: {"a": 3}})
    record = result.conflicts[0]
    assert (record.pointer, record.theirs) == (f"/{TOKEN}/a", SECRET)
    assert repr(record) == 'Conflict(edit-edit at "/…/a", winner mine)'
    assert repr(result) == "Merge(changed=True, conflicts: 1)"


@pytest.mark.parametrize("rules", [{"conflict": "fail", "delete": "fail"}, {"": "fail"}])
def test_conflicts_that_fail(rules: dict[str, Any]) -> None:
    for call in (lambda: merge(*documents(), rules), lambda: merge_json(*texts(), rules)):
        printed = list(raised(call))
        assert 'edit-edit at "/plain"' in printed[0]
        assert '"/…/inner"' in printed[0]
        for text in printed:
            assert_hidden(text)


def test_malformed_and_deep_documents() -> None:
    deep: Any = SECRET
    for _ in range(5):
        deep = {TOKEN: deep, "open": [deep]}
    rules = Rules({"max_depth": 3})
    calls = [
        lambda: merge(1, deep, 1, rules),
        lambda: merge_json("1", f'{{"{TOKEN}":' * 9 + "1" + "}" * 9, "1", rules),
        lambda: merge_json("1", f'{{"{TOKEN}": {SECRET}}}', "1"),
        lambda: merge_json("1", f'"{SECRET}', "1"),
        lambda: merge(
            {"a": ""},
            {"a": "1"},
            {"a": f'[[[["{SECRET}"]]]]'},
            {"/a": "embedded", "max_depth": 3},
        ),
    ]
    for call in calls:
        for text in raised(call):
            assert_hidden(text)
