"""Taking a one-time value out of a stored session, so that one caller gets it and no other.

    from session_merge.django import claim

    def callback(request):
        state = claim(request.session, "oauth_state", None)
        if state is None or state != request.GET["state"]:
            raise PermissionDenied

``session.pop()`` gives the value to every request that has loaded the session in time, whatever
becomes of their saves later. ``claim`` removes it from what is stored at once, by compare-and-swap,
and returns it if that held. No lock is held, and nothing else that the request has changed is
stored yet.

Who has the value may die before it is of any use: it is consumed all the same. In a transaction it
is as final as the transaction: a rollback puts it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from session_merge.django.catch_up import catch_up, interrupted, stored_key
from session_merge.django.errors import EngineUnsupportedError
from session_merge.django.history import Version
from session_merge.django.lost_race import Candidate, Drafting, LostRace
from session_merge.django.merging import MergingSession
from session_merge.django.refill import refill
from session_merge.django.report import report
from session_merge.django.store import Changed
from session_merge.django.three_way import loaded_as

__all__ = ["aclaim", "claim"]

NOTHING = object()


def claim(session: SessionBase, key: str, default: Any = NOTHING) -> Any:
    """Take the value of a key (of the session itself, no path) out of what is stored.

    Without it, because another request was faster or there never was one, return ``default``, or
    raise ``KeyError`` if none is given: as ``dict.pop()``. Afterwards the session in memory is up
    to date with what is stored, and without the key. Raises ``SessionInterrupted`` if the session
    has been deleted.

    In a session that is not stored yet nobody else can find the value, and it is just popped.
    """
    store = _merging(session)
    store._get_session()
    return _found(_claim(store, key, store.draft), default)


async def aclaim(session: SessionBase, key: str, default: Any = NOTHING) -> Any:
    """See ``claim()``."""
    store = _merging(session)
    await store._aget_session()
    return _found(await sync_to_async(_claim)(store, key, store.draft_in_thread), default)


def _merging(session: object) -> MergingSession:
    if isinstance(session, MergingSession):
        return session
    raise EngineUnsupportedError(
        "claim() needs a session of session_merge.django, and this one is of "
        f"{type(session).__module__}: see SESSION_ENGINE."
    )


def _found(value: Any, default: Any) -> Any:
    if value is not NOTHING:
        return value
    if default is NOTHING:
        # The key is not named: some frameworks put a token into it.
        raise KeyError("The stored session has no such key, or it has been claimed.")
    return default


class _AbsentError(Exception):
    """What is stored has no such key."""


@dataclass(frozen=True, repr=False)
class _Taken(Candidate):
    """What is stored, without the key; its value; and the session in memory, as it is to be."""

    value: Any
    mine: dict[str, Any]


@dataclass(frozen=True, repr=False)
class _Claiming(LostRace):
    """A race for the value under ``name``: each attempt takes it out of what is stored by then."""

    name: str
    memory: dict[str, Any]

    def candidate(self, theirs: Any) -> _Taken:
        """Take the value out of ``theirs``. The session holds the rest: its expiry counts."""
        merge, mine = None, dict(self.memory)
        if theirs != self.base:
            merged = self.merged(theirs)
            merge, mine = merged.merge, merged.data
        stored = loaded_as(self.session, theirs)
        if self.name not in stored:
            raise _AbsentError
        value = stored.pop(self.name)
        mine.pop(self.name, None)
        self.session._session_cache = stored
        return _Taken(theirs, stored, self.drafting(stored), merge, [], value, mine)


def _claim(session: Any, name: str, drafting: Drafting) -> Any:
    """Return the value; ``NOTHING`` if there is none."""
    key = stored_key(session, drafting)
    if key is None:
        return session.pop(name, NOTHING)
    store = session._store()
    catch_up(session, key, store.read(key), drafting)
    base, mine = session._history.base.raw, session._session_cache
    draft = drafting(mine)
    race = _Claiming(session, store, key, base, draft, drafting, session._config, name, mine)
    try:
        won: Any = race.run(Changed(base))
    except BaseException as failure:
        session._session_cache = mine
        if isinstance(failure, UpdateError):
            raise interrupted() from None
        if not isinstance(failure, _AbsentError):
            raise
        catch_up(session, key, store.read(key), drafting)
        return NOTHING
    taken = won.candidate
    before, after = Version(key, taken.theirs), Version(key, taken.draft.raw)
    session._history.stored(before, after, won.stored.fate)
    session._session_cache = refill(mine, taken.mine)
    if taken.merge is not None:
        report(session, taken.merge, won.attempts, locked=won.locked, seconds=won.seconds)
    return taken.value
