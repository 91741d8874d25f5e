"""An engine that some other package built on Django's, made to merge by inheriting from both."""

from sessions_tests.models import SessionStore as OtherStore

from session_merge.django.db import SessionStore as MergingStore


class SessionStore(OtherStore, MergingStore):
    pass
