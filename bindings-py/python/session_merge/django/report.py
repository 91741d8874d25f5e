"""Telling the site that a save was merged: one signal, one log record.

The record goes to the logger ``session_merge``: a warning if there were conflicts, else an info.
It names kinds, winners and places, never a value, and never the session's key. In a place, every
segment that could be a token, or has control characters, is shown as an ellipsis; the full
pointers are on the signal.
"""

from __future__ import annotations

import logging
import unicodedata
from typing import Any

from session_merge import Merge
from session_merge.django.signals import session_merged

__all__ = ["redacted", "report"]

logger = logging.getLogger("session_merge")

LONGEST_PLAIN_SEGMENT = 24


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


def redacted(pointer: str) -> str:
    """Return the pointer with ``…`` for each segment that is not fit to be shown.

    That is, for one that is long or holds a digit, and so may be a token, and for one with a
    control character, which could make one line of a log look like two.
    """
    return "/".join(
        "…" if _is_hidden(segment.replace("~1", "/").replace("~0", "~")) else segment
        for segment in pointer.split("/")
    )


def _is_hidden(segment: str) -> bool:
    return len(segment) > LONGEST_PLAIN_SEGMENT or any(
        "0" <= char <= "9" or unicodedata.category(char) == "Cc" for char in segment
    )
