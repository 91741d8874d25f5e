"""What a session engine needs of the place where it keeps sessions.

The save loop (``session_merge.django.merging``) knows nothing of databases or caches. It asks a
small adapter, a ``Store``, to replace one stored text by another, and gets one of three answers:

- ``Stored``: the text was still the one that was named, and has been replaced;
- ``Changed``: somebody else was faster; here is what is stored now;
- ``Gone``: there is no such session any more.

An adapter never sets a value blindly, and never creates a session in ``swap``.

What is stored is called raw here, and is whatever the store compares: a text in a database or a
file, bytes in a cache. Equal raw values hold equal sessions, and that is all the loop relies on.

Stores come in two kinds. A ``LockingStore`` can keep all others away from a session for a moment, a
``SwappingStore`` cannot, but can remove a session by compare-and-swap too.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

__all__ = [
    "Changed",
    "Draft",
    "Fate",
    "Gone",
    "LockingStore",
    "Store",
    "Stored",
    "SwappingStore",
]


class Fate(Protocol):
    """What became of a write that was made inside a transaction."""

    @property
    def committed(self) -> bool:
        """Whether the write is in the store for good."""

    @property
    def rolled_back(self) -> bool:
        """Whether the write was undone. While the transaction is open, it is neither."""


@dataclass(frozen=True)
class Stored:
    """The write was made: for good if ``fate`` is None, else as the transaction decides."""

    fate: Fate | None = None


@dataclass(frozen=True)
class Changed:
    """Something else than expected is stored: ``raw``, exactly as the store gave it."""

    raw: Any

    def __repr__(self) -> str:
        return "Changed()"  # what is stored is secret


@dataclass(frozen=True)
class Gone:
    """The session does not exist."""


@dataclass(frozen=True)
class Draft:
    """A session ready to be written: its raw value, and the record the store writes it with.

    The record of a row is a model instance; that of a cache entry, the seconds it may live.
    """

    raw: Any
    record: Any
    content_only: bool = field(default=False, kw_only=True)
    """Whether nothing but ``raw`` is to be written over what is stored. When the session expires,
    and what else the record holds, stays as it is: for who works on a session that is not theirs.
    """

    def __repr__(self) -> str:
        return "Draft()"  # what is to be stored is secret


class Store(Protocol):
    """One place that keeps sessions, able to compare and swap."""

    def read(self, key: str) -> Changed | Gone:
        """Return what is stored now, as the next ``swap`` would see it (never from a replica)."""

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft if what is stored is still ``base``.

        With ``touch`` that stays as it is: the expiry, and what else the record holds, is
        written under the same condition.
        """

    def insert(self, key: str, draft: Draft) -> Stored:
        """Store a new session; raise Django's ``CreateError`` if the key is taken."""

    def delete(self, key: str) -> None:
        """Delete the session if it is there."""


@runtime_checkable
class LockingStore(Store, Protocol):
    """A store with a write lock for each session."""

    def locked(self, key: str) -> AbstractContextManager[Changed | Gone]:
        """Keep all others from writing the session, as one transaction; give what it holds."""

    def put(self, key: str, draft: Draft, *, touch: bool) -> Stored:
        """Write the draft over what ``locked`` gave. To be called under that lock only."""


@runtime_checkable
class SwappingStore(Store, Protocol):
    """A store without locks, all of whose writes are compare-and-swap."""

    def remove(self, key: str, base: Any) -> Stored | Changed | Gone:
        """Delete the session if what is stored is still ``base``."""
