"""An engine that some other package built on Django's, made to merge by inheriting from both."""

from session_merge.django.db import SessionStore as MergingStore
from sessions_tests.models import SessionStore as OtherStore


class SessionStore(OtherStore, MergingStore):
    pass
