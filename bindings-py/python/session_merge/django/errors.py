"""What saving a session can raise, beyond Django's own errors.

- ``UpdateError`` (Django's): the session was deleted, cycled, or taken over by another identity
  since it was loaded. The session middleware turns it into ``SessionInterrupted``, a 400.
- ``SessionInterrupted`` (Django's): the same, met by ``cycle_key()``, which is called outside the
  middleware.
- ``SessionDecodeError``: what is stored now cannot be read, and is left as it is.
- ``SessionConflict``: a rule says ``fail`` and its conflict happened. Django answers 400.
- ``session_merge.DepthError``: a save or ``cycle_key()`` that met a competing write has to merge a
  session nested deeper than the rules allow; nothing was written. The remedy is a larger
  ``SESSION_MERGE["rules"]["max_depth"]``. (A save that meets nobody merges nothing.)
- ``StoreUnsupportedError``: the store that the settings name cannot give the guarantee, and why.
- ``SessionTooLargeError``: the store takes no value of this size; nothing was written.
- ``StoreBusyError``: a store without locks was written by others for half a minute without a gap.
- ``StoreUnavailableError``: a client library answered in place of a server that is out of reach.
- ``SessionGoneError``: there is no session to ``edit()``, or there is none any more.
- ``EngineUnsupportedError``: ``SESSION_ENGINE`` is none of this package's, so there is no
  ``edit()``.
- ``HandleError``: a handle that is not this site's; ``HandleExpiredError`` one that is too old.
- ``ChangesError``: changes for a task that cannot be meant, or not be made.
- ``LockTimeoutError``: others were in an ``exclusive`` block of the session for too long.
- ``LockLostError``: the lock of an ``exclusive`` block lapsed before the block was over.
- Errors of the database or the cache come through as themselves; a locked database never looks
  like a deleted session.
"""

from __future__ import annotations

from django.core.exceptions import BadRequest, ImproperlyConfigured
from session_merge import MergeConflict
from session_merge.django.report import redacted

__all__ = [
    "ChangesError",
    "EngineUnsupportedError",
    "HandleError",
    "HandleExpiredError",
    "LockLostError",
    "LockTimeoutError",
    "SessionConflict",
    "SessionDecodeError",
    "SessionGoneError",
    "SessionTooLargeError",
    "StoreBusyError",
    "StoreUnavailableError",
    "StoreUnsupportedError",
]


class LockTimeoutError(BadRequest):  # type: ignore[misc]
    """Another request of this session was in an exclusive block for longer than ours would wait.

    The decorator ``exclusive`` answers it with 409. Where a view lets it pass, Django answers 400.
    """


class LockLostError(Exception):
    """The lock of an exclusive block lapsed before the block was over. Nothing was stored.

    What the block did elsewhere is done, and another request may have done it too in the meantime:
    blocks that may take long need a longer ``lease``.
    """


class SessionConflict(MergeConflict, BadRequest):  # type: ignore[misc]
    """Two requests changed what the rules do not let two requests change; nothing was written.

    The first one has stored its change, and this is the other. It is nobody's mistake and no
    attack, so it is a ``BadRequest`` and no ``SuspiciousOperation``: Django answers 400, by the
    site's ``handler400``, and logs a warning to ``django.request``. The text names kinds and
    places; ``conflicts`` is the whole report, with the values, for code that asks.
    """

    def __init__(self, refused: MergeConflict) -> None:
        places = ", ".join(
            f"{conflict.kind} at {redacted(conflict.pointer)!r}"
            for conflict in refused.conflicts
            if conflict.winner is None
        )
        super().__init__(f"Another request has changed the session: {places}", refused.conflicts)


class SessionDecodeError(Exception):
    """The stored session changed since it was loaded, and what it holds now cannot be read.

    Usually another process signs with a ``SECRET_KEY`` that is neither this one's nor among its
    ``SECRET_KEY_FALLBACKS``, or uses another ``SESSION_SERIALIZER``. To take the unreadable
    session for an empty one would delete what that process wrote, so nothing is written.
    """


class SessionGoneError(Exception):
    """There is no such session, or no longer: nothing was written, and none was created.

    It was deleted by a logout, moved to another key by a login, taken over by another user, or it
    has expired. None of that can be told from the others, and trying again does not help.
    """


class EngineUnsupportedError(ImproperlyConfigured):  # type: ignore[misc]
    """``SESSION_ENGINE`` is not an engine of this package, which alone can merge."""


class HandleError(Exception):
    """This was not sealed by this site for this purpose, or was changed since."""


class HandleExpiredError(HandleError):
    """This was sealed by this site, but longer ago than it is good for."""


class ChangesError(ValueError):
    """Changes that are not as they have to be, or do not fit the session. Nothing was changed."""


class SessionTooLargeError(Exception):
    """The session is larger than its store takes (memcached: 1 MB). What is stored is unharmed."""


class StoreBusyError(Exception):
    """Others wrote the session again and again, for longer than a request can wait.

    Each time that this save lost, another one held. Nothing of this one was written.
    """


class StoreUnavailableError(Exception):
    """The cache server is out of reach, and the client library would have hidden it.

    To take "no answer" for "no session" would log the visitor out, and skip a logout.
    """


class StoreUnsupportedError(ImproperlyConfigured):  # type: ignore[misc]
    """The settings name a store in which updates would be lost. ``id`` is that of the check."""

    def __init__(self, check_id: str, reason: str) -> None:
        super().__init__(f"{reason} (session_merge.{check_id})")
        self.id = f"session_merge.{check_id}"
        self.reason = reason
