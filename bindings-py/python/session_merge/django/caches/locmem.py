"""Django's ``LocMemCache``: compared and swapped under the cache's own lock."""

from __future__ import annotations

import pickle
from contextlib import AbstractContextManager
from typing import Any

from session_merge.django.caches.guarded import GuardedCacheStore
from session_merge.django.locks.memory import MemoryLock

__all__ = ["LocMemStore"]


class LocMemStore(GuardedCacheStore):
    """The sessions of one process in its memory."""

    def dumps(self, value: object, trailer: bytes = b"") -> bytes:
        """Return the value as the cache pickles it."""
        return pickle.dumps(value, self.cache.pickle_protocol) + trailer

    def loads(self, raw: bytes) -> object:
        """Return the pickled object."""
        return pickle.loads(raw)

    def pickled(self, raw: bytes) -> bytes:
        """Return the value itself: it is not wrapped."""
        return raw

    def guard(self, key: str) -> AbstractContextManager[Any]:
        """Return the lock of the cache."""
        lock: AbstractContextManager[Any] = self.cache._lock
        return lock

    def lock(self, key: str, lease: int) -> MemoryLock:
        """Return a lock in this process's memory."""
        return MemoryLock(self, key, self.cache._lock, (str(id(self.cache._cache)), self.key(key)))

    def fetch(self, key: str) -> Any:
        """Return the raw value, which counts as used now."""
        with self.guard(key):
            raw = self.held(key)
            if raw is not None:
                self.cache._cache.move_to_end(key, last=False)
            return raw

    def held(self, key: str) -> Any:
        """Return the raw value, unless it has expired."""
        return None if self.cache._has_expired(key) else self.cache._cache[key]

    def write(self, key: str, raw: Any, age: int | None) -> None:
        """Write a raw value, as the cache does."""
        expires = self.cache._expire_info.get(key)
        self.cache._set(key, raw, age)
        if age is None:
            self.cache._expire_info[key] = expires

    def drop(self, key: str) -> None:
        """Delete the entry, as the cache does."""
        self.cache._delete(key)
