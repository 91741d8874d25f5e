"""The same for sessions in a cache, which signs nothing."""

from session_merge.django.cache import SessionStore as MergingStore


class SessionStore(MergingStore):
    key_salt = "another_salt.SessionStore"
