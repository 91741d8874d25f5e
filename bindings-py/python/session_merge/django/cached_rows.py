"""Rows with copies in a cache: the row decides, the cache follows after the commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from session_merge.django.cache_copy import CacheCopy
from session_merge.django.locks import SessionLock
from session_merge.django.rows import RowStore
from session_merge.django.store import Changed, Draft, Gone, Stored

__all__ = ["CachedDraft", "CachedRowStore", "logging_errors"]

logger = logging.getLogger("django.contrib.sessions")  # where Django tells of a cache that fails


@dataclass(frozen=True, repr=False)
class CachedDraft(Draft):
    """A row ready to be written, with what the cache is to hold and for how long."""

    data: dict[str, Any]
    age: int


class CachedRowStore:
    """A ``LockingStore`` of rows that keeps their copies up to date.

    A cache that fails after the row was committed cannot undo the commit: that is logged, and the
    copy may then be behind the row until the session is saved again. A save that starts from such
    a copy merges, and loses nothing. A cache that fails before a deletion keeps it from happening.
    """

    def __init__(self, rows: RowStore, copies: CacheCopy) -> None:
        self._rows = rows
        self._copies = copies

    def read(self, key: str) -> Changed | Gone:
        """Return what the row holds."""
        return self._rows.read(key)

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft where the row still holds ``base``, then replace the copy."""
        outcome = self._rows.swap(key, base, draft, touch=touch)
        if isinstance(outcome, Stored):
            if draft.content_only:  # until when the row lives, only the row knows
                self._afterwards(key, lambda: self._copies.drop(key))
            else:
                self._replace(key, base, base if touch else draft.raw, draft)
        return outcome

    def insert(self, key: str, draft: Draft) -> Stored:
        """Insert a row, then write its copy."""
        stored = self._rows.insert(key, draft)
        copy = self._copy(draft.raw, draft)
        if copy is not None:
            self._afterwards(key, lambda: self._copies.add(key, *copy))
        return stored

    def put(self, key: str, draft: Draft, *, touch: bool) -> Stored:
        """Write the draft over the row that ``locked`` has locked, then remove the copy."""
        stored = self._rows.put(key, draft, touch=touch)
        self._afterwards(key, lambda: self._copies.drop(key))
        return stored

    @contextmanager
    def locked(self, key: str) -> Iterator[Changed | Gone]:
        """Take the row's write lock for one transaction and give what the row holds."""
        with self._rows.locked(key) as current:
            yield current

    def lock(self, key: str, lease: int) -> SessionLock:
        """Return the lock of the row."""
        return self._rows.lock(key, lease)

    def delete(self, key: str) -> None:
        """Delete the row; first see to it that nobody fills in a copy of it any more.

        And once more afterwards: Django's engine fills the cache without asking, and a cache that
        was restarted in between has forgotten.
        """
        self._copies.bury(key)
        self._rows.delete(key)
        self._afterwards(key, lambda: self._copies.bury(key))

    def _replace(self, key: str, base: str, text: str, draft: Draft) -> None:
        copy = self._copy(text, draft)
        if copy is None:
            self._afterwards(key, lambda: self._copies.drop(key))
        else:
            self._afterwards(key, lambda: self._replace_or_drop(key, base, *copy))

    def _replace_or_drop(self, key: str, base: str, raw: Any, age: int) -> None:
        """Replace the copy; if the cache does not take it (too large, say), remove the old one."""
        try:
            self._copies.replace(key, base, raw, age)
        except Exception:
            self._copies.drop(key)
            raise

    def _copy(self, text: str, draft: Draft) -> tuple[Any, int] | None:
        """Pickle the copy now: by the time of the commit the view may have changed the data.

        What a row takes need not be for a pickle, such as a ``defaultdict`` with a function.
        """
        assert isinstance(draft, CachedDraft)
        with logging_errors(self._copies.store.cache):
            return self._copies.dumps(draft.data, text), draft.age
        return None

    def _afterwards(self, key: str, write: Callable[[], None]) -> None:
        """Write to the cache after the commit; never what may be rolled back."""
        connection = connections[self._rows.using]
        if connection.in_atomic_block:
            transaction.on_commit(lambda: self._logged(write), using=self._rows.using)
        elif connection.get_autocommit():
            self._logged(write)
        else:  # the site commits by hand, and nobody is told when
            self._logged(lambda: self._copies.bury(key))

    def _logged(self, write: Callable[[], None]) -> None:
        with logging_errors(self._copies.store.cache):
            write()


@contextmanager
def logging_errors(cache: Any) -> Iterator[None]:
    """Log what goes wrong as a copy is made or written, for the row is right without it."""
    try:
        yield
    except Exception:
        logger.exception("Error saving to cache (%s)", cache)
