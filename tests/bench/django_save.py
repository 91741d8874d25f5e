"""What a save without a conflict costs, against Django's own engine.

    python tests/bench/django_save.py [--rounds 400]

Two figures, with a session of 2 KB in SQLite (write-ahead log):

- the processor time of ``save()``, ours over Django's (to be at most 1.0);
- requests a second of a page that changes the session, ours over Django's (to be at least 0.97).

Both engines are measured in one process by turns, a handful of saves at a time and in either order,
so that what else the machine does falls on both. The figure is the median of the ratios. Needs
Django and ``session_merge`` installed; exits with 1 if a figure is not what it is to be.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.contrib.sessions.serializers import JSONSerializer
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

STOCK = "django.contrib.sessions.backends.db"
OURS = "session_merge.django.db"
SAVES = 20
SESSION = {
    "_auth_user_id": "17",
    "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
    "_auth_user_hash": "5f" * 32,
    "cart": [{"sku": f"sku-{n}", "qty": n, "name": f"A thing with number {n}"} for n in range(26)],
    "recent": list(range(60)),
    "note": "a word of some length " * 8,
    "visits": 0,
}


def page(request):
    """Change the session, as a page does that counts visits."""
    request.session["visits"] += 1
    return HttpResponse()


urlpatterns = [path("", page)]


def configure(folder):
    """Set Django up with a database of its own."""
    settings.configure(
        SECRET_KEY="bench" * 10,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.sessions"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        SESSION_ENGINE=STOCK,
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder) / "bench.sqlite3"),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
                },
            }
        },
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


class Saves:
    """Saves of one session by one engine."""

    def __init__(self, engine):
        self.store = import_module(engine).SessionStore
        session = self.store()
        session.update(SESSION)
        session.save()
        self.key = session.session_key

    def measure(self):
        """Return the processor time of some saves, without loading and changing."""
        spent = 0
        for _ in range(SAVES):
            session = self.store(self.key)
            session["visits"] += 1
            began = time.process_time_ns()
            session.save()
            spent += time.process_time_ns() - began
        return spent


class Requests:
    """Requests of one visitor to a site with one engine."""

    def __init__(self, engine):
        saves = Saves(engine)
        settings.SESSION_ENGINE = engine
        self.handler = WSGIHandler()
        self.environ = RequestFactory().get("/").environ
        self.environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={saves.key}"

    def measure(self):
        """Return the time of some requests."""
        began = time.perf_counter_ns()
        for _ in range(SAVES):
            response = self.handler(dict(self.environ), lambda status, headers: None)
            assert response.status_code == 200
        return time.perf_counter_ns() - began


def compare(kind, rounds):
    """Return stock's median, ours, and the median of the ratios ours to stock's."""
    stock, ours = kind(STOCK), kind(OURS)
    for _ in range(10):
        stock.measure(), ours.measure()
    gc.collect()
    gc.disable()
    times = []
    for turn in range(rounds):
        if turn % 2:
            mine, theirs = ours.measure(), stock.measure()
        else:
            theirs, mine = stock.measure(), ours.measure()
        times.append((theirs, mine))
    gc.enable()
    theirs, mine = (statistics.median(side) / SAVES / 1000 for side in zip(*times, strict=True))
    return theirs, mine, statistics.median(mine / theirs for theirs, mine in times)


def main():
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        configure(folder)
        size = len(JSONSerializer().dumps(SESSION))
        print(f"Django {django.__version__}, SQLite, a session of {size} bytes of JSON")
        theirs, mine, cpu = compare(Saves, rounds)
        print(f"save: {theirs:.1f} us Django, {mine:.1f} us session-merge, ratio {cpu:.3f}")
        theirs, mine, wall = compare(Requests, rounds)
        print(f"request: {theirs:.1f} us Django, {mine:.1f} us session-merge, ratio {1 / wall:.3f}")
    return 0 if cpu <= 1.0 and 1 / wall >= 0.97 else 1


if __name__ == "__main__":
    sys.exit(main())
