"""For tests of your own: that documents merge as you mean them to.

>>> from session_merge.testing import assert_merges
>>> merged = assert_merges(
...     base={"visits": 1},
...     theirs={"visits": 2},
...     mine={"visits": 2, "theme": "dark"},
...     expected={"visits": 3, "theme": "dark"},
...     rules={"/visits": "counter"},
... )
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from session_merge._places import Place, places, same
from session_merge._printed import Shown, printed_place
from session_merge._session_merge import Conflict, Merge, Rules, merge

__all__ = ["assert_merges"]

Expected: TypeAlias = str | tuple[str, ...]


def assert_merges(
    base: object,
    theirs: object,
    mine: object,
    expected: object,
    *,
    rules: Rules | Mapping[str, Any] | None = None,
    conflicts: Iterable[Expected] | None = (),
) -> Merge[Any]:
    """Assert that a merge has this result and these conflicts, and return it.

    The result has to be the *same* as ``expected``, as a merge sees it: ``1`` is neither ``True``
    nor ``1.0``, and the order of an object's members does not count. ``conflicts`` lists those
    that are expected, in any order: the pointer of each, or a tuple of the pointer, the kind, and
    the winner, as far as they matter; None allows any.

    Without ``rules`` those of ``SESSION_MERGE`` hold, the ready ones included, if Django is
    configured; else none.

    Raises ``AssertionError``, which shows what differs, *with its values*, and which rules decided
    there; and what ``merge`` raises, such as ``MergeConflict`` under ``fail``.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    compiled = _compiled(rules)
    merged = merge(base, theirs, mine, compiled)
    problems = [
        *_result_problems(expected, merged.value),
        *(_conflict_problems(merged.conflicts, conflicts) if conflicts is not None else ()),
    ]
    if problems:
        found = places(base, theirs, mine, compiled).found
        raise AssertionError("\n".join(["The merge is not as expected.", *_told(problems, found)]))
    return merged


def _compiled(rules: Rules | Mapping[str, Any] | None) -> Rules:
    if isinstance(rules, Rules):
        return rules
    if rules is not None:
        return Rules(rules)
    return _rules_of_the_site() or Rules({})


def _rules_of_the_site() -> Rules | None:
    """Return the rules of ``SESSION_MERGE``; None if nobody has configured Django."""
    django = sys.modules.get("django.conf")
    if django is None or not django.settings.configured:
        return None
    from session_merge.django.conf import get_config

    return get_config().rules


def _result_problems(expected: object, result: object) -> Iterator[tuple[str, str]]:
    """Yield where the result differs, and how."""
    if same(expected, result):
        return
    for operation in merge(expected, expected, result, Rules({"max_depth": 1024})).patch():
        pointer = str(operation["path"])
        if operation["op"] == "add":
            yield pointer, f"not expected, but is {operation['value']!r}"
        elif operation["op"] == "remove":
            yield pointer, f"expected {_at(expected, pointer)!r}, but is missing"
        else:
            wanted = _at(expected, pointer)
            yield pointer, f"expected {wanted!r}, but is {operation['value']!r}"


def _at(document: Any, pointer: str) -> Any:
    """Return the value at the pointer of an operation: patches go into objects only."""
    for segment in pointer.split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        document = next(value for key, value in document.items() if str(key) == name)
    return document


def _conflict_problems(
    found: list[Conflict], expected: Iterable[Expected]
) -> Iterator[tuple[str, str]]:
    """Yield which conflicts are there that should not be, or should be and are not."""
    left = [(each.pointer, each.kind, each.winner) for each in found]
    for wanted in expected:
        fields = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        match = next((one for one in left if one[: len(fields)] == fields), None)
        if match is None:
            yield fields[0], f"expected a conflict, {' -> '.join(fields[1:]) or 'of any kind'}"
        else:
            left.remove(match)
    for pointer, kind, winner in left:
        yield pointer, f"a conflict that was not expected, {kind} -> {winner}"


def _told(problems: list[tuple[str, str]], found: list[Place]) -> Iterator[str]:
    """Yield the problems, and how the places came about that they concern."""
    for pointer, problem in problems:
        yield f"  at {pointer or '(root)'}: {problem}"
    concerned = [place for place in found if _concerns(place, [at for at, _ in problems])]
    for place in concerned:
        yield ""
        yield from printed_place(place, Shown(names=True, values=True))


def _concerns(place: Place, pointers: list[str]) -> bool:
    own = [f"{place.pointer}/{name}" for name in place.members] or [place.pointer]
    return any(
        f"{one}/".startswith(f"{at}/") or f"{at}/".startswith(f"{one}/")
        for one in own
        for at in pointers
    )
