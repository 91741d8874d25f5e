"""A Django site in one file, for the worker to share its sessions.

``SITE_ENGINE`` names the session engine; ``POSTGRESQL_URL`` and ``REDIS_URL`` where sessions are.
Run as a script it makes the tables.
"""

import json
import os
import time
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path


class JSONSerializer:
    """Writes what is cached as JSON, which a worker can read too."""

    def dumps(self, value):
        """Return the bytes to store."""
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(self, stored):
        """Return the value that the bytes hold."""
        return json.loads(stored)


postgresql = urlsplit(os.environ["POSTGRESQL_URL"])
settings.configure(
    SECRET_KEY=os.environ["SITE_SECRET"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": postgresql.path.removeprefix("/"),
            "HOST": postgresql.hostname,
            "PORT": postgresql.port,
            "USER": postgresql.username,
            "PASSWORD": postgresql.password or "",
            "CONN_MAX_AGE": None,
        }
    },
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ["REDIS_URL"],
            "OPTIONS": {"serializer": f"{__name__}.JSONSerializer"},
        }
    },
    SESSION_ENGINE=os.environ["SITE_ENGINE"],
    SESSION_MERGE={"rules": {"/count": "counter", "/log": "append"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
application = get_wsgi_application()

from django.contrib.auth import authenticate, login, logout  # noqa: E402


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
    time.sleep(0.005)
    return HttpResponse()


def show(request):
    """Return what is in the session."""
    return JsonResponse(dict(request.session.items()))


def log_in(request):
    """Log the one user in."""
    login(request, authenticate(request, username="ann", password="secret"))
    return JsonResponse({"password": request.user.password})


def log_out(request):
    """Log out: the session is flushed."""
    logout(request)
    return HttpResponse()


urlpatterns = [
    path("start", start),
    path("add", add),
    path("show", show),
    path("login", log_in),
    path("logout", log_out),
]

if __name__ == "__main__":
    from django.contrib.auth.models import User
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        User.objects.create_user("ann", password="secret")
