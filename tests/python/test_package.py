"""The package itself: what it exports, how it is typed, and what can be done with its objects."""

from __future__ import annotations

import ast
import copy
import doctest
import gc
import importlib.metadata
import inspect
import pickle
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest
import session_merge
from session_merge import (
    MISSING,
    Conflict,
    DepthError,
    Explanation,
    JSONError,
    Merge,
    MergeConflict,
    MergeError,
    Missing,
    Rules,
    RulesError,
    Said,
    merge,
    merge_json,
)


def test_the_names() -> None:
    public = {name for name in vars(session_merge) if not name.startswith("_")}
    assert public - {"django", "testing"} == set(session_merge.__all__) - {"__version__"}
    assert session_merge.__version__ == importlib.metadata.version("session-merge")
    assert doctest.testmod(session_merge).failed == 0


def test_django_is_not_imported() -> None:
    code = "import session_merge, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_stub_says_what_is_there() -> None:
    folder = Path(session_merge.__file__).parent
    assert (folder / "py.typed").exists()
    stub = ast.parse((folder / "_session_merge.pyi").read_text())
    named: dict[str, set[str]] = {}
    for node in stub.body:
        if isinstance(node, ast.ClassDef):
            members = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            named[node.name] = {name for name in members if not name.startswith("__")}
        elif isinstance(node, ast.FunctionDef):
            named[node.name] = {argument.arg for argument in node.args.args}
    for name, members in named.items():
        value = getattr(session_merge, name)
        if isinstance(value, type):
            assert {member for member in vars(value) if not member.startswith("_")} == members
        else:
            assert set(inspect.signature(value).parameters) == members
    assert {"merge", "merge_json", "Merge", "Conflict", "Rules", "Missing"} == set(named)


def test_the_exceptions() -> None:
    for error in (MergeConflict, RulesError, JSONError, DepthError):
        assert issubclass(error, MergeError)
        assert error.__module__ == "session_merge"
    for error in (RulesError, JSONError, DepthError):
        assert issubclass(error, ValueError)
    assert not issubclass(MergeConflict, ValueError)


def failing() -> list[Any]:
    return [
        lambda: merge({"a": 1}, {"a": [2]}, {}, {"": "fail"}),
        lambda: merge_json("1", "2", "3", {"conflict": "fail"}),
        lambda: Rules({"/x": 1}),
        lambda: merge_json("{", "1", "1"),
        lambda: merge(1, [[]], 1, {"max_depth": 1}),
    ]


@pytest.mark.parametrize("index", range(5))
def test_exceptions_are_pickled_whole(index: int) -> None:
    with pytest.raises(MergeError) as raised:
        failing()[index]()
    error = raised.value
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    for name, value in vars(error).items():
        assert repr(getattr(again, name)) == repr(value)
    if isinstance(error, MergeConflict):
        one, other = again.conflicts[0], error.conflicts[0]
        for name in ("pointer", "kind", "winner", "base", "theirs", "mine"):
            assert getattr(one, name) == getattr(other, name)


def test_records_are_pickled_whole() -> None:
    record = merge({}, {"a/~b": {"\ud800": 1}}, {"a/~b": {"\ud800": 2}}).conflicts[0]
    assert record.pointer == "/a~1~0b/\ud800"
    for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
        assert repr(again) == repr(record)
        assert again.pointer == record.pointer
        assert again.base is MISSING
        assert (again.theirs, again.mine) == (1, 2)


def test_missing() -> None:
    assert not MISSING
    assert repr(MISSING) == "MISSING"
    assert type(MISSING) is Missing
    for again in (pickle.loads(pickle.dumps(MISSING)), copy.copy(MISSING), copy.deepcopy(MISSING)):
        assert again is MISSING
    with pytest.raises(TypeError):
        Missing()


def test_results_cannot_be_changed() -> None:
    result = merge({"a": 1}, {"a": 2}, {"a": 3})
    for target, name in ((result, "value"), (result, "other"), (result.conflicts[0], "winner")):
        with pytest.raises(AttributeError):
            setattr(target, name, 1)
    assert result.conflicts is result.conflicts
    with pytest.raises(TypeError):
        Merge()  # type: ignore[call-arg]


def test_what_rules_say_is_a_tuple_of_the_package() -> None:
    said = Rules({"/a": "counter"}).explain("/a")
    assert isinstance(said, Explanation) and isinstance(said.merge, Said)
    assert Explanation.__module__ == Said.__module__ == "session_merge"
    assert pickle.loads(pickle.dumps(said)) == said


def test_generic_aliases() -> None:
    assert Merge[str].__origin__ is Merge  # type: ignore[attr-defined]
    assert isinstance(merge(1, 1, 1).conflicts, list)
    assert Conflict.__module__ == Merge.__module__ == Rules.__module__ == "session_merge"


def test_patches() -> None:
    result = merge({"a": 1, "b": 1}, {"a": 1, "b": 1, "c/d": []}, {"a": 2})
    assert result.patch() == [
        {"op": "replace", "path": "/a", "value": 2},
        {"op": "remove", "path": "/b"},
    ]
    with pytest.raises(TypeError, match="merge_json"):
        result.patch_text()
    result = merge_json(b'{"a":1}', b'{"a":1.0}', b'{"a":1,"b":1E400}')
    assert result.patch_text() == b'[{"op":"add","path":"/b","value":1E400}]'
    assert result.patch() == [{"op": "add", "path": "/b", "value": float("inf")}]


def test_arguments_by_name() -> None:
    assert merge(base=1, theirs=2, mine=1, rules=None).value == 2
    assert merge_json(mine="1", theirs="2", base="1", rules={}).value == "2"
    with pytest.raises(TypeError):
        merge(1, 2)  # type: ignore[call-arg]


def test_cycles_are_collected() -> None:
    class Holder:
        def decide(self, base: Any, theirs: Any, mine: Any) -> Any:
            return mine

    holder = Holder()
    holder.rules = Rules({"conflict": holder.decide})  # type: ignore[attr-defined]
    result = merge({"a": [0]}, {"a": [1]}, {"a": [2]}, holder.rules)  # type: ignore[attr-defined]
    result.value["result"] = result
    result.value["holder"] = holder
    gone = weakref.ref(holder)
    del holder, result
    gc.collect()
    assert gone() is None
