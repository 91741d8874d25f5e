"""Sessions in files that never lose an update.

    SESSION_ENGINE = "session_merge.django.file"

It keeps its sessions where ``django.contrib.sessions.backends.file`` does (``SESSION_FILE_PATH``)
and in the same form, so that switching from one to the other and back keeps every session. Beside
them it keeps 64 lock files, empty and hidden; see ``session_merge.django.file_lock``. The folder
has to be on a file system whose locks hold for all machines that use it.

A file that cannot be read or written is an error, where Django's engine goes on with no session.
"""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.backends.file import SessionStore as FileSession
from django.contrib.sessions.exceptions import InvalidSessionKey
from session_merge.django.file_lock import locked_beside, replace_file
from session_merge.django.locks.files import FileLock
from session_merge.django.merging import MergingSession
from session_merge.django.store import Changed, Draft, Gone, Stored, SwappingStore

__all__ = ["FileStore", "SessionStore"]


class FileStore:
    """The files of one folder: a ``session_merge.django.store.SwappingStore``.

    ``path`` gives the file of a session's key. When a file was last written says when its session
    expires.
    """

    def __init__(self, path: Any) -> None:
        self._path = path

    def read(self, key: str) -> Changed | Gone:
        """Return what the file holds."""
        return self._held(self._path(key))

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Put the draft in place of a file that still holds ``base``."""
        path = self._path(key)
        with locked_beside(path):
            held = self._held(path)
            if isinstance(held, Gone) or held.raw != base:
                return held
            if touch:
                os.utime(path)
            else:
                written = os.stat(path).st_mtime_ns if draft.content_only else None
                replace_file(path, draft.raw.encode("ascii"), written)
            return Stored()

    def lock(self, key: str, lease: int) -> FileLock:
        """Return the lock of a session, which does not lapse."""
        return FileLock(self, key, self._path(key))

    def insert(self, key: str, draft: Draft) -> Stored:
        """Put a new file in place; raise ``CreateError`` if there is one."""
        path = self._path(key)
        with locked_beside(path):
            if os.path.exists(path):
                raise CreateError
            replace_file(path, draft.raw.encode("ascii"))
        return Stored()

    def delete(self, key: str) -> None:
        """Delete the file if it is there."""
        path = self._path(key)
        with locked_beside(path):
            Path(path).unlink(missing_ok=True)

    def remove(self, key: str, base: Any) -> Stored | Changed | Gone:
        """Delete the file if it still holds ``base``."""
        return self.remove_if(key, lambda held: bool(held == base))

    def remove_if(self, key: str, condition: Any) -> Stored | Changed | Gone:
        """Delete the file if the condition, asked under the lock, holds for its text."""
        path = self._path(key)
        with locked_beside(path):
            held = self._held(path)
            if isinstance(held, Gone) or not condition(held.raw):
                return held
            os.unlink(path)
        return Stored()

    def _held(self, path: str) -> Changed | Gone:
        try:
            # It was written in ASCII. What was damaged is a text too, one that is not signed.
            return Changed(Path(path).read_text(encoding="latin-1"))
        except FileNotFoundError:
            return Gone()
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # a cookie that no server has sent
                return Gone()
            raise


class SessionStore(MergingSession, FileSession):  # type: ignore[misc]
    """The session of one request, kept in a file."""

    def merge_store(self) -> SwappingStore:
        """Return the files of the folder for sessions."""
        return FileStore(self._key_to_file)

    def draft(self, data: dict[str, Any]) -> Draft:
        """Return the session as it is to stand in the file."""
        raw = self.encode(data)
        return Draft(raw, None)

    def load(self) -> dict[str, Any]:
        """Return what the file holds; if there is none, or it has expired, forget the key."""
        key, store = self.session_key, FileStore(self._key_to_file)
        try:
            current = store.read(key)
        except InvalidSessionKey as error:  # a cookie that no server has sent
            logging.getLogger("django.security.InvalidSessionKey").warning(str(error))
            current = Gone()
        if isinstance(current, Gone):
            self._session_key = None
            return {}
        if self._has_expired(current.raw) and self._remove_expired(store, key):
            self._session_key = None
            return {}
        self.remember(current.raw)
        return self._read(current.raw)

    def _read(self, raw: str) -> dict[str, Any]:
        """Return what a text holds. Django's engine makes an empty file before it writes it."""
        data: dict[str, Any] = self.decode(raw) if raw else {}
        return data

    def _has_expired(self, raw: str) -> bool:
        try:
            expires = self._expiry_date(self._read(raw))
        except FileNotFoundError:
            return True
        return bool(self.get_expiry_age(expiry=expires) <= 0)

    def _remove_expired(self, store: FileStore, key: str) -> bool:
        """Remove the file, unless another request has prolonged the session meanwhile."""
        return not isinstance(store.remove_if(key, self._has_expired), Changed)

    async def aload(self) -> dict[str, Any]:
        """See ``load()``."""
        data: dict[str, Any] = await sync_to_async(self.load)()
        return data

    def create(self) -> None:
        """Store a new, empty session."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue  # somebody has taken the key
            self.modified = True
            return

    async def acreate(self) -> None:
        """See ``create()``."""
        while True:
            self._session_key = await self._aget_new_session_key()
            try:
                await self.asave(must_create=True)
            except CreateError:
                continue  # somebody has taken the key
            self.modified = True
            return

    def exists(self, session_key: str) -> bool:
        """Return whether there is a file under this key."""
        return os.path.exists(self._key_to_file(session_key))

    async def aexists(self, session_key: str) -> bool:
        """See ``exists()``."""
        return bool(await sync_to_async(self.exists)(session_key))
