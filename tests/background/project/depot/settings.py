"""Settings of the site; where it keeps sessions and tasks is told by DEPOT, in JSON."""

import json
import os
from importlib.util import find_spec

told = json.loads(os.environ["DEPOT"])

SESSION_ENGINE = told["engine"]
SESSION_MERGE = {
    "rules": {"/count": "counter", "/visits": "counter", "/log": "append", "/recent": "append"}
}
DATABASES = {"default": told["database"]}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{told['redis']}/1",
    }
}
TALLY = f"{told['redis']}/2"
CELERY_BROKER_URL = f"{told['redis']}/3"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_IMPORTS = ["session_merge.django.celery", "shop.tasks"]

SECRET_KEY = "depot" * 10
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "depot.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "session_merge.django",
    "depot",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"session_merge": {"level": "DEBUG"}, "django.tasks": {"level": "DEBUG"}},
}

HAS_TASKS = find_spec("django.tasks") is not None
if HAS_TASKS:
    INSTALLED_APPS += ["django_tasks_db"]
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
