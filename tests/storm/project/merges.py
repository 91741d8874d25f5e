"""What the saves of a request were merged with, and how it failed: from signals into headers."""

import json
import sys
import threading

from django.conf import settings
from django.core.signals import got_request_exception

_current = threading.local()


def collect():
    """Begin a new list of the merges of this thread, and return it."""
    _current.merges = []
    return _current.merges


def note(session, merge, attempts, **kwargs):
    """Keep what a merged save tells: attempts, conflicts, and the values that lost to this save."""
    lost = [
        [conflict.pointer, _plain(conflict.theirs)]
        for conflict in merge.conflicts
        if conflict.kind in ("edit-edit", "add-add") and conflict.winner == "mine"
    ]
    _current.merges.append({"attempts": attempts, "conflicts": len(merge.conflicts), "lost": lost})


def note_lost(session, places, **kwargs):
    """Keep where a save undid what others stored: told in the mode ``observe``."""
    _current.merges.append({"attempts": 2, "conflicts": 0, "lost": [], "undone": places})


def _plain(value):
    """Return a value as text, whether it came from a merge of JSON texts or of objects."""
    return str(value).strip('"')


def note_error(**kwargs):
    """Keep the kind of the error that the request fails with."""
    _current.error = type(sys.exc_info()[1]).__name__


def tell_of_merges(get_response):
    """Say in the header ``X-Merges`` what was merged, and in ``X-Error`` why it failed."""

    def middleware(request):
        merges = collect()
        _current.error = ""
        response = get_response(request)
        response["X-Merges"] = json.dumps(merges)
        response["X-Error"] = _current.error
        return response

    return middleware


got_request_exception.connect(note_error)
if settings.SESSION_ENGINE.startswith("session_merge"):
    from session_merge.django import session_merged, session_update_lost

    session_merged.connect(note)
    session_update_lost.connect(note_lost)
