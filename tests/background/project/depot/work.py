"""What everybody does to the session: add a key, count, and append to a log."""

import time
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from session_merge.django import edit
from session_merge.django.handles import key_of

MERGES = settings.SESSION_ENGINE.startswith("session_merge")
SECONDS = 0.005
SECRET = "secret value"


def work(session, name):
    """Change the session in a request, or in a block; it takes a while, so that others meet it."""
    seen = session.get("count", 0)
    time.sleep(SECONDS)
    session[f"k{name}"] = SECRET
    session["count"] = seen + 1
    session["log"] = [*session.get("log", []), name]


def as_changes(name):
    """Return the same as changes for the ready tasks."""
    return [
        {"op": "set", "path": f"/k{name}", "value": SECRET},
        {"op": "increment", "path": "/count"},
        {"op": "append", "path": "/log", "value": name},
    ]


@contextmanager
def as_everybody_does(handle):
    """Load and save as one does without ``edit()``: on Django's own engine."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(key_of(handle))
    yield session
    session.save()


edited = edit if MERGES else as_everybody_does
