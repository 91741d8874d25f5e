"""What a task is given instead of a session key, which is a visitor's credential.

``handle_for(session)`` stands for the session alone; ``changes_for(session, changes)`` for the
session with what is to be done to it, for the ready tasks. That is one text and not two, so that
nobody who can write to the broker can put changes of their own beside a handle found there.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from session_merge.django.changes import Changes, checked
from session_merge.django.errors import SessionGoneError
from session_merge.django.sealing import DAY, Sealed, open_sealed, seal

__all__ = ["changes_for", "handle_for", "key_of", "opened_changes"]

HANDLE = "session-handle"
CHANGES = "session-changes"

SEALED = re.compile(r"[a-z-]+\.")

NO_KEY = "The session has no key yet, because it was never saved. Call its save() first."


def handle_for(session: SessionBase, *, max_age: timedelta = DAY) -> Sealed:
    """Return a handle for ``edit()``: a string that shows nothing, and is good for ``max_age``.

    It dies with the session's key, which a login changes. Raises ``SessionGoneError`` for a
    session that has no key because it was never stored, or is no longer.
    """
    return seal(HANDLE, {"key": _key(session)}, max_age)


def changes_for(session: SessionBase, changes: Changes, *, max_age: timedelta = DAY) -> Sealed:
    """Return changes to a session, as the ready tasks take them (``session_merge.django.changes``).

    Raises ``ChangesError`` if they are not as they have to be, else as ``handle_for()``.
    """
    return seal(CHANGES, {"key": _key(session), "changes": checked(changes)}, max_age)


def key_of(session: str) -> str:
    """Return the session key that is meant by a handle, or is given itself.

    No engine's key has the form of a handle. Raises ``HandleError``.
    """
    if not SEALED.match(session):
        return session
    key: str = open_sealed(HANDLE, session)["key"]
    return key


def opened_changes(sealed: str) -> tuple[str, Any]:
    """Return the key and the changes that ``changes_for()`` has sealed; raise ``HandleError``."""
    opened = open_sealed(CHANGES, sealed)
    return opened["key"], opened["changes"]


def _key(session: SessionBase) -> str:
    key: str | None = session.session_key
    if key is None:
        raise SessionGoneError(NO_KEY)
    return key
