"""Telling the site of sessions that only grow.

A session is read and written whole with every request, and nobody sees how large it has become. So
a save that makes one larger than ``SESSION_MERGE["warn_bytes"]`` is told of, by a warning of the
logger ``session_merge`` and the signal ``session_grown``; and after that only when its size has
doubled again. That needs no memory of what has been told: it is seen from what was stored before.

What is measured is what is stored, signed or pickled and perhaps compressed. The warning says which
members are the largest, by names as ``session_merge.django.report`` shows them, and never the
session's key.
"""

from __future__ import annotations

import logging
import pickle
from typing import Any

from session_merge._redaction import redacted
from session_merge.django.signals import session_grown

__all__ = ["tell_growth"]

logger = logging.getLogger("session_merge")

NAMED = 3
"""How many of the largest members are named."""


def tell_growth(session: Any, before: Any, after: Any) -> None:
    """Tell of a save that has replaced ``before``, which may be None, by ``after``."""
    threshold = session._config.warn_bytes
    if threshold is None:
        return
    size = _size(after)
    if size > threshold and _doublings(size, threshold) > _doublings(_size(before), threshold):
        _tell(session, size, threshold)


def _size(raw: Any) -> int:
    """Return the bytes of a stored value, which is ASCII text, bytes, or bytes with flags."""
    return 0 if raw is None else len(getattr(raw, "data", raw))


def _doublings(size: int, threshold: int) -> int:
    """Return how often the threshold must be doubled to reach the size."""
    return (max(size - 1, 0) // threshold).bit_length()


def _tell(session: Any, size: int, threshold: int) -> None:
    largest = _largest(session)
    shown = ", ".join(repr(redacted(f"/{name}")) for name in largest)
    logger.warning(
        "a session has grown to %d bytes (warn_bytes is %d), most of it at %s",
        size,
        threshold,
        shown,
        extra={"session_merge": {"event": "grown", "bytes": size}},
    )
    session_grown.send_robust(type(session), session=session, size=size, largest=largest)


def _largest(session: Any) -> list[str]:
    """Return the names of the largest members, the largest first."""
    measured: Any = repr if session.stores_text else pickle.dumps  # any serializer's values do
    sizes = {str(name): len(measured(value)) for name, value in session._session_cache.items()}
    return sorted(sizes, key=lambda name: sizes[name], reverse=True)[:NAMED]
