"""django-qsessions, made to merge: its engine is a subclass of Django's."""

from qsessions.backends.db import SessionStore as QSessionStore
from session_merge.django.db import SessionStore as MergingStore


class SessionStore(QSessionStore, MergingStore):
    kept_columns = ("created_at",)  # its model fills it in when a row is made
