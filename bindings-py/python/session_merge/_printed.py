"""Places of a merge as text for people: what each side did, which rule decided, and why.

Without ``values`` no value is shown, and of names those only that cannot be tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_merge._deciding import Decided
from session_merge._explanation import Explanation, Said
from session_merge._places import Place, Places, same
from session_merge._redaction import redacted, safe
from session_merge._session_merge import MISSING

__all__ = ["Shown", "printed", "printed_place"]

COUNTING = ("counter", "append")  # the laws that count two equal changes twice
OTHER_LAWS = ("set", "keyed", "text", "embedded")
BOTH = 2


class Shown(NamedTuple):
    """What may be shown beside kinds and patterns."""

    names: bool = False
    values: bool = False

    def name(self, pointer: str) -> str:
        """Return a pointer as it may be shown."""
        return safe(pointer if self.names else redacted(pointer)) or "(root)"

    def value(self, value: object) -> str:
        """Return what is shown behind a side: nothing, unless values are."""
        if not self.values or value is MISSING:
            return ""
        return f"  {safe(_json(value))}"


def printed(told: Places, shown: Shown) -> Iterator[str]:
    """Yield the lines."""
    for place in told.found:
        yield from printed_place(place, shown)
        yield ""
    count = f"{_count(len(told.found), 'place')}, {_count(len(told.conflicts), 'conflict')}"
    yield f"{count}: the rules do not allow this merge" if told.failed else count


def printed_place(place: Place, shown: Shown) -> Iterator[str]:
    """Yield the lines about one place."""
    base, theirs, mine, result = place.values
    if place.members:
        names = (shown.name(f"{place.pointer}/{name}") for name in place.members)
        yield f"group {', '.join(names)}"
    else:
        yield shown.name(place.pointer)
    if shown.values and base is not MISSING:
        yield f"  base    {shown.value(base).strip()}"
    yield f"  theirs  {place.theirs}{shown.value(theirs)}"
    yield f"  mine    {place.mine}{shown.value(mine)}"
    for name, said in _asked(place):
        yield f"  rule    {name} {_spoken(said)}"
    outcome, reason = _outcome(place)
    yield f"  result  {outcome}: {reason}{shown.value(result)}"
    for conflict, field, said in () if _whole_conflict(place) else place.conflicts:
        where, winner = shown.name(conflict.pointer), conflict.winner or "refused"
        yield f"    {conflict.kind} at {where} -> {winner}: {field} {_spoken(said)}"


def _asked(place: Place) -> Iterator[tuple[str, Said]]:
    """Yield what was asked of the rules for the place as a whole, in that order."""
    said = place.said
    deletions = (place.theirs, place.mine).count("deleted")
    if not place.both_changed or deletions == BOTH:
        return
    if deletions:
        yield "delete", said.delete
    if not place.members and (not deletions or said.delete.value == "empties"):
        yield "merge", said.merge
    whole = _whole_conflict(place)
    if whole is not None and not deletions:
        yield whole.field, whole.said


def _spoken(said: Said) -> str:
    text = said.value if isinstance(said.value, str) else _json(said.value, sort_keys=True)
    source = "by default" if said.pattern is None else f'from "{safe(said.pattern)}"'
    return f"{text}, {source}"


def _json(value: Any, *, sort_keys: bool = False) -> str:
    """Return a value as JSON, and what is no JSON as Python shows it."""
    if callable(value):
        return "a function"
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=sort_keys, default=_shown)
    except TypeError:  # a dictionary with other keys than JSON's
        return repr(value)


def _shown(value: Any) -> str:
    return "a function" if callable(value) else repr(value)


def _outcome(place: Place) -> tuple[str, str]:
    """Return who prevailed, and why."""
    base, theirs, mine, result = place.values
    if place.mine == "unchanged":
        return _side("theirs", theirs), "only theirs changed it"
    if place.theirs == "unchanged":
        return _side("mine", mine), "only mine changed it"
    if place.conflicts:
        return _by_conflict(place)
    if place.theirs == place.mine == "deleted":
        return "deleted", "both deleted it"
    if "deleted" in (place.theirs, place.mine):
        if _is_equal_number(base, mine if theirs is MISSING else theirs):
            return "deleted", "the other only spells it differently"
        return _side("merged", result), "the deletion counts as emptying"
    return _by_law(place)


def _by_conflict(place: Place) -> tuple[str, str]:
    whole = _whole_conflict(place)
    if whole is not None:
        return whole.conflict.winner or "refused", f"a conflict, {whole.conflict.kind}"
    refused = any(decided.conflict.winner is None for decided in place.conflicts)
    return "refused" if refused else "merged", "but for conflicts in it"


def _whole_conflict(place: Place) -> Decided | None:
    """Return the only record there is, if it is about all that the place holds."""
    _, theirs, mine, _ = place.values
    if len(place.conflicts) != 1:
        return None
    (decided,) = place.conflicts
    record = decided.conflict
    is_whole = same(record.theirs, theirs) and same(record.mine, mine)
    return decided if is_whole and record.kind != "duplicate-key" else None


def _by_law(place: Place) -> tuple[str, str]:
    base, theirs, mine, result = place.values
    mode = _mode(place.said)
    if mode in COUNTING and _fits(mode, base, theirs, mine):
        return "merged", f"by the law of {mode}"
    if same(theirs, mine):
        return "theirs", "both made the same change"
    if mode in OTHER_LAWS or isinstance(theirs, (list, set)):
        return "merged", f"by the law of {'ordered' if mode == 'deep' else mode}"
    return ("theirs" if same(result, theirs) else "mine"), "the other only spells it differently"


def _is_equal_number(one: object, other: object) -> bool:
    return _fits("counter", MISSING, one, other) and one == other


def _fits(mode: str, base: object, theirs: object, mine: object) -> bool:
    kinds = (int, float) if mode == "counter" else list
    sides = [side for side in (base, theirs, mine) if side is not MISSING]
    return all(isinstance(side, kinds) and not isinstance(side, bool) for side in sides)


def _side(outcome: str, value: object) -> str:
    return "deleted" if value is MISSING else outcome


def _mode(said: Explanation) -> str:
    value: Any = said.merge.value
    return str(value["merge"]) if isinstance(value, dict) else str(value)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
