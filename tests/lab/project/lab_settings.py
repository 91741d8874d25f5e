"""Settings of the project; what it keeps its sessions in is told by LAB_SETTINGS, in JSON.

Run as a program, it makes the tables.
"""

import json
import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="lab" * 20,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="lab_views",
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=[
        "lab_views.lock_the_row",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ],
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "handlers": {"null": {"class": "logging.NullHandler"}},
        "loggers": {
            "session_merge": {"handlers": ["null"], "propagate": False},
            "django.request": {"handlers": ["null"], "propagate": False},
        },
    },
    **json.loads(os.environ["LAB_SETTINGS"]),
)
django.setup()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
