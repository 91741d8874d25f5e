"""Bringing a session in memory up to what is stored, without writing anything."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from session_merge.django.history import Version
from session_merge.django.lost_race import Drafting, LostRace
from session_merge.django.refill import refill
from session_merge.django.report import report
from session_merge.django.store import Changed, Gone

__all__ = ["catch_up", "interrupted", "stored_key"]


def stored_key(session: Any, drafting: Drafting) -> str | None:
    """Return the key under which the session is stored; None if it never was.

    If a rollback has undone its creation, or its move to the key that it has now, it is stored.
    """
    history, key = session._history, session.session_key
    history.settle()
    if key is not None and history.took_back:
        base = history.base
        if base.raw is None or base.key != key:
            session._save(False, drafting)
    return None if key is None else str(key)


def catch_up(session: Any, key: str, current: Changed | Gone, drafting: Drafting) -> None:
    """Merge what is stored now with what the session has changed since it was loaded.

    What is stored is the base of the next save then. Raises ``SessionInterrupted`` if the session
    is gone, or another identity's, and ``SessionConflict`` if a rule refuses the merge.
    """
    if isinstance(current, Gone):
        raise interrupted()
    history, theirs = session._history, current.raw
    if history.base is not None and history.base.raw == theirs:
        return
    mine = session._session_cache
    base = theirs if history.base is None else history.base.raw
    store, config = session.merge_store(), session._config
    race = LostRace(session, store, key, base, drafting(mine), drafting, config)
    try:
        merged = race.merged(theirs)
    except UpdateError:
        raise interrupted() from None
    session._session_cache = refill(mine, merged.data)
    history.caught_up(Version(key, theirs))
    if merged.merge.changed or merged.merge.conflicts:  # this request had changed something
        report(session, merged.merge, attempts=0)


def interrupted() -> SessionInterrupted:
    """Return Django's error for a request whose session is gone, which is answered with 400."""
    return SessionInterrupted(
        "The request's session was deleted before the request completed. The user may have logged "
        "out in a concurrent request, for example."
    )
