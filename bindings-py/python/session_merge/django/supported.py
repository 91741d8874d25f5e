"""Stores that cannot give the guarantee, and why. They are refused, never silently downgraded.

A refusal is raised as ``StoreUnsupportedError`` when the store is first used, and shown before by
the system checks (``session_merge.django.checks``), under the same id.
"""

from __future__ import annotations

from functools import cache

from django.db import connections
from session_merge.django.errors import StoreUnsupportedError

__all__ = ["refuse_cookies", "refuse_database"]

SIGNED_COOKIES = "django.contrib.sessions.backends.signed_cookies"

COOKIES_REASON = (
    "Sessions in signed cookies cannot be merged: each browser request carries its own copy, and "
    "there is no store in which to compare one with another. Choose session_merge.django.db, "
    ".cached_db, .cache or .file."
)
ORACLE_REASON = (
    "The sessions are kept in Oracle, which cannot compare a large text in a WHERE clause, so that "
    "a row cannot be swapped. Route the sessions to another database, or keep them in a cache."
)


def refuse_cookies(engine: type) -> None:
    """Raise ``StoreUnsupportedError`` for an engine that keeps sessions in cookies."""
    if any(base.__module__ == SIGNED_COOKIES for base in engine.__mro__):
        raise StoreUnsupportedError("E001", COOKIES_REASON)


@cache
def refuse_database(using: str) -> None:
    """Raise ``StoreUnsupportedError`` for a database that cannot compare and swap."""
    if connections[using].vendor == "oracle":
        raise StoreUnsupportedError("E002", ORACLE_REASON)
