"""The rule sets for packages that keep something in the session.

Each is a JSON file in the folder ``ready``, a rule set as ``session_merge.Rules`` takes it.

``ALWAYS`` hold without being asked for. They are about who somebody is, or is about to be: a merge
member by member would make one login out of two that were under way, which nobody went through.

- ``django``: ``_auth_user_id``, ``_auth_user_backend`` and ``_auth_user_hash`` are one group, so
  that no session is ever half logged in. ``_messages`` is a JSON list inside a string, and reading
  the messages deletes it: one that was added meanwhile stays, and those that were read are gone.
  ``_session_expiry`` is a number of seconds or a date: one scalar.
- ``allauth``: a pending login, how its user has authenticated, and the codes sent to that user are
  one group; a pending signup, password reset or reauthentication is one value each.
- ``social_auth``: the index of logins under way, OAuth 1 tokens, and a pipeline to be resumed.
- ``two_factor``: the wizard that logs in is one value.

``CHOSEN`` hold where ``SESSION_MERGE["use"]`` names them, for they suppose something of the site:

- ``formtools``: what was sent for one step of a wizard is one value;
- ``cart``: quantities are changed by adding to them.

``docs/rules.md`` tells what each package stores, and why these are the rules for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ALWAYS", "CHOSEN", "layered", "ready_set", "with_built_in"]

ALWAYS = ("django", "allauth", "social_auth", "two_factor")
CHOSEN = ("formtools", "cart")


@cache
def ready_set(name: str) -> Mapping[str, Any]:
    """Return the ready rule set of this name."""
    text = files(__package__).joinpath("ready", f"{name}.json").read_text("utf-8")
    rules: dict[str, Any] = json.loads(text)
    return rules


def with_built_in(rules: Mapping[str, Any], use: Iterable[str] = ()) -> dict[str, Any]:
    """Return the site's rule set completed by the ready ones that hold always, or are used."""
    names = [*ALWAYS, *(name for name in use if name not in ALWAYS)]
    return layered([*(ready_set(name) for name in names), rules])


def layered(rule_sets: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one rule set of several, of which a later one goes before those in front of it.

    Patterns override pattern by pattern, and options option by option. Groups are added, and take
    the place of earlier ones that they share a member with (a member belongs to one group only).
    """
    result: dict[str, Any] = {}
    for rules in rule_sets:
        result = {**result, **rules, "groups": _groups(result.get("groups", []), rules)}
    return result


def _groups(earlier: Any, rules: Mapping[str, Any]) -> Any:
    groups = rules.get("groups", [])
    if not isinstance(groups, (list, tuple)):
        return groups  # refused when it is compiled, with the reason
    taken = {
        member
        for group in groups
        if isinstance(group, (list, tuple))
        for member in group
        if isinstance(member, str)
    }
    kept = [list(group) for group in earlier if taken.isdisjoint(group)]
    return [*kept, *groups]
