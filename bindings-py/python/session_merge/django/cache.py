"""Sessions in a cache that never lose an update.

    SESSION_ENGINE = "session_merge.django.cache"

It keeps its sessions where ``django.contrib.sessions.backends.cache`` does, in the cache that
``SESSION_CACHE_ALIAS`` names, and in the same form: switching from one to the other and back keeps
every session. Which caches will do is in ``session_merge.django.caches``; any other is refused with
the reason.

The pickled sessions are merged as live objects. An object that has no ``__eq__`` is never the same
as itself when it was read a second time, and so counts as changed by everybody.

A session that is gone stays gone, where Django's engine writes it again; and a cache that is out of
reach is an error, where Django's engine begins a new session.
"""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore as CacheSession
from django.core.cache import InvalidCacheKey, caches
from session_merge.django.caches import CacheStore, cache_store
from session_merge.django.codec import UnreadableError, decode_strictly
from session_merge.django.merging import MergingSession
from session_merge.django.store import Changed, Draft, Gone

__all__ = ["SessionStore"]

logger = logging.getLogger("session_merge")


class SessionStore(MergingSession, CacheSession):  # type: ignore[misc]
    """The session of one request, kept in a cache."""

    stores_text = False

    @classmethod
    def check_store(cls) -> None:
        """Refuse a cache that cannot compare and swap, or hides its errors."""
        cache_store(caches[settings.SESSION_CACHE_ALIAS], cls.cache_key_prefix)

    def merge_store(self) -> CacheStore:
        """Return the adapter for the cache."""
        return cache_store(self._cache, self.cache_key_prefix)

    def draft(self, data: dict[str, Any]) -> Draft:
        """Return the session as the cache pickles it."""
        store = self.merge_store()
        return store.draft(self.session_key, store.dumps(data), self.get_expiry_age())

    def read_raw(self, raw: Any) -> object:
        """Return what the cache would read."""
        return self.merge_store().read_raw(raw)

    def load(self) -> dict[str, Any]:
        """Return what is stored; if there is nothing, forget the key."""
        try:
            current = self.merge_store().read(self.session_key)
        except InvalidCacheKey:  # a cookie that no server has sent
            current = Gone()
        if isinstance(current, Gone):
            self._session_key = None
            return {}
        self.remember(current.raw)
        try:
            return decode_strictly(self, current.raw)
        except UnreadableError:
            logger.warning("A session in the cache cannot be read; it counts as empty.")
            return {}

    async def aload(self) -> dict[str, Any]:
        """See ``load()``."""
        data: dict[str, Any] = await sync_to_async(self.load)()
        return data

    def exists(self, session_key: Any) -> bool:
        """Return whether there is a session under this key."""
        return bool(session_key) and isinstance(self.merge_store().read(session_key), Changed)

    async def aexists(self, session_key: Any) -> bool:
        """See ``exists()``."""
        return bool(await sync_to_async(self.exists)(session_key))
