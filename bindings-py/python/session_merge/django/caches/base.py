"""What all caches have in common: keys, pickled values, and the answers of a swap.

Django's cache API cannot compare and swap. Each backend can, in a way of its own, and has a small
adapter here that does. Values are compared as the bytes that the cache holds, for to pickle a
session again need not give the same bytes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.contrib.sessions.backends.base import CreateError
from session_merge.django.codec import UnreadableError
from session_merge.django.locks import SessionLock
from session_merge.django.store import Changed, Draft, Gone, Stored

__all__ = ["CacheStore"]


class CacheStore(ABC):
    """The sessions in one Django cache: a ``session_merge.django.store.SwappingStore``.

    ``cache`` is the backend as Django made it, ``prefix`` what stands before a session's key.
    """

    def __init__(self, cache: Any, prefix: str) -> None:
        self.cache = cache
        self.prefix = prefix

    def key(self, session_key: str) -> str:
        """Return the key under which the cache keeps a session, as Django's engine makes it."""
        key: str = self.cache.make_and_validate_key(self.prefix + session_key)
        return key

    # Values. Django's engine reads what is written here, and the other way round.

    @abstractmethod
    def dumps(self, value: object, trailer: bytes = b"") -> Any:
        """Return the raw value of an object.

        The trailer goes behind the pickled object, where Django, reading it, does not look.
        """

    @abstractmethod
    def loads(self, raw: Any) -> object:
        """Return the object that a raw value holds."""

    @abstractmethod
    def pickled(self, raw: Any) -> bytes:
        """Return the bytes at whose end a trailer would be."""

    def read_raw(self, raw: Any) -> object:
        """As ``loads``; raise ``UnreadableError``, without its cause, if that fails."""
        try:
            return self.loads(raw)
        except Exception:
            raise UnreadableError from None

    # What an adapter does. ``age`` is in seconds, as in Django's API. In ``exchange`` it may be
    # None: the entry is to expire when it would have anyway.

    @abstractmethod
    def fetch(self, key: str) -> Any:
        """Return the raw value under a key of the cache; None if there is none."""

    @abstractmethod
    def exchange(self, key: str, old: Any, new: Any, age: int | None) -> Stored | Changed | Gone:
        """Replace ``old`` by ``new``, or delete it if ``new`` is None; else say what is there."""

    @abstractmethod
    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""

    @abstractmethod
    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""

    @abstractmethod
    def discard(self, key: str) -> None:
        """Delete whatever there is."""

    # A store for the save loop, made of it.

    def draft(self, session_key: str, raw: Any, age: int) -> Draft:
        """Return a draft that is to live for so many seconds."""
        return Draft(raw, age)

    def read(self, key: str) -> Changed | Gone:
        """Return what is stored under a session's key."""
        raw = self.fetch(self.key(key))
        return Gone() if raw is None else Changed(raw)

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft, or with ``touch`` its age only, if ``base`` is still stored."""
        new = base if touch else draft.raw
        return self.exchange(self.key(key), base, new, None if draft.content_only else draft.record)

    def insert(self, key: str, draft: Draft) -> Stored:
        """Store a new session; raise ``CreateError`` if the key is taken."""
        if self.add(self.key(key), draft.raw, draft.record):
            return Stored()
        raise CreateError

    def remove(self, key: str, base: Any) -> Stored | Changed | Gone:
        """Delete the session if ``base`` is still stored."""
        return self.exchange(self.key(key), base, None, 0)

    def delete(self, key: str) -> None:
        """Delete the session if it is there."""
        self.discard(self.key(key))

    @abstractmethod
    def lock(self, key: str, lease: int) -> SessionLock:
        """Return a lock of the session."""

    def overwrite(self, key: str, raw: Any, age: int) -> None:
        """Write a value for a session, whatever there is."""
        self.set(self.key(key), raw, age)
