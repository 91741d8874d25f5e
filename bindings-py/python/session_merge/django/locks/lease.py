"""Locks of sessions in Redis and Memcached: an entry that lapses, a lease.

    nobody -- add(token, lease) --> held -- exchange(token, nothing) --> nobody
                                      |
                                      +-- the lease is over: nobody, and then somebody else

A process that is killed cannot give its lock back, so the lock must lapse by itself; and so it may
lapse while its holder is alive, but slow. Nobody can call back what such a holder does elsewhere.
But it cannot store the session any more: every write of the session that is made in the block is
fenced, that is, made only if the lock still holds the holder's token.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from session_merge.django.errors import LockLostError
from session_merge.django.locks.base import PolledLock
from session_merge.django.store import Changed, Gone, Stored

__all__ = ["LeaseLock", "lease_is_over"]

logger = logging.getLogger("session_merge")


class LeaseLock(PolledLock):
    """A token in an entry of the cache, beside the session's.

    ``store`` keeps the session under ``key``; ``locks``, of the same kind, keeps locks by ``name``.
    """

    def __init__(self, store: Any, key: str, locks: Any, name: str, lease: int) -> None:
        self._store, self._key = store, key
        self._locks, self._lease = locks, lease
        self.entry: str = locks.key(name)
        self.token: Any = locks.dumps(secrets.token_hex(16))
        self._is_mine = False

    def attempt(self) -> bool:
        """Write the token where there is none.

        A client may send this twice, if the first answer is lost: then the token that is in the
        way is our own.
        """
        added = self._locks.add(self.entry, self.token, self._lease)
        self._is_mine = added or self.is_held()
        return self._is_mine

    def is_held(self) -> bool:
        """Return whether the entry holds the token now."""
        return bool(self._locks.fetch(self.entry) == self.token)

    def read(self) -> Changed | Gone:
        """Return what is stored, when nobody who had the lock before can store any more."""
        self._store.void_tokens(self._key)
        current: Changed | Gone = self._store.read(self._key)
        return current

    def fenced(self, store: Any) -> Any:
        """Return the store such that it writes while the entry holds the token, and no longer."""
        return store.fenced(self)

    def release(self, error: BaseException | None) -> None:
        """Remove the token if it is still there.

        The session is saved by then. A server that cannot be asked is no reason to say otherwise:
        the lock will lapse.
        """
        if not self._is_mine:
            return
        self._is_mine = False
        try:
            if not isinstance(self._locks.exchange(self.entry, self.token, None, 0), Stored):
                logger.warning("The lease of a session's lock was over before its block was.")
        except Exception as failure:
            logger.warning(
                "A session's lock could not be released (%s), and lapses in %d s.",
                type(failure).__name__,
                self._lease,
            )


def lease_is_over() -> LockLostError:
    """Return the error of a write that came too late."""
    return LockLostError(
        "The lease of the session's lock was over before its block was; nothing was stored."
    )
