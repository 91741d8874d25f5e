"""A rule set in a JSON file, which workers in other languages can read too.

The file holds a rule set as ``session_merge.Rules`` takes it, and nothing else. ``docs/`` has its
JSON Schema, ``rules.schema.json``, which the package brings along too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

__all__ = ["read_rules_file"]


def read_rules_file(path: object) -> dict[str, Any]:
    """Return the rule set in this file.

    Raises ``ImproperlyConfigured`` for a file that cannot be read or is no JSON object, naming the
    file and what is wrong with it; whether its rules can be used is for who compiles them to say.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ImproperlyConfigured("SESSION_MERGE['rules_file'] must be a path.")
    file = Path(os.fsdecode(path))
    if not file.is_absolute():
        raise ImproperlyConfigured(
            f"SESSION_MERGE['rules_file'] must be an absolute path, such as BASE_DIR / 'rules.json'"
            f"; {str(file)!r} would depend on where the server is started."
        )
    try:
        rules = json.loads(file.read_text("utf-8"), object_pairs_hook=_once_each)
    except OSError as error:
        raise ImproperlyConfigured(f"SESSION_MERGE['rules_file'] cannot be read: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ImproperlyConfigured(
            f"SESSION_MERGE['rules_file'], {str(file)!r}, is not the JSON of a rule set: {error}"
        ) from None
    if not isinstance(rules, dict):
        raise ImproperlyConfigured(
            f"SESSION_MERGE['rules_file'], {str(file)!r}, must hold an object of patterns and "
            "options."
        )
    return rules


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members as a dictionary; a name that is there twice is a rule that is lost."""
    result = dict(members)
    if len(result) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return result
