"""System checks of rules that can be compiled, and still cannot be meant.

- ``session_merge.W001``: the rule never decides anything;
- ``session_merge.W002``: only the order of their texts decides between two rules.

Two patterns are never equal in rank: the last thing that their order looks at is their text. That
makes every rule set unambiguous, and is nothing that anybody would rely on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Warning
from session_merge._unreachable import Finding, find_unclear_rules

__all__ = ["find_warnings"]

SHOWN = 5
"""How many of the rules that decide in another's place are named."""

REASONS = {
    "shadowed": (
        "wherever it fits, a more specific one decides: {others}",
        "Make the pattern more specific than those, or take the rule out.",
    ),
    "closed": (
        "what is above is merged as a whole, as {others} says",
        "Give the place above the mode 'deep' or 'keyed', or take the rule out.",
    ),
    "unnamed": (
        "elements of the list there have no names, as {others} says",
        "Use '*' for the elements, or the mode 'keyed' for the list.",
    ),
    "grouped": (
        "the group of {others} decides, and asks its members' rules for nothing",
        "Give 'conflict' and 'delete' to the place above, or take it out of the group.",
    ),
}


def find_warnings(rule_set: Mapping[str, Any]) -> Iterator[CheckMessage]:
    """Yield a warning for each rule of the set that cannot be meant."""
    for finding in find_unclear_rules(rule_set):
        if finding.kind == "ambiguous":
            yield _ambiguous(finding)
        else:
            yield _silent(finding)


def _silent(finding: Finding) -> Warning:
    reason, hint = REASONS[finding.kind]
    named = [repr(other) for other in finding.others[:SHOWN]]
    more = len(finding.others) - len(named)
    others = ", ".join(named) + (f" and {more} more" if more else "")
    return Warning(
        f"The rule for {finding.pattern!r} never decides: {reason.format(others=others)}.",
        hint=hint,
        id="session_merge.W001",
    )


def _ambiguous(finding: Finding) -> Warning:
    (first,) = finding.others
    return Warning(
        f"The rules for {first!r} and {finding.pattern!r} are as specific as each other, fit the "
        f"same places and say different things; {first!r} decides, because it sorts first.",
        hint="Make one of them more specific, or let them say the same.",
        id="session_merge.W002",
    )
