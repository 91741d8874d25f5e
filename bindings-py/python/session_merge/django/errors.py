"""What saving a session can raise, beyond Django's own errors.

- ``UpdateError`` (Django's): the session was deleted, cycled, or taken over by another identity
  since it was loaded. The session middleware turns it into ``SessionInterrupted``, a 400.
- ``SessionInterrupted`` (Django's): the same, met by ``cycle_key()``, which is called outside the
  middleware.
- ``SessionDecodeError``: what is stored now cannot be read, and is left as it is.
- ``session_merge.MergeConflict``: a rule says ``fail`` and its conflict happened.
- ``session_merge.DepthError``: a save or ``cycle_key()`` that met a competing write has to merge a
  session nested deeper than the rules allow; nothing was written. The remedy is a larger
  ``SESSION_MERGE["rules"]["max_depth"]``. (A save that meets nobody merges nothing.)
- Errors of the database come through as themselves; a locked database never looks like a
  deleted session.
"""

from __future__ import annotations

__all__ = ["SessionDecodeError"]


class SessionDecodeError(Exception):
    """The stored session changed since it was loaded, and what it holds now cannot be read.

    Usually another process signs with a ``SECRET_KEY`` that is neither this one's nor among its
    ``SECRET_KEY_FALLBACKS``, or uses another ``SESSION_SERIALIZER``. To take the unreadable
    session for an empty one would delete what that process wrote, so nothing is written.
    """
