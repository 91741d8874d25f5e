"""Caches on a server, whose sessions are locked by an entry that lapses."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from session_merge.django.caches.base import CacheStore
from session_merge.django.locks.base import lock_name
from session_merge.django.locks.lease import LeaseLock

__all__ = ["LeasedCacheStore"]

LOCKS = "session_merge.lock."
"""What stands before the names of locks: no session key, hence no cookie, names such an entry."""

AnyStore = TypeVar("AnyStore", bound="LeasedCacheStore")


class LeasedCacheStore(CacheStore):
    """A cache whose ``exchange`` asks for the fence, if there is one, as it writes."""

    fence: LeaseLock | None = None

    def fenced(self: AnyStore, fence: LeaseLock) -> AnyStore:
        """Return this store for writes that are made while the lock is held, and no longer."""
        store = type(self)(self.cache, self.prefix)
        store.fence = fence
        return store

    def lock(self, key: str, lease: int) -> LeaseLock:
        """Return a lock of the session that lapses after so many seconds."""
        locks = type(self)(self.cache, LOCKS)
        return LeaseLock(self, key, locks, lock_name(self.prefix, key), lease)

    @abstractmethod
    def void_tokens(self, key: str) -> None:
        """Let nobody write the session any more who has asked for the fence before."""
