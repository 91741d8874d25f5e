"""What all locks have in common, and how those are waited for that have no queue."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar, runtime_checkable

from asgiref.sync import sync_to_async
from session_merge.django.errors import LockTimeoutError
from session_merge.django.store import Changed, Gone, Store

__all__ = ["ExclusiveStore", "PolledLock", "SessionLock", "lock_name", "timed_out", "to_the_end"]

PAUSES_S = (0.002, 0.025)

Result = TypeVar("Result")


class SessionLock(ABC):
    """The right to be the only one in an exclusive block of one session.

    A lock is taken once and released once. It is released by the death of its holder too.
    """

    is_a_transaction = False
    """Whether all that its thread writes to the database meanwhile belongs to the block."""

    @abstractmethod
    def acquire(self, timeout: float) -> None:
        """Take the lock; raise ``LockTimeoutError`` if others hold it for so many seconds."""

    async def aacquire(self, timeout: float) -> None:
        """See ``acquire()``. If this is cancelled the lock may be held, and is to be released."""
        await to_the_end(sync_to_async(self.acquire)(timeout))

    @abstractmethod
    def read(self) -> Changed | Gone:
        """Return what is stored, now that the lock is held."""

    def fenced(self, store: Any) -> Any:
        """Return the store as it is to be written to while the lock is held."""
        return store

    @abstractmethod
    def release(self, error: BaseException | None) -> None:
        """Give the lock back, if it is held; ``error`` is what the block ended with."""


@runtime_checkable
class ExclusiveStore(Store, Protocol):
    """A store that knows a lock for its sessions."""

    def lock(self, key: str, lease: int) -> SessionLock:
        """Return a lock of the session. One that can lapse does so after ``lease`` seconds."""


class PolledLock(SessionLock):
    """A lock that is tried again and again, after random pauses, until it is free."""

    @abstractmethod
    def attempt(self) -> bool:
        """Take the lock if nobody has it; return whether that was so."""

    def acquire(self, timeout: float) -> None:
        """Take the lock; raise ``LockTimeoutError`` if others hold it for so many seconds."""
        deadline = time.monotonic() + timeout
        while not self.attempt():
            time.sleep(_pause(deadline, timeout))

    async def aacquire(self, timeout: float) -> None:
        """See ``acquire()``. The thread is free for others between two attempts."""
        deadline = time.monotonic() + timeout
        while not await to_the_end(sync_to_async(self.attempt)()):
            await asyncio.sleep(_pause(deadline, timeout))


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work that must not be left half done, even if the request is cancelled meanwhile.

    A thread goes on when nobody waits for it any more, and would take a lock for nobody.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError as cancelled:
        await asyncio.wait([task])
        raise cancelled from task.exception()


def lock_name(*parts: str) -> str:
    """Return a name for the lock of a session that does not tell the session's key."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def timed_out(timeout: float) -> LockTimeoutError:
    """Return the error of a lock that others held for too long."""
    return LockTimeoutError(
        f"Another request was in an exclusive block of this session for {timeout:g} s."
    )


def _pause(deadline: float, timeout: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise timed_out(timeout)
    return min(left, random.uniform(*PAUSES_S))
