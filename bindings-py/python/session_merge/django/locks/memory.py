"""Locks of sessions that live in the memory of one process."""

from __future__ import annotations

from typing import Any

from session_merge.django.locks.base import PolledLock
from session_merge.django.store import Changed, Gone

__all__ = ["MemoryLock"]

_held: set[tuple[str, ...]] = set()


class MemoryLock(PolledLock):
    """A name in a table of this process, taken under ``guard`` (a mutex)."""

    def __init__(self, store: Any, key: str, guard: Any, name: tuple[str, ...]) -> None:
        self._store, self._key = store, key
        self._guard, self._name = guard, name
        self._is_mine = False

    def attempt(self) -> bool:
        """Put the name into the table if it is not there."""
        with self._guard:
            if self._name in _held:
                return False
            _held.add(self._name)
            self._is_mine = True
            return True

    def read(self) -> Changed | Gone:
        """Return what is stored."""
        current: Changed | Gone = self._store.read(self._key)
        return current

    def release(self, error: BaseException | None) -> None:
        """Take the name out of the table."""
        with self._guard:
            if self._is_mine:
                self._is_mine = False
                _held.remove(self._name)
