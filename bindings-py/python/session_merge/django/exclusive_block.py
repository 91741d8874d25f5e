"""One exclusive block: lock, read again and merge, the block, save, unlock."""

from __future__ import annotations

import copy
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.base import UpdateError
from django.db import NotSupportedError
from session_merge.django.catch_up import catch_up, interrupted, stored_key
from session_merge.django.history import Version
from session_merge.django.locks import ExclusiveStore, SessionLock
from session_merge.django.locks.base import to_the_end
from session_merge.django.locks.own_thread import own_thread
from session_merge.django.lost_race import Drafting
from session_merge.django.merging import MergingSession
from session_merge.django.refill import refill
from session_merge.django.three_way import loaded_as

__all__ = ["ExclusiveBlock"]


class _Beginning(NamedTuple):
    """The session as the block found it."""

    base: Version | None
    key: str | None
    data: dict[str, Any]
    modified: bool

    def __repr__(self) -> str:
        return "_Beginning()"  # sessions are secret


class ExclusiveBlock:
    """What ``exclusive(request.session)`` returns, for one ``with`` or ``async with``.

    A block inside a block of the same session object is a part of it: the outer one locks, saves
    and unlocks. A session that has no key yet is saved at the end too, and not locked: nobody else
    can name it.
    """

    def __init__(self, session: MergingSession, timeout: float, lease: int) -> None:
        self._session = session
        self._timeout, self._lease = timeout, lease
        self._lock: SessionLock | None = None
        self._beginning: _Beginning | None = None
        self._thread = AsyncExitStack()

    @property
    def was_entered(self) -> bool:
        """Whether the block has begun, so that a timeout is none of its own lock."""
        return self._beginning is not None

    def __enter__(self) -> MergingSession:
        session = self._session
        session._get_session()
        lock = self._find_lock(session.draft)
        try:
            if lock is not None:
                lock.acquire(self._timeout)
            self._begin(lock, session.draft)
        except BaseException as error:
            self._abandon(lock, error)
            raise
        return session

    async def __aenter__(self) -> MergingSession:
        session = self._session
        await session._aget_session()
        lock = await sync_to_async(self._find_lock)(session.draft_in_thread)
        if lock is not None and lock.is_a_transaction:
            await self._thread.enter_async_context(own_thread())
        try:
            if lock is not None:
                await lock.aacquire(self._timeout)
            await to_the_end(sync_to_async(self._begin)(lock, session.draft_in_thread))
        except BaseException as error:
            await to_the_end(sync_to_async(self._abandon)(lock, error))
            await self._thread.aclose()
            raise
        return session

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        try:
            if error is None and self._is_to_be_saved:
                self._session.save()
                self._settle()
        except UpdateError as gone:
            self._end(gone)
            raise interrupted() from None
        except BaseException as failure:
            self._end(failure)
            raise
        self._end(error)

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        try:
            await to_the_end(self._aexit(error))
        finally:
            await self._thread.aclose()

    async def _aexit(self, error: BaseException | None) -> None:
        try:
            if error is None and self._is_to_be_saved:
                await self._session.asave()
                self._settle()
        except UpdateError as gone:
            await sync_to_async(self._end)(gone)
            raise interrupted() from None
        except BaseException as failure:
            await sync_to_async(self._end)(failure)
            raise
        await sync_to_async(self._end)(error)

    # The lock.

    def _find_lock(self, drafting: Drafting) -> SessionLock | None:
        """Return the lock to take; None if there is nobody to keep out, or it is held already."""
        session = self._session
        key = stored_key(session, drafting)
        if key is None or session._exclusion is not None:
            return None
        store = session.merge_store()
        if not isinstance(store, ExclusiveStore):
            raise NotSupportedError(f"{type(store).__name__} has no lock() for exclusive blocks.")
        return store.lock(key, self._lease)

    # The two ends of the block.

    def _begin(self, lock: SessionLock | None, drafting: Drafting) -> None:
        session, history = self._session, self._session._history
        if lock is not None:
            catch_up(session, session.session_key, lock.read(), drafting)
        data = copy.deepcopy(session._session_cache)
        self._beginning = _Beginning(history.base, session.session_key, data, session.modified)
        if lock is not None:
            session._exclusion = self._lock = lock

    def _abandon(self, lock: SessionLock | None, error: BaseException) -> None:
        """Do not begin after all."""
        if lock is not None:
            self._session._exclusion = self._lock = None
            lock.release(error)

    @property
    def _is_to_be_saved(self) -> bool:
        session = self._session
        is_a_part = session._exclusion is not self._lock
        return bool(session.modified and not session.is_empty() and not is_a_part)

    def _settle(self) -> None:
        """Note what was saved: the middleware's later save of the same has nothing to do."""
        self._session._settled = self._session._history.base

    def _end(self, error: BaseException | None) -> None:
        """Unlock. After an error the session in memory is as it was when the block began.

        Else the middleware, which saves after some errors too, would store it when the lock is
        somebody else's.
        """
        session, lock = self._session, self._lock
        if session._exclusion is not lock:
            return
        session._exclusion = self._lock = None
        try:
            if lock is not None:
                lock.release(error)
        except BaseException:
            self._restore()
            raise
        if error is not None:
            self._restore()

    def _restore(self) -> None:
        """Make the session in memory what it was; what is stored for good stays."""
        session, history, before = self._session, self._session._history, self._beginning
        assert before is not None
        history.settle()
        base, key, data, modified = before
        if history.base != base and history.base is not None:
            base = history.base
            key, data, modified = base.key, loaded_as(session, base.raw), True
        session._session_key = key
        session._session_cache = refill(session._session_cache, data)
        session.modified = modified
