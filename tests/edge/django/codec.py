"""Let the installed Django write and read sessions, and the engines' package complete rules.

One JSON request comes in, one JSON answer goes out.
"""

import json
import sys

import django
from django.conf import settings

request = json.load(sys.stdin)
settings.configure(
    SECRET_KEY=request["secret"],
    SECRET_KEY_FALLBACKS=request.get("fallbacks", []),
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.base_user import AbstractBaseUser  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from session_merge.django.rules import with_built_in  # noqa: E402


class OtherStore(SessionStore):
    """An engine whose class has a name of its own, which Django makes part of the salt."""


class Person(AbstractBaseUser):
    """A user of whom only the password counts."""

    class Meta:
        app_label = "auth"


ENGINES = {"SessionStore": SessionStore, "OtherStore": OtherStore}
OtherStore.__qualname__ = "OtherStore"

engine = ENGINES[request.get("engine", "SessionStore")]()
json.dump(
    {
        "django": django.get_version(),
        "encoded": [engine.encode(data) for data in request.get("encode", [])],
        "decoded": [engine.decode(stored) for stored in request.get("decode", [])],
        "hashes": [
            Person(password=password).get_session_auth_hash()
            for password in request.get("hash", [])
        ],
        "expiry": [
            engine.get_expiry_age(expiry=data.get("_session_expiry"))
            for data in request.get("expiry", [])
        ],
        "completed": [with_built_in(rules, use) for rules, use in request.get("complete", [])],
    },
    sys.stdout,
)
