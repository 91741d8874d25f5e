"""Settings of the Django tests.

``TEST_DATABASE`` chooses the database: ``sqlite`` (the default, a file in a temporary folder) or a
URL such as ``postgresql://user:password@127.0.0.1:5432/name`` or ``mysql://...``. The caches are
those of ``stores.py`` whose servers are there.
"""

import atexit
import shutil
import tempfile
from pathlib import Path

import stores

SCRATCH = Path(tempfile.mkdtemp(prefix="session-merge-django-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

DATABASES = {
    "default": stores.database("default", SCRATCH),
    "replica": stores.database("replica", SCRATCH),
    "oracle": {"ENGINE": "oracle_like", "NAME": SCRATCH / "oracle.sqlite3"},
}
CACHES = stores.cache_settings(SCRATCH / "cache")
SESSION_FILE_PATH = SCRATCH / "sessions"
SESSION_FILE_PATH.mkdir()

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
    "qsessions",
    "user_sessions",
    "session_merge.django",
]
# Nobody uses both qsessions and user_sessions, each of which gives a user a session_set.
SILENCED_SYSTEM_CHECKS = ["fields.E304", "fields.E305"]
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
    "root": {"handlers": ["null"]},  # pymemcache would set one up that prints
    "loggers": {"session_merge": {"handlers": ["null"], "propagate": False}},
}
