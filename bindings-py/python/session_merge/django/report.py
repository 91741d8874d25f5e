"""Telling the site that a save was merged, or was not: one signal, one log record.

The record goes to the logger ``session_merge``: a warning if there were conflicts, else an info.
It names kinds, winners and places, never a value, and never the session's key. In a place, every
segment that could be a token, or has control characters, is shown as an ellipsis; the full pointers
are on the signal. For collectors of structured logs all this is on the record as a dictionary too,
in its attribute ``session_merge``, with the patterns of the rules that decided.
"""

from __future__ import annotations

import logging
from typing import Any

from session_merge import Conflict, Merge, MergeConflict, Rules
from session_merge._deciding import deciding
from session_merge._redaction import redacted
from session_merge.django.signals import session_merge_refused, session_merged

__all__ = ["redacted", "report", "report_refused"]

logger = logging.getLogger("session_merge")


def report(
    session: Any,
    merge: Merge[Any],
    attempts: int,
    *,
    locked: bool = False,
    seconds: float = 0.0,
) -> None:
    """Log the merge and send ``session_merged``."""
    patterns = _patterns(merge.conflicts, session._config.rules)
    logger.log(
        logging.WARNING if merge.conflicts else logging.INFO,
        "session merged in %d attempts, %d conflicts%s",
        attempts,
        len(merge.conflicts),
        _listed(merge.conflicts),
        extra={
            "session_merge": {
                "event": "merged",
                "attempts": attempts,
                "locked": locked,
                "seconds": seconds,
                "conflicts": _as_data(merge.conflicts, patterns),
            }
        },
    )
    session_merged.send_robust(
        type(session),
        session=session,
        merge=merge,
        patterns=patterns,
        attempts=attempts,
        locked=locked,
        seconds=seconds,
    )


def report_refused(session: Any, refusal: MergeConflict) -> None:
    """Log the conflict that a rule forbids and send ``session_merge_refused``."""
    conflicts = refusal.conflicts
    patterns = _patterns(conflicts, session._config.rules)
    logger.warning(
        "session not merged, %d conflicts%s",
        len(conflicts),
        _listed(conflicts),
        extra={"session_merge": {"event": "refused", "conflicts": _as_data(conflicts, patterns)}},
    )
    session_merge_refused.send_robust(
        type(session), session=session, conflicts=conflicts, patterns=patterns
    )


def _patterns(conflicts: list[Conflict], rules: Rules) -> list[str | None]:
    return [deciding(rules, conflict).said.pattern for conflict in conflicts]


def _listed(conflicts: list[Conflict]) -> str:
    listed = [
        f"{conflict.kind} at {redacted(conflict.pointer)!r} -> {conflict.winner or 'refused'}"
        for conflict in conflicts
    ]
    return ": " + ", ".join(listed) if listed else ""


def _as_data(conflicts: list[Conflict], patterns: list[str | None]) -> list[dict[str, Any]]:
    return [
        {
            "kind": conflict.kind,
            "place": redacted(conflict.pointer),
            "winner": conflict.winner,
            "rule": pattern,
        }
        for conflict, pattern in zip(conflicts, patterns, strict=True)
    ]
