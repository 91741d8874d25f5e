"""Django's ``DatabaseCache``: the rows of a table, compared and swapped as sessions' own are."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import cache as memoized
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError
from django.db import connections, models, router
from django.utils.timezone import now
from session_merge.django.caches.base import CacheStore
from session_merge.django.locks import SessionLock
from session_merge.django.rows import RowStore
from session_merge.django.store import Changed, Draft, Gone, Stored

__all__ = ["DatabaseStore"]


@memoized
def _entries(table: str) -> Any:
    """Return a model of the cache's table, known to nobody else."""

    class CacheEntry(models.Model):  # type: ignore[misc]
        cache_key = models.CharField(max_length=255, primary_key=True)
        value = models.TextField()
        expires = models.DateTimeField()

        class Meta:
            app_label = "django_cache"
            apps = Apps()
            db_table = table
            managed = False

    return CacheEntry


class DatabaseStore(CacheStore):
    """The sessions in a table of cache entries: a ``LockingStore``, and in the transaction.

    Unlike the cache, which answers an error of the database by storing nothing, this raises it.
    """

    def __init__(self, cache: Any, prefix: str) -> None:
        super().__init__(cache, prefix)
        self._model = _entries(cache._table)
        self.using = router.db_for_write(cache.cache_model_class)
        self._rows = RowStore(
            self._model, self.using, text="value", expires="expires", signed=False
        )

    def dumps(self, value: object, trailer: bytes = b"") -> str:
        """Return the value as the cache pickles and encodes it."""
        data = pickle.dumps(value, self.cache.pickle_protocol) + trailer
        return base64.b64encode(data).decode("ascii")

    def loads(self, raw: str) -> object:
        """Return the encoded object."""
        return pickle.loads(self.pickled(raw))

    def pickled(self, raw: str) -> bytes:
        """Return the value without its encoding."""
        return base64.b64decode(raw.encode(), validate=True)

    def draft(self, session_key: str, raw: Any, age: int) -> Draft:
        """Return a draft whose record is the row to be."""
        return Draft(raw, self._record(self.key(session_key), raw, age))

    def _record(self, key: str, raw: Any, age: int) -> Any:
        moment = self.cache.get_backend_timeout(age)
        expires = datetime.fromtimestamp(moment, tz=timezone.utc if settings.USE_TZ else None)
        return self._model(cache_key=key, value=raw, expires=expires.replace(microsecond=0))

    # The save loop's part: the rows' own, by the key of the cache.

    def read(self, key: str) -> Changed | Gone:
        """Return what the row holds."""
        return self._rows.read(self.key(key))

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft where the row still holds ``base``."""
        return self._rows.swap(self.key(key), base, draft, touch=touch)

    def insert(self, key: str, draft: Draft) -> Stored:
        """Insert a row, and make room as the cache does."""
        self._make_room()
        return self._insert(draft)

    def put(self, key: str, draft: Draft, *, touch: bool) -> Stored:
        """Write the draft over the row that ``locked`` has locked."""
        return self._rows.put(self.key(key), draft, touch=touch)

    def lock(self, key: str, lease: int) -> SessionLock:
        """Return the lock of the row."""
        return self._rows.lock(self.key(key), lease)

    @contextmanager
    def locked(self, key: str) -> Iterator[Changed | Gone]:
        """Take the row's write lock for one transaction and give what the row holds."""
        with self._rows.locked(self.key(key)) as current:
            yield current

    # The cache's part.

    def fetch(self, key: str) -> Any:
        """Return what the row holds; None if there is none, or it has expired."""
        current = self._rows.read(key)
        return None if isinstance(current, Gone) else current.raw

    def exchange(self, key: str, old: Any, new: Any, age: int | None) -> Stored | Changed | Gone:
        """Replace ``old`` by ``new``, or delete it if ``new`` is None; else say what is there."""
        if new is not None:
            draft = Draft(new, self._record(key, new, age or 0), content_only=age is None)
            return self._rows.swap(key, old, draft, touch=False)
        with self._rows.locked(key) as current:
            if isinstance(current, Gone) or current.raw != old:
                return current
            self._rows.delete(key)
        return Stored()

    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""
        try:
            self._insert(Draft(raw, self._record(key, raw, age)))
        except CreateError:
            return False
        return True

    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""
        while not self.add(key, raw, age):
            with self._rows.locked(key) as current:
                if not isinstance(current, Gone):
                    self._rows.put(key, Draft(raw, self._record(key, raw, age)), touch=False)
                    return

    def discard(self, key: str) -> None:
        """Delete whatever there is."""
        self._rows.delete(key)

    def _insert(self, draft: Draft) -> Stored:
        """Insert a row, in place of one that has expired and is not cleared away yet."""
        key = draft.record.cache_key
        try:
            return self._rows.insert(key, draft)
        except CreateError:
            stale = self._model._base_manager.using(self.using).filter(pk=key, expires__lte=now())
            if not stale.delete()[0]:
                raise
        return self._rows.insert(key, draft)

    def _make_room(self) -> None:
        with connections[self.using].cursor() as cursor:
            count = self._model._base_manager.using(self.using).count()
            if count > self.cache._max_entries:
                self.cache._cull(self.using, cursor, now().replace(microsecond=0), count)
