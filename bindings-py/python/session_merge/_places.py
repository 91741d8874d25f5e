"""How a merge comes about, place by place: what each side did, and which rule decided.

The merge itself is made by ``session_merge.merge``; here its result is only read. Objects that
merge member by member are looked into, and so are keyed lists whose keys are strings or integers;
any other list, and a document inside a string, is one place with the conflicts in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from session_merge._deciding import Decided, deciding
from session_merge._errors import MergeConflict
from session_merge._explanation import Explanation
from session_merge._session_merge import MISSING, Conflict, Rules, merge

__all__ = ["Change", "Place", "Places", "change", "places", "same"]

Change = str
"""What one side did: ``unchanged``, ``added``, ``edited``, ``deleted`` or ``reordered``."""

ANY_DEPTH = Rules({"max_depth": 1024})


class Place(NamedTuple):
    """One place that at least one side changed."""

    pointer: str
    """Where: a JSON Pointer, in full. For a group, that of its members' parent."""

    members: tuple[str, ...]
    """The names of the members that are decided together; none unless it is a group."""

    theirs: Change
    mine: Change

    said: Explanation
    """What the rules say of the place."""

    values: tuple[Any, Any, Any, Any]
    """Base, theirs, mine and the result, each perhaps ``MISSING``."""

    conflicts: tuple[Decided, ...]
    """The records of the report at this place and, where it was not looked into, below it."""

    @property
    def both_changed(self) -> bool:
        """Whether the rules were asked."""
        return "unchanged" not in (self.theirs, self.mine)

    def __repr__(self) -> str:
        return "Place()"  # documents hold secrets


class Places(NamedTuple):
    """All of a merge."""

    found: list[Place]
    conflicts: list[Conflict]
    failed: bool
    """Whether the rules forbid one of the conflicts, so that there is no result."""

    def __repr__(self) -> str:
        return "Places()"  # documents hold secrets


def places(base: object, theirs: object, mine: object, rules: Rules) -> Places:
    """Return the places that theirs or mine changed, in the order of the result.

    Raises what ``session_merge.merge`` raises, but for ``MergeConflict``.
    """
    try:
        merged = merge(base, theirs, mine, rules)
    except MergeConflict as refusal:
        walk = Walk(rules, refusal.conflicts)
        return Places(list(walk.at("", base, theirs, mine, MISSING)), refusal.conflicts, True)
    walk = Walk(rules, merged.conflicts)
    return Places(
        list(walk.at("", base, theirs, mine, merged.value)), merged.conflicts, failed=False
    )


def same(one: object, other: object) -> bool:
    """Return whether two values are the same to a merge, by its own judgement."""
    if one is MISSING or other is MISSING:
        return one is other
    return not merge(one, one, other, ANY_DEPTH).changed


def change(base: object, side: object) -> Change:
    """Return what became of a value."""
    if same(base, side):
        return "unchanged"
    if base is MISSING:
        return "added"
    return "deleted" if side is MISSING else "edited"


class Walk:
    """One way through base, theirs, mine and what was made of them."""

    def __init__(self, rules: Rules, conflicts: list[Conflict]) -> None:
        self.rules = rules
        self.conflicts = [deciding(rules, conflict) for conflict in conflicts]

    def at(self, pointer: str, b: Any, t: Any, m: Any, r: Any) -> Iterator[Place]:
        """Yield the places at and below a pointer: base, theirs, mine and the result."""
        did = change(b, t), change(b, m)
        if did == ("unchanged", "unchanged"):
            return
        said = self.rules.explain(pointer)
        inside = list(self.inside(pointer, said, b, t, m, r))
        yield from inside
        if not inside:
            records = [d for d in self.conflicts if _is_within(d.conflict.pointer, pointer)]
            yield Place(pointer, (), *did, said, (b, t, m, r), tuple(records))

    def inside(
        self, pointer: str, said: Explanation, b: Any, t: Any, m: Any, r: Any
    ) -> Iterator[Place]:
        """Yield the places inside one that is looked into: none if both added something empty."""
        mode, parameters = _mode(said)
        if mode == "deep":
            sides = [{} if b is MISSING else b, t, m]
            if all(isinstance(side, dict) for side in sides):
                yield from self.members(pointer, [*sides, r if isinstance(r, dict) else {}])
        elif mode == "keyed":
            named = [_by_key(side, parameters["key"]) for side in ([] if b is MISSING else b, t, m)]
            if all(elements is not None for elements in named):
                result = _by_key(r, parameters["key"]) or {}
                yield from self.elements(pointer, said, (b, t, m, r), named, result)

    def members(self, pointer: str, whole: list[Any]) -> Iterator[Place]:
        """Yield the places of an object's members: groups where their first member stands."""
        b, t, m, _ = whole
        names = list(dict.fromkeys([*t, *m, *b]))
        groups = {name: self.rules.explain(_below(pointer, name)).group for name in names}
        told: list[list[str]] = []
        for name in names:
            group = groups[name]
            if group is None:
                sides = (side.get(name, MISSING) for side in whole)
                yield from self.at(_below(pointer, name), *sides)
            elif group not in told:
                told.append(group)
                together = [other for other in names if groups[other] == group]
                yield from self.together(pointer, together, whole)

    def together(self, pointer: str, names: list[Any], sides: Any) -> Iterator[Place]:
        """Yield the place of a group, if a side changed one of its members."""
        b, t, m, r = ({name: side[name] for name in names if name in side} for side in sides)
        did = change(b, t), change(b, m)
        if did == ("unchanged", "unchanged"):
            return
        said = self.rules.explain(_below(pointer, names[0]))
        records = tuple(
            d
            for d in self.conflicts
            if d.conflict.kind == "group"
            and d.conflict.pointer == pointer
            and _concerns(d.conflict, names)
        )
        yield Place(pointer, tuple(map(str, names)), *did, said, (b, t, m, r), records)

    def elements(
        self, pointer: str, said: Explanation, whole: Any, named: Any, result: Any
    ) -> Iterator[Place]:
        """Yield the places of a keyed list's elements, after that of their order."""
        b, t, m = named
        did = _order_change(b, t), _order_change(b, m)
        records = tuple(d for d in self.conflicts if d.conflict.pointer == pointer)
        if did != ("unchanged", "unchanged") or records:
            yield Place(pointer, (), *did, said, whole, records)
        for name in dict.fromkeys([*t, *m, *b]):
            sides = (side.get(name, MISSING) for side in (b, t, m, result))
            yield from self.at(_below(pointer, name), *sides)


def _mode(said: Explanation) -> tuple[str, dict[str, Any]]:
    value = said.merge.value
    return (value["merge"], value) if isinstance(value, dict) else (value, {})


def _below(pointer: str, name: object) -> str:
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")


def _concerns(conflict: Conflict, names: list[Any]) -> bool:
    sides = (conflict.base, conflict.theirs, conflict.mine)
    return any(name in side for side in sides if isinstance(side, dict) for name in names)


def _by_key(elements: Any, fields: list[str]) -> dict[str, Any] | None:
    """Return a list's elements by their names; None if not all can be told apart here."""
    if not isinstance(elements, list):
        return None
    named: dict[str, Any] = {}
    for element in elements:
        if not isinstance(element, dict) or not all(field in element for field in fields):
            return None
        keys = [element[field] for field in fields]
        if any(isinstance(key, bool) or not isinstance(key, (str, int)) for key in keys):
            return None
        named[",".join(map(str, keys))] = element
    return named if len(named) == len(elements) else None


def _order_change(base: dict[str, Any], side: dict[str, Any]) -> Change:
    shared = [name for name in base if name in side]
    return "unchanged" if shared == [name for name in side if name in base] else "reordered"
