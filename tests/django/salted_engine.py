"""An engine whose class is not called as Django's is, so that it signs with another name."""

from session_merge.django.db import SessionStore as MergingStore


class SessionStore(MergingStore):
    key_salt = "another_salt.SessionStore"
