"""Trying the store that is configured: whether a temporary session can be compared and swapped."""

from __future__ import annotations

from typing import Any

from session_merge.django.store import Changed, Gone, Stored

__all__ = ["BrokenPromise", "try_store"]


class BrokenPromise(Exception):
    """The store did not do what it is there for; the text says what."""


def try_store(engine: Any) -> None:
    """Make a session, write it, keep a stale writer from it, and delete it.

    Raises ``BrokenPromise``, or whatever the store raises. The session is gone afterwards, and was
    nobody's.
    """
    session = engine()
    session.save()
    try:
        _swap(session)
        session.delete()
        _expect(session.merge_store().read(session.session_key), Gone, "is gone once deleted")
    finally:
        session.delete()


def _swap(session: Any) -> None:
    key, store = session.session_key, session.merge_store()
    before = store.read(key)
    _expect(before, Changed, "can be read again")
    first, second = (_draft(session, n) for n in (1, 2))
    answer = store.swap(key, before.raw, first, touch=False)
    _expect(answer, Stored, "can be swapped for what was read")
    answer = store.swap(key, before.raw, second, touch=False)
    _expect(answer, Changed, "is kept from a writer that has read something older")
    if answer.raw != first.raw or store.read(key) != answer:
        raise BrokenPromise("A session does not hold what was written last.")


def _draft(session: Any, number: int) -> Any:
    session._session_cache = {"session_merge_check": number}
    return session.draft(session._session_cache)


def _expect(answer: Any, outcome: type, what: str) -> None:
    if not isinstance(answer, outcome):
        raise BrokenPromise(f"It is not so that a session {what}.")
