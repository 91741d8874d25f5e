"""Locks of sessions in files: a lock file for each session, there only while it is held.

The lock is the operating system's, on an open file, and goes with the process that holds it. The
file left by one that was killed is used again by the next who wants the lock.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.files import locks
from session_merge.django.locks.base import PolledLock, lock_name
from session_merge.django.store import Changed, Gone

__all__ = ["FileLock"]

DELETES_OPEN_FILES = os.name != "nt"


class FileLock(PolledLock):
    """A lock on a file of its own, beside the session's at ``path``."""

    def __init__(self, store: Any, key: str, path: str) -> None:
        self._store, self._key = store, key
        self._path = Path(path).with_name(f".session-merge-{lock_name(path)}.lock")
        self._file: int | None = None

    def attempt(self) -> bool:
        """Lock the file if nobody has.

        Whoever has the lock deletes the file before it gives the lock back. So a lock that was got
        on a file that no longer is in the folder is a lock on nothing, and is given back.
        """
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB) and self._is_in_place(file):
            self._file = file
            return True
        os.close(file)
        return False

    def _is_in_place(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self._path))
        except FileNotFoundError:
            return False

    def read(self) -> Changed | Gone:
        """Return what is stored."""
        current: Changed | Gone = self._store.read(self._key)
        return current

    def release(self, error: BaseException | None) -> None:
        """Delete the file and give the lock back. Windows keeps the file, for it is open."""
        file, self._file = self._file, None
        if file is None:
            return
        if DELETES_OPEN_FILES:
            self._path.unlink(missing_ok=True)
        locks.unlock(file)  # a forked child may have the file open still
        os.close(file)
