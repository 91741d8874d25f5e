"""The members of a merged object: their order and how their names are written."""

from __future__ import annotations

from .document import Node, object_node


def merged_names(base: Node | None, theirs: Node, mine: Node) -> list[str]:
    """Theirs' members in their order, then those only mine has, then those only base has."""
    names: list[str] = []
    for side in (theirs, mine, base):
        if side is not None:
            names.extend(name for name in side.value if name not in names)
    return names


def merged_object(
    base: Node | None, theirs: Node, mine: Node, outcome: dict[str, Node | None]
) -> Node:
    """The object of all outcomes that are not missing; a name is written as in the first side."""
    members = []
    for name in merged_names(base, theirs, mine):
        value = outcome[name]
        if value is not None:
            sides = (side for side in (theirs, mine, base) if side is not None)
            spelling = next(side.names[name] for side in sides if name in side.names)
            members.append((name, spelling, value))
    return object_node(members)
