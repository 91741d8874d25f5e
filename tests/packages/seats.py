"""A site in one file, whose only rule is that nobody takes a seat that somebody else has taken."""

import os
import threading

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="seats" * 10,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["SEATS_DATABASE"],
            "OPTIONS": {"timeout": 20},
        }
    },
    SESSION_ENGINE="session_merge.django.db",
    SESSION_MERGE={"rules": {"/seat": "fail"}},
    USE_TZ=True,
)

both = threading.Barrier(2)


def start(request):
    """Begin a session."""
    request.session["seat"] = "none-so-far"
    return HttpResponse()


def take(request):
    """Take a seat, once two requests have loaded the session."""
    request.session["seat"] = request.GET["seat"]
    both.wait(10)
    return HttpResponse("taken")


def show(request):
    """Tell which seat is taken."""
    return HttpResponse(request.session["seat"])


urlpatterns = [path("start", start), path("take", take), path("show", show)]

application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
