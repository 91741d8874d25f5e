"""The cached engine of django-qsessions, made to merge."""

from qsessions.backends.cached_db import SessionStore as QSessionStore
from session_merge.django.cached_db import SessionStore as MergingStore


class SessionStore(QSessionStore, MergingStore):
    kept_columns = ("created_at",)
