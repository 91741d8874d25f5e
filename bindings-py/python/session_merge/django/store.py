"""What a session engine needs of the place where it keeps sessions.

The save loop (``session_merge.django.merging``) knows nothing of databases or caches. It asks a
small adapter, a ``Store``, to replace one stored text by another, and gets one of three answers:

- ``Stored``: the text was still the one that was named, and has been replaced;
- ``Changed``: somebody else was faster; here is what is stored now;
- ``Gone``: there is no such session any more.

An adapter never sets a value blindly, and never creates a session in ``swap``.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Changed", "Draft", "Fate", "Gone", "Store", "Stored"]


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

    raw: str

    def __repr__(self) -> str:
        return "Changed()"  # what is stored is secret


@dataclass(frozen=True)
class Gone:
    """The session does not exist."""


@dataclass(frozen=True)
class Draft:
    """A session ready to be written: its text, and the record the store writes it with."""

    raw: str
    record: Any

    def __repr__(self) -> str:
        return "Draft()"  # what is to be stored is secret


class Store(Protocol):
    """One place that keeps sessions, able to compare and swap."""

    def read(self, key: str) -> Changed | Gone:
        """Return what is stored now, as the next ``swap`` would see it (never from a replica)."""

    def swap(self, key: str, base: str, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft if the stored text is still ``base``.

        With ``touch`` the text stays as it is: the expiry, and what else the record holds, is
        written under the same condition.
        """

    def insert(self, key: str, draft: Draft) -> Stored:
        """Store a new session; raise Django's ``CreateError`` if the key is taken."""

    def delete(self, key: str) -> None:
        """Delete the session if it is there."""

    def locked(self, key: str) -> AbstractContextManager[Changed | Gone]:
        """Keep all others from writing the session, as one transaction; give what it holds."""

    def put(self, key: str, draft: Draft, *, touch: bool) -> Stored:
        """Write the draft over what ``locked`` gave. To be called under that lock only."""
