"""Locks in files beside the data: the data itself is renamed, which would break a lock on it.

A folder has a fixed number of lock files, shared by all its entries, so that none is ever left over
or has to be deleted. Two entries that share one wait for each other's few file operations.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import locks

__all__ = ["locked_beside", "replace_file"]

LOCK_FILES = 64


@contextmanager
def locked_beside(path: str) -> Iterator[None]:
    """Keep out all others, threads and processes, that lock the same path."""
    folder, name = os.path.split(path)
    number = zlib.crc32(name.encode()) % LOCK_FILES
    sidecar = os.path.join(folder, f".session-merge-{number:02}.lock")
    with open(os.open(sidecar, os.O_RDWR | os.O_CREAT, 0o600), "rb+") as file:
        if not locks.lock(file, locks.LOCK_EX):
            raise OSError("This platform cannot lock files.")
        yield  # closing the file gives the lock back


def replace_file(path: str, content: bytes, written: int | None = None) -> None:
    """Put a file with this content in place, so that readers see all of it or none.

    ``written`` is when it is to seem to have been written, in nanoseconds; None for now.
    """
    descriptor, scratch = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".session-merge-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        if written is not None:
            os.utime(scratch, ns=(written, written))
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
