"""Settings of the arena; what it keeps its sessions in is told by STORM_SETTINGS, in JSON.

Run as a program, it makes the tables and the users.
"""

import json
import os

import django
from django.conf import settings

USERS = 3

settings.configure(
    SECRET_KEY="storm" * 10,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="arena",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "merges.tell_of_merges",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    MIGRATION_MODULES={"contenttypes": None, "auth": None, "sessions": None},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "handlers": {"null": {"class": "logging.NullHandler"}},
        "loggers": {
            "session_merge": {"handlers": ["null"], "propagate": False},
            "django.request": {"handlers": ["null"], "propagate": False},
            "django.security": {"handlers": ["null"], "propagate": False},
        },
    },
    **json.loads(os.environ["STORM_SETTINGS"]),
)
django.setup()


def prepare():
    """Make what is not there yet: the tables of the database and of the cache, and the users."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    for number in range(USERS):
        get_user_model().objects.get_or_create(username=f"user{number}")


if __name__ == "__main__":
    prepare()
