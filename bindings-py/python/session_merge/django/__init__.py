"""Django sessions that never lose an update.

One line in the settings switches a site over, and one line switches it back; existing sessions
keep working both ways:

    SESSION_ENGINE = "session_merge.django.db"  # or .cached_db, .cache, .file

Django's own engines write the whole session with every save, so that of two requests at once the
later one silently undoes the earlier one. These engines write only if nobody else wrote in the
meantime; if somebody did, the two sets of changes are merged (three ways: the session as it was
loaded, as it is stored now, as this request wants it) and written again. No lock is held while a
view runs, no migration is needed, and a save that meets nobody costs one UPDATE.

The guarantee holds from the moment when every process that writes sessions uses the engine.

Nothing here has to be in ``INSTALLED_APPS``; if ``session_merge.django`` is, the system checks tell
at start of a store that cannot give the guarantee. See ``session_merge.django.conf`` for the
setting ``SESSION_MERGE``, and ``session_merge.django.signals`` for what is sent after a merge.
"""

from session_merge.django.claims import aclaim, claim
from session_merge.django.editing import aedit, edit
from session_merge.django.errors import (
    ChangesError,
    EngineUnsupportedError,
    HandleError,
    HandleExpiredError,
    LockLostError,
    LockTimeoutError,
    SessionConflict,
    SessionDecodeError,
    SessionGoneError,
    SessionTooLargeError,
    StoreBusyError,
    StoreUnavailableError,
    StoreUnsupportedError,
)
from session_merge.django.exclusion import exclusive
from session_merge.django.handles import changes_for, handle_for
from session_merge.django.signals import (
    session_grown,
    session_merge_refused,
    session_merged,
    session_update_lost,
)

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
    "aclaim",
    "aedit",
    "changes_for",
    "claim",
    "edit",
    "exclusive",
    "handle_for",
    "session_grown",
    "session_merge_refused",
    "session_merged",
    "session_update_lost",
]
