"""Caches that are compared and swapped under a lock of this machine: in memory, and in files."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from session_merge.django.caches.base import CacheStore
from session_merge.django.store import Changed, Gone, Stored

__all__ = ["GuardedCacheStore"]


class GuardedCacheStore(CacheStore):
    """A cache whose writers exclude each other for as long as it takes to compare and write."""

    @abstractmethod
    def guard(self, key: str) -> AbstractContextManager[Any]:
        """Keep all other writers of this key away."""

    @abstractmethod
    def held(self, key: str) -> Any:
        """Return the raw value under a key; None if there is none, or it has expired."""

    @abstractmethod
    def write(self, key: str, raw: Any, age: int | None) -> None:
        """Write a raw value. To be called under the guard.

        Without an age there is a value already, and the new one expires with it.
        """

    @abstractmethod
    def drop(self, key: str) -> None:
        """Delete what is there, if anything. To be called under the guard."""

    def fetch(self, key: str) -> Any:
        """Return the raw value under a key; None if there is none."""
        return self.held(key)

    def exchange(self, key: str, old: Any, new: Any, age: int | None) -> Stored | Changed | Gone:
        """Replace ``old`` by ``new``, or delete it if ``new`` is None; else say what is there."""
        with self.guard(key):
            held = self.held(key)
            if held is None:
                return Gone()
            if held != old:
                return Changed(held)
            if new is None:
                self.drop(key)
            else:
                self.write(key, new, age)
            return Stored()

    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""
        with self.guard(key):
            if self.held(key) is not None:
                return False
            self.write(key, raw, age)
            return True

    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""
        with self.guard(key):
            self.write(key, raw, age)

    def discard(self, key: str) -> None:
        """Delete whatever there is."""
        with self.guard(key):
            self.drop(key)
