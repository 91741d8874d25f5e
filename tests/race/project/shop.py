"""A small Django project in one file: one page that adds to the session, one that shows it.

Its engine and its database come from the environment (``RACE_ENGINE``, ``RACE_DATABASE``).
"""

import os
import time

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path

settings.configure(
    SECRET_KEY="race" * 13,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=[
        f"{__name__}.tell_of_merges",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["RACE_DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
        }
    },
    SESSION_ENGINE=os.environ["RACE_ENGINE"],
    SESSION_MERGE={"rules": {"/count": "counter", "/log": "append"}},
    USE_TZ=True,
)

merged_saves = 0


def count_merge(**kwargs):
    """Count the saves of this worker process that had to be merged."""
    global merged_saves
    merged_saves += 1


def tell_of_merges(get_response):
    """Say in a header how many saves were merged for the request (a worker serves one at once)."""

    def middleware(request):
        before = merged_saves
        response = get_response(request)
        response["X-Merged"] = str(merged_saves - before)
        return response

    return middleware


def start(request):
    """Begin a session."""
    request.session.update({"count": 0, "log": []})
    return HttpResponse()


def add(request):
    """Add a key, count, and append, with some work between reading the session and saving it."""
    name = request.GET["name"]
    session = request.session
    session[name] = True
    session["count"] += 1
    session["log"].append(name)
    time.sleep(float(request.GET["work"]))
    return HttpResponse()


def show(request):
    """Return what is in the session."""
    return JsonResponse(dict(request.session.items()))


urlpatterns = [path("start", start), path("add", add), path("show", show)]

application = get_wsgi_application()

if os.environ["RACE_ENGINE"].startswith("session_merge"):
    from session_merge.django import session_merged

    session_merged.connect(count_merge)

if __name__ == "__main__":
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
