"""The copy of a row in a cache, which is quick to read and never believed against the row.

What the cache holds under a session's key is one of these:

- a copy: the session, pickled as Django's ``cached_db`` does, with the row's text behind it. The
  text is the base that the row is compared with when the session is saved;
- a lease: somebody has found nothing in the cache and is about to read the row;
- a tombstone: the session is being deleted;
- what Django's own engine has written, which has no text behind it.

To Django's engine a lease and a tombstone are ``None``: nothing is cached. It reads the row.

A copy is never older than the row for longer than it takes to commit and then replace it, and no
copy outlives the row, because

- a save replaces, after its commit, only the very copy it started from; any other it removes;
- whoever fills the cache takes a lease, reads the row, and swaps the lease for the copy. All
  writers end leases that they meet, so that what was read before a commit is not filled in after;
- a deletion leaves a tombstone before it touches the row, and nobody fills in over a tombstone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from session_merge.django.caches import CacheStore
from session_merge.django.store import Changed, Gone, Stored

__all__ = ["CacheCopy", "Copy"]

COPY, LEASE, TOMBSTONE = b"C", b"L", b"T"
MAGIC = b"\x00session-merge"
SIZE_BYTES = 4
LEASE_SECONDS = 60
TOMBSTONE_SECONDS = 300
ATTEMPTS = 16


@dataclass(frozen=True)
class Copy:
    """A session found in the cache: what a view gets, and the row's text it was made from."""

    data: dict[str, Any]
    text: str

    def __repr__(self) -> str:
        return "Copy()"  # sessions are secret


class CacheCopy:
    """The copies of rows in one cache, as one session has to do with them."""

    def __init__(self, store: CacheStore) -> None:
        self.store = store
        self._seen: tuple[str, Any] = ("", None)  # what was last read or written, with its key

    def read(self, key: str) -> Copy | None:
        """Return the copy under a session's key; None if there is none."""
        current = self.store.read(key)
        if isinstance(current, Gone):
            return None
        kind, text = self._trailer(current.raw)
        data = self.store.read_raw(current.raw) if kind == COPY else None
        if not isinstance(data, dict):
            return None
        self._seen = key, current.raw
        return Copy(data, text.decode())

    def lease(self, key: str) -> Any:
        """Announce that the row is about to be read; None if somebody else has, or deletes it."""
        raw = self._dumps(None, LEASE, secrets.token_bytes(8))
        missing = self.store.add(self.store.key(key), raw, LEASE_SECONDS)
        return raw if missing else None

    def fill(self, key: str, lease: Any, raw: Any, age: int) -> None:
        """Write the copy of the row that was read under a lease, if nobody has ended the lease."""
        if isinstance(self._exchange(key, lease, raw, age), Stored):
            self._seen = key, raw

    def release(self, key: str, lease: Any) -> None:
        """End a lease under which no row was found."""
        self.store.remove(key, lease)

    def add(self, key: str, raw: Any, age: int) -> None:
        """Write the copy of a row that was inserted just now."""
        if self.store.add(self.store.key(key), raw, age):
            self._seen = key, raw

    def replace(self, key: str, base: str, raw: Any, age: int) -> None:
        """Replace the copy of ``base``, whose row now holds something else.

        A copy of anything else may be older or newer than what was committed, and is removed.
        """
        self._end(key, base.encode(), raw, age)

    def drop(self, key: str) -> None:
        """Remove the copy, or end the lease; a tombstone stays."""
        self._end(key, None, None, 0)

    def _end(self, key: str, base: bytes | None, raw: Any, age: int) -> None:
        seen_key, seen = self._seen
        current = self.store.read(key) if seen_key != key else Changed(seen)
        for _ in range(ATTEMPTS):
            if isinstance(current, Gone):
                return  # to write now could bring back what a later commit has replaced already
            kind, text = self._trailer(current.raw)
            if kind == TOMBSTONE:
                return
            new = raw if kind == COPY and text == base else None
            outcome = self._exchange(key, current.raw, new, age)
            if isinstance(outcome, Stored):
                self._seen = ("", None) if new is None else (key, new)
                return
            current = outcome
        self.store.delete(key)

    def bury(self, key: str) -> None:
        """Remove the copy and keep others from filling it in, while the row is deleted."""
        raw = self._dumps(None, TOMBSTONE, b"")
        self.store.overwrite(key, raw, TOMBSTONE_SECONDS)

    def dumps(self, data: dict[str, Any], text: str) -> Any:
        """Return the raw value of a copy."""
        return self._dumps(data, COPY, text.encode())

    def _exchange(self, key: str, old: Any, new: Any, age: int) -> Stored | Changed | Gone:
        return self.store.exchange(self.store.key(key), old, new, age)

    def _dumps(self, data: object, kind: bytes, content: bytes) -> Any:
        size = len(content).to_bytes(SIZE_BYTES, "big")
        return self.store.dumps(data, content + size + kind + MAGIC)

    def _trailer(self, raw: Any) -> tuple[bytes, bytes]:
        """Return the kind of a value and what is behind it; both empty if it is Django's own."""
        value = self.store.pickled(raw)
        if not value.endswith(MAGIC):
            return b"", b""
        kind_at = len(value) - len(MAGIC) - len(COPY)
        content_end = kind_at - SIZE_BYTES
        size = int.from_bytes(value[content_end:kind_at], "big")
        return value[kind_at : kind_at + 1], value[content_end - size : content_end]
