"""Django's ``FileBasedCache``: compared under a lock file, then renamed into place."""

from __future__ import annotations

import os
import pickle
import time
import zlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from session_merge.django.caches.guarded import GuardedCacheStore
from session_merge.django.file_lock import locked_beside, replace_file
from session_merge.django.locks.files import FileLock

__all__ = ["FileBasedStore"]


class FileBasedStore(GuardedCacheStore):
    """The sessions in the files of a cache. Here a key of the cache is the path of its file."""

    def key(self, session_key: str) -> str:
        """Return the path of a session's file."""
        path: str = self.cache._key_to_file(self.prefix + session_key)
        return path

    def dumps(self, value: object, trailer: bytes = b"") -> bytes:
        """Return the value as the cache pickles and compresses it."""
        return zlib.compress(pickle.dumps(value, self.cache.pickle_protocol) + trailer)

    def loads(self, raw: bytes) -> object:
        """Return the compressed object."""
        return pickle.loads(self.pickled(raw))

    def pickled(self, raw: bytes) -> bytes:
        """Return the value without its compression."""
        return zlib.decompress(raw)

    def guard(self, key: str) -> AbstractContextManager[Any]:
        """Return the lock beside the file, in a folder that may have been deleted meanwhile."""
        self.cache._createdir()
        return locked_beside(key)

    def lock(self, key: str, lease: int) -> FileLock:
        """Return the lock of a session, in the folder of the cache."""
        self.cache._createdir()
        return FileLock(self, key, self.key(key))

    def held(self, key: str) -> Any:
        """Return what follows the expiry in the file; None if there is no file, or it is over."""
        try:
            with open(key, "rb") as file:
                expires = pickle.load(file)
                return file.read() if expires is None or expires > time.time() else None
        except (FileNotFoundError, EOFError):
            return None

    def write(self, key: str, raw: Any, age: int | None) -> None:
        """Put the file in place, and make room as the cache does if it is a new one."""
        if not os.path.exists(key):
            self.cache._cull()
        expires = self._expires(key) if age is None else self.cache.get_backend_timeout(age)
        replace_file(key, pickle.dumps(expires, self.cache.pickle_protocol) + raw)

    def _expires(self, key: str) -> Any:
        """Return when the file that is there expires, in seconds since 1970; None for never."""
        with open(key, "rb") as file:
            return pickle.load(file)

    def drop(self, key: str) -> None:
        """Delete the file."""
        Path(key).unlink(missing_ok=True)
