"""Sessions in the database, with copies in a cache, that never lose an update.

    SESSION_ENGINE = "session_merge.django.cached_db"

It keeps its sessions where ``django.contrib.sessions.backends.cached_db`` does: the row decides,
and the copy in the cache (``SESSION_CACHE_ALIAS``) saves reading it. Django's engine reads both as
they are written here, so that switching from one to the other and back keeps every session. How
the copy is kept from ever standing in for a row that is newer, or gone, is told in
``session_merge.django.cache_copy``.
"""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedDatabaseSession
from django.core.cache import InvalidCacheKey, caches
from django.db import connections, transaction
from django.utils import timezone
from session_merge.django.cache_copy import CacheCopy
from session_merge.django.cached_rows import CachedDraft, CachedRowStore, logging_errors
from session_merge.django.caches import cached_row_store
from session_merge.django.codec import UnreadableError, decode_strictly
from session_merge.django.db import SessionStore as DatabaseSession
from session_merge.django.store import Draft, LockingStore

__all__ = ["SessionStore"]

logger = logging.getLogger("django.contrib.sessions")


class SessionStore(DatabaseSession, CachedDatabaseSession):  # type: ignore[misc]
    """The session of one request, kept in a row of the database and copied to a cache."""

    _cache_copy: CacheCopy | None = None

    @classmethod
    def check_store(cls) -> None:
        """Refuse what the database engine refuses, and a cache that cannot compare and swap."""
        super().check_store()
        cached_row_store(caches[settings.SESSION_CACHE_ALIAS], cls.cache_key_prefix)

    def merge_store(self) -> LockingStore:
        """Return the rows in the database that is written to, with their copies."""
        return CachedRowStore(self._rows(), self._copies())

    def _copies(self) -> CacheCopy:
        if self._cache_copy is None:
            store = cached_row_store(self._cache, self.cache_key_prefix)
            self._cache_copy = CacheCopy(store)
        return self._cache_copy

    def draft(self, data: dict[str, Any]) -> Draft:
        """Return the row to be, with what the cache is to hold."""
        return self._with_copy(super().draft(data), data)

    def draft_in_thread(self, data: dict[str, Any]) -> Draft:
        """As ``draft``, for the async methods."""
        return self._with_copy(super().draft_in_thread(data), data)

    def _with_copy(self, row: Draft, data: dict[str, Any]) -> Draft:
        if isinstance(row, CachedDraft):
            return row
        return CachedDraft(row.raw, row.record, data, self.get_expiry_age())

    def load(self) -> dict[str, Any]:
        """Return the copy in the cache; if there is none, the row, and fill the cache with it."""
        copies, key = self._copies(), self.session_key
        try:
            copy = copies.read(key)
            if copy is not None:
                self.remember(copy.text)
                return copy.data
            lease = None if self._rows().in_transaction else copies.lease(key)
        except InvalidCacheKey:
            lease = None
        except Exception as error:
            self._log_unread(error)
            lease = None
        return self._load_row(copies, key, lease)

    def _log_unread(self, error: Exception) -> None:
        """Log that the cache could not be asked; what the error says may hold the session's key."""
        logger.error("Error reading from cache (%s): %s", self._cache, type(error).__name__)

    def _load_row(self, copies: CacheCopy, key: str, lease: Any) -> dict[str, Any]:
        row = self._get_session_from_db()
        data = None if row is None else self._read(row.session_data)
        if data is None:
            if lease is not None:
                with logging_errors(self._cache):
                    copies.release(key, lease)
            return {}
        if lease is not None:
            age = self.get_expiry_age(expiry=row.expire_date)
            with logging_errors(self._cache):
                copies.fill(key, lease, copies.dumps(data, row.session_data), age)
        elif connections[self._rows().using].in_atomic_block:
            self._fill_after_commit(key)
        return data

    def _read(self, text: str) -> dict[str, Any] | None:
        """Return what a row holds; None if it cannot be read.

        A process with another ``SECRET_KEY`` may be able to, and must not find an empty session.
        """
        try:
            return decode_strictly(self, text)
        except UnreadableError:
            self.decode(text)  # tells the log why, as Django does
            return None

    def _fill_after_commit(self, key: str) -> None:
        """Fill the cache when the transaction is over: it may see what is not committed.

        Tests run such hooks while it is open (``captureOnCommitCallbacks``): then it is left.
        """
        rows = self._rows()

        def fill() -> None:
            if not rows.in_transaction:
                type(self)(key).load()

        transaction.on_commit(fill, using=rows.using, robust=True)

    def _get_session_from_db(self) -> Any:
        """Return the row from where it is written: a copy of a replica's may be older."""
        rows = self.model.objects.using(self._rows().using)
        row = rows.filter(session_key=self.session_key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        else:
            self.remember(row.session_data)
        return row

    async def aload(self) -> dict[str, Any]:
        """See ``load()``."""
        data: dict[str, Any] = await sync_to_async(self.load)()
        return data

    def drop_copies(self) -> None:
        """Remove the copy of a row that cannot be read, under the key that it was loaded by."""
        base = self._history.base
        with logging_errors(self._cache):
            self._copies().drop(self.session_key if base is None else base.key)

    def exists(self, session_key: str | None) -> bool:
        """Return whether there is a copy or a row under this key."""
        if not session_key:
            return False
        copies = self._copies()
        try:
            if copies.read(session_key) is not None:
                return True
        except Exception as error:
            self._log_unread(error)
        return bool(super(CachedDatabaseSession, self).exists(session_key))

    async def aexists(self, session_key: str | None) -> bool:
        """See ``exists()``."""
        return bool(await sync_to_async(self.exists)(session_key))
