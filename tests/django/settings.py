"""Settings of the Django tests.

``TEST_DATABASE`` chooses the database: ``sqlite`` (the default, a file in a temporary folder) or a
URL such as ``postgresql://user:password@127.0.0.1:5432/name`` or ``mysql://...``.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

SCRATCH = Path(tempfile.mkdtemp(prefix="session-merge-django-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)


def database(name: str) -> dict[str, object]:
    """Return the settings of one test database."""
    url = os.environ.get("TEST_DATABASE", "sqlite")
    if url == "sqlite":
        file = str(SCRATCH / f"{name}.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "OPTIONS": {"timeout": 10, "init_command": "PRAGMA journal_mode=WAL"},
            "TEST": {"NAME": file},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": f"django.db.backends.{parts.scheme}",
        "NAME": f"{parts.path.lstrip('/')}_{name}",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


DATABASES = {
    "default": database("default"),
    "replica": database("replica"),
}

SECRET_KEY = "k" * 50
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "sessions_tests",
    "columns",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "urls"
SESSION_ENGINE = "session_merge.django.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"null": {"class": "logging.NullHandler"}},
    "loggers": {"session_merge": {"handlers": ["null"], "propagate": False}},
}
