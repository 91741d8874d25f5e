"""The save loop: compare, swap, and after a lost race merge and try again.

``MergingSession`` is a mixin for an engine's ``SessionStore``. The engine says where sessions are
kept (``merge_store``), how one is made ready to be written (``draft``), and calls ``remember`` with
the stored value when it loads. Everything else is here, and the same for every engine:

    load -- base --> the view changes the session --> mine
                                                       |
           +-- stored: done <--- swap base for mine ---+
           +-- gone: UpdateError; nothing is brought back
           +-- changed to theirs: merge(base, theirs, mine), swap theirs for the result; again
               a bounded number of times, then under the store's write lock
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from session_merge.django.codec import (
    UnreadableError,
    decode_strictly,
    holds_same,
    serves_as,
)
from session_merge.django.conf import get_config
from session_merge.django.errors import SessionDecodeError
from session_merge.django.growth import tell_growth
from session_merge.django.history import History, Version
from session_merge.django.locks import SessionLock
from session_merge.django.lost_race import Drafting, LostRace, Won
from session_merge.django.moving import Move
from session_merge.django.observe import WHOLE_SESSION, report_lost
from session_merge.django.refill import refill
from session_merge.django.report import report
from session_merge.django.store import Draft, Gone, Store, Stored
from session_merge.django.supported import refuse_cookies
from session_merge.django.three_way import IDENTITY, loaded_as

__all__ = ["MergingSession"]

EXPIRY = "_session_expiry"
"""The key under which Django keeps what ``set_expiry()`` was told."""


class MergingSession(SessionBase):  # type: ignore[misc]
    """A session that is saved by compare-and-swap and merges when it lost the race.

    What ``save()`` promises: every change that this session made since it was loaded, and every
    change that others stored meanwhile, is in the stored session afterwards, or in the report of
    a conflict that a rule decided. Or it raises, and has written nothing.
    """

    stores_text = True
    """Whether what is stored is what ``encode()`` returns. If not, ``read_raw()`` reads it."""

    _session_key: Any
    _session_cache: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_cookies(cls)

    def __init__(self, session_key: str | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(session_key, *args, **kwargs)
        self._config = get_config()
        self._history = History()
        self._remembered: Version | None = None
        self._exclusion: SessionLock | None = None
        self._settled: Version | None = None

    # What an engine provides.

    def merge_store(self) -> Store:
        """Return the adapter to where this session is written."""
        raise NotImplementedError("an engine must provide merge_store()")

    def draft(self, data: dict[str, Any]) -> Draft:
        """Make ``data``, which is also ``self._session_cache``, ready to be written."""
        raise NotImplementedError("an engine must provide draft()")

    def draft_in_thread(self, data: dict[str, Any]) -> Draft:
        """As ``draft``, for the async methods, whose work is done in a thread."""
        return self.draft(data)

    def read_raw(self, raw: Any) -> object:
        """Return what a stored value holds; raise ``UnreadableError`` if it cannot be read."""
        raise NotImplementedError("an engine that stores no text must provide read_raw()")

    @classmethod
    def check_store(cls) -> None:
        """Raise ``StoreUnsupportedError`` if the settings name a store that loses updates."""

    def remember(self, raw: Any) -> None:
        """To be called while loading, with the value that was read; None if there was none."""
        key = self.session_key
        self._remembered = None if raw is None or key is None else Version(key, raw)

    def drop_copies(self) -> None:
        """Forget what stands in for the stored value, which cannot be read."""

    def _store(self) -> Any:
        """Return the adapter, fenced while an exclusive block is open whose lock can lapse."""
        store = self.merge_store()
        return store if self._exclusion is None else self._exclusion.fenced(store)

    # Loading.

    def _get_session(self, no_load: bool = False) -> dict[str, Any]:
        if not hasattr(self, "_session_cache"):
            self._remembered = None
            super()._get_session(no_load)
            self._history.loaded(self._remembered)
        self.accessed = True
        return self._session_cache

    async def _aget_session(self, no_load: bool = False) -> dict[str, Any]:
        if not hasattr(self, "_session_cache"):
            self._remembered = None
            await super()._aget_session(no_load)
            self._history.loaded(self._remembered)
        self.accessed = True
        return self._session_cache

    _session = property(_get_session)

    def is_readable(self) -> bool:
        """Return whether what was loaded could be read: if not, the session looks like empty."""
        base = self._history.base
        if self._session_cache or base is None or base.raw is None:
            return True
        try:
            decode_strictly(self, base.raw)
        except UnreadableError:
            return False
        return True

    # Saving.

    def save(self, must_create: bool = False) -> None:
        """Store the session, merged with what others stored since it was loaded.

        Without a session key, or with ``must_create``, a new session is stored. Raises
        ``UpdateError`` if the session was deleted, or belongs to another identity now.
        """
        if self.session_key is None:
            self.create()
        else:
            self._get_session(no_load=must_create)
            self._save(must_create, self.draft)

    async def asave(self, must_create: bool = False) -> None:
        """See ``save()``."""
        if self.session_key is None:
            await self.acreate()
        else:
            await self._aget_session(no_load=must_create)
            await sync_to_async(self._save)(must_create, self.draft_in_thread)

    def save_content(self) -> None:
        """Store what was changed since the session was loaded, and nothing if nothing was.

        For whoever works on a session that is not theirs: it does not live any longer for it. When
        it expires, and what its row tells besides, stays as it is, unless its expiry was changed.
        Never creates a session. Raises ``UpdateError`` as ``save()`` does.
        """
        self._get_session()
        self._save_content(self.draft)

    async def asave_content(self) -> None:
        """See ``save_content()``."""
        await self._aget_session()
        await sync_to_async(self._save_content)(self.draft_in_thread)

    def cycle_key(self) -> None:
        """Move the session, merged with what others stored, to a new key.

        In a database all of it is one transaction; elsewhere the old key goes last. If the session
        is gone, an anonymous one gets a new key with the data it has (a login form that was
        submitted twice logs in twice); one that was logged in when it was loaded raises
        ``SessionInterrupted``, for another request has logged it out or moved it.
        """
        self._get_session()
        if self.session_key is None:
            self.create()
        else:
            self._cycle(self.draft)

    async def acycle_key(self) -> None:
        """See ``cycle_key()``."""
        await self._aget_session()
        if self.session_key is None:
            await self.acreate()
        else:
            await sync_to_async(self._cycle)(self.draft_in_thread)

    def _save(self, must_create: bool, drafting: Drafting) -> None:
        if must_create:
            self._insert(drafting)
            return
        if self.session_key is None:  # it was loaded just now, and there was none
            raise UpdateError
        base = self._base()
        if base.raw is None:  # it was created in a transaction that was rolled back
            self._insert(drafting)
        elif base.key != self.session_key:  # so was its move to this key
            self._move(base.key, base.raw, self.session_key, drafting)
        else:
            self._swap(base.key, base.raw, drafting)

    def _save_content(self, drafting: Drafting) -> None:
        mine = self._session_cache
        if self.session_key is None and not mine:
            return  # it was flushed
        base = self._base() if self.session_key else None
        if base is None or base.raw is None:
            raise UpdateError
        if holds_same(self, base.raw, drafting(mine).raw):
            return
        loaded = loaded_as(self, base.raw)
        content_only = loaded.get(EXPIRY) == mine.get(EXPIRY)
        self._save(False, lambda data: replace(drafting(data), content_only=content_only))

    def _base(self) -> Version:
        """Return the version this session started from.

        After a rollback that may be a version under an earlier key, or none. A session that was
        filled without being read (``clear()`` was called first) starts from what is stored now.
        """
        self._history.settle()
        base, key = self._history.base, self.session_key
        if base is not None and (base.key == key or self._history.took_back):
            return base
        current = self._store().read(key)
        if isinstance(current, Gone):
            raise UpdateError
        return Version(key, current.raw)

    def _insert(self, drafting: Drafting) -> None:
        draft = drafting(self._session_cache)
        key: str = self.session_key
        stored = self._store().insert(key, draft)
        self._history.stored(Version(key, None), Version(key, draft.raw), stored.fate)
        tell_growth(self, None, draft.raw)

    def _swap(self, key: str, base: Any, drafting: Drafting) -> None:
        mine = self._session_cache
        draft = drafting(mine)
        touch = serves_as(self, base, draft.raw)
        if self._settled == Version(key, base) and holds_same(self, base, draft.raw):
            return  # an exclusive block has saved it, expiry and all, while it held the lock
        store = self._store()
        outcome = store.swap(key, base, draft, touch=touch)
        if isinstance(outcome, Stored):
            after = Version(key, base if touch else draft.raw)
            self._history.stored(Version(key, base), after, outcome.fate)
            tell_growth(self, base, after.raw)
            return
        race = LostRace(self, store, key, base, draft, drafting, self._config)
        try:
            won = race.run(outcome)
        except BaseException as error:
            self._session_cache = mine
            self._failed(error)
            raise
        self._take_over(mine, key, key, won)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, SessionDecodeError):
            self.drop_copies()  # the next request would start from one again

    def _take_over(self, mine: dict[str, Any], old_key: str, new_key: str, won: Won) -> None:
        """Take over what was stored in place of ``mine``, and tell the site.

        The version that was swapped out is what a rollback goes back to: the session in memory
        holds its changes too from now on.
        """
        candidate = won.candidate
        before, after = Version(old_key, candidate.theirs), Version(new_key, candidate.draft.raw)
        self._history.stored(before, after, won.stored.fate)
        if candidate.merge is None:
            report_lost(self, candidate.lost)
        else:
            self._session_cache = refill(mine, candidate.data)
            report(self, candidate.merge, won.attempts, locked=won.locked, seconds=won.seconds)
        tell_growth(self, before.raw, after.raw)

    # Deleting.

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session under this key, or its own, from where it is written."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            self._store().delete(key)

    async def adelete(self, session_key: str | None = None) -> None:
        """See ``delete()``."""
        await sync_to_async(self.delete)(session_key)

    # Moving to another key.

    def _cycle(self, drafting: Drafting) -> None:
        try:
            base = self._base()
        except UpdateError:  # gone, and never read: there is nothing that it might have held
            self._insert_under_new_key(drafting)
            return
        if base.raw is None:
            self._insert_under_new_key(drafting)
            return
        while True:
            try:
                self._move(base.key, base.raw, self._get_new_session_key(), drafting)
            except CreateError:
                continue  # somebody has taken the new key
            except UpdateError:
                raise SessionInterrupted(
                    "The request's session was deleted before the request completed. The user "
                    "may have logged out in a concurrent request, for example."
                ) from None
            self.modified = True
            return

    def _move(self, old_key: str, base: Any, new_key: str, drafting: Drafting) -> None:
        mine, current_key = self._session_cache, self.session_key
        store = self._store()
        try:
            self._session_key = new_key
            draft = drafting(mine)
            race = LostRace(self, store, new_key, base, draft, drafting, self._config)
            moved = Move(race, old_key).run()
        except BaseException as error:
            self._session_key, self._session_cache = current_key, mine
            self._failed(error)
            raise
        if moved is None:
            self._session_key, self._session_cache = current_key, mine
            self._outlive(base, drafting)
        elif moved.candidate is None:
            before, after = Version(old_key, base), Version(new_key, moved.draft.raw)
            self._history.stored(before, after, moved.stored.fate)
            tell_growth(self, before.raw, after.raw)
        else:
            self._take_over(mine, old_key, new_key, Won(moved.candidate, moved.stored, attempts=1))

    def _outlive(self, base: Any, drafting: Drafting) -> None:
        """Go on without the session that is gone, unless somebody was logged in."""
        logged_in = IDENTITY in loaded_as(self, base)
        if logged_in and not self._config.observe:
            raise UpdateError
        self._insert_under_new_key(drafting)
        if logged_in:
            report_lost(self, WHOLE_SESSION)

    def _insert_under_new_key(self, drafting: Drafting) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self._insert(drafting)
            except CreateError:
                continue  # somebody has taken the key
            self.modified = True
            return
