"""JSON Patch (RFC 6902) from theirs to the result, as exact text."""

from __future__ import annotations

from .document import Node, escape_segment, spell_string
from .sameness import same


def patch_text(theirs: Node, result: Node) -> str:
    return f"[{','.join(operations(theirs, result, ''))}]"


def operations(theirs: Node, result: Node, pointer: str) -> list[str]:
    """Object against object member by member, anything else that differs as one `replace`.

    Theirs' members come first in theirs' order, then what the result has besides, in its order.
    What is the same is never touched.
    """
    if not theirs.kind == result.kind == "object":
        return [] if same(theirs, result) else [operation("replace", pointer, result)]
    found = []
    for name, value in theirs.value.items():
        below = f"{pointer}/{escape_segment(name)}"
        if name in result.value:
            found.extend(operations(value, result.value[name], below))
        else:
            found.append(operation("remove", below, None))
    for name, value in result.value.items():
        if name not in theirs.value:
            found.append(operation("add", f"{pointer}/{escape_segment(name)}", value))
    return found


def operation(op: str, pointer: str, value: Node | None) -> str:
    """One operation, compact, its value as verbatim as the result has it."""
    content = f',"value":{value.text}' if value is not None else ""
    return f'{{"op":"{op}","path":{spell_string(pointer)}{content}}}'
