"""Names as they may be printed: a session's keys may be as secret as its values."""

from __future__ import annotations

import unicodedata

__all__ = ["redacted", "safe"]

LONGEST_PLAIN_SEGMENT = 24


def redacted(pointer: str) -> str:
    """Return the pointer with ``…`` for each segment that is not fit to be shown.

    That is, for one that is long or holds a digit, and so may be a token; for one with a control
    character, which could make one line of a log look like two; and for one with half a surrogate
    pair, which no log can encode.
    """
    return "/".join(
        "…" if _is_hidden(segment.replace("~1", "/").replace("~0", "~")) else segment
        for segment in pointer.split("/")
    )


def _is_hidden(segment: str) -> bool:
    return len(segment) > LONGEST_PLAIN_SEGMENT or any(
        "0" <= char <= "9" or unicodedata.category(char) in ("Cc", "Cs") for char in segment
    )


def safe(text: str) -> str:
    """Return a text that does to a terminal nothing but show, in full, what it says."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
