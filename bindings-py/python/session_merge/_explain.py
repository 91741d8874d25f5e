"""The command ``explain``, with or without Django."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from session_merge._errors import MergeError
from session_merge._places import places
from session_merge._printed import Shown, printed
from session_merge._session_merge import Rules

__all__ = [
    "MERGED",
    "REFUSED",
    "UNREADABLE",
    "Unreadable",
    "add_arguments",
    "explain",
    "read",
    "rules_in",
]

MERGED, REFUSED, UNREADABLE = 0, 1, 2
"""The exit statuses."""


class Unreadable(Exception):
    """An input of the command is not what it should be; the text says which, and shows no value."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("base", help="a JSON file: what both sides started from")
    parser.add_argument("theirs", help="a JSON file: what is stored by now")
    parser.add_argument("mine", help="a JSON file: what this side wants to store")
    parser.add_argument("--rules", metavar="FILE", help="a JSON file with the rule set")
    parser.add_argument("--names", action="store_true", help="show names that could be tokens")
    parser.add_argument("--values", action="store_true", help="show values, and all names")


def read(name: str) -> Any:
    """Return the document in a JSON file."""
    try:
        return json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} is not JSON that can be read: {error}") from None


def rules_in(name: str) -> Rules:
    """Return the rule set in a JSON file."""
    try:
        return Rules(read(name))
    except MergeError as error:
        raise Unreadable(f"{name}: {error}") from None


def explain(
    documents: tuple[Any, Any, Any],
    rules: Rules,
    write: Callable[[str], object],
    *,
    names: bool,
    values: bool,
) -> int:
    """Write how three documents would merge; return the exit status."""
    try:
        told = places(*documents, rules)
    except MergeError as error:
        raise Unreadable(str(error)) from None
    for line in printed(told, Shown(names=names or values, values=values)):
        write(line)
    return REFUSED if told.failed else MERGED
