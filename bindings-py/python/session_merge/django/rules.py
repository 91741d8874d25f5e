"""The rules for the keys that Django itself keeps in a session.

They hold without being asked for. A rule of the site's own under the same pattern takes the place
of the built-in one; all others are added.

- ``_auth_user_id``, ``_auth_user_backend`` and ``_auth_user_hash`` are one group: they come all
  from one side, so that no session is ever half logged in. A group of the site's own that names
  one of them takes the built-in group's place.
- ``_messages`` is a JSON list inside a string, and reading the messages deletes it. A message
  added while another request reads the earlier ones stays, and the ones that were read are gone.
- ``_session_expiry`` is a number of seconds or a date: one scalar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["BUILT_IN_GROUPS", "BUILT_IN_RULES", "with_built_in"]

BUILT_IN_RULES: Mapping[str, object] = {
    "/_messages": {"merge": "embedded", "root": "append", "delete": "empties"},
    "/_session_expiry": "atomic",
}

BUILT_IN_GROUPS: tuple[tuple[str, ...], ...] = (
    ("/_auth_user_id", "/_auth_user_backend", "/_auth_user_hash"),
)


def with_built_in(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return the site's rule set completed by the built-in rules.

    Patterns override pattern by pattern. Groups are added to the built-in ones, of which those go
    that share a member with a group of the site (a member belongs to one group only).
    """
    groups = rules.get("groups", [])
    if not isinstance(groups, (list, tuple)):
        return {**BUILT_IN_RULES, **rules}  # refused when it is compiled, with the reason
    taken = {
        member
        for group in groups
        if isinstance(group, (list, tuple))
        for member in group
        if isinstance(member, str)
    }
    kept = [list(group) for group in BUILT_IN_GROUPS if taken.isdisjoint(group)]
    return {**BUILT_IN_RULES, **rules, "groups": [*kept, *groups]}
