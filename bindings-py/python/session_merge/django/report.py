"""Telling the site that a save was merged: one signal, one log record.

The record goes to the logger ``session_merge``: a warning if there were conflicts, else an info.
It names kinds, winners and places, never a value, and never the session's key. In a place, every
segment that could be a token, or has control characters, is shown as an ellipsis; the full
pointers are on the signal.
"""

from __future__ import annotations

import logging
from typing import Any

from session_merge import Merge
from session_merge._redaction import redacted
from session_merge.django.signals import session_merged

__all__ = ["redacted", "report"]

logger = logging.getLogger("session_merge")


def report(session: Any, merge: Merge[Any], attempts: int) -> None:
    """Log the merge and send ``session_merged``."""
    conflicts = [
        f"{conflict.kind} at {redacted(conflict.pointer)!r} -> {conflict.winner}"
        for conflict in merge.conflicts
    ]
    logger.log(
        logging.WARNING if conflicts else logging.INFO,
        "session merged in %d attempts, %d conflicts%s",
        attempts,
        len(conflicts),
        ": " + ", ".join(conflicts) if conflicts else "",
    )
    session_merged.send_robust(type(session), session=session, merge=merge, attempts=attempts)
