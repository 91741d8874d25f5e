"""A session table with columns of its own, and the engine that fills them."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from session_merge.django.db import SessionStore as MergingStore


class ColumnSession(AbstractBaseSession):
    user = models.CharField(max_length=20, default="")
    items = models.IntegerField(default=0)
    seen = models.DateTimeField(auto_now=True)

    @classmethod
    def get_session_store_class(cls):
        return SessionStore


class SessionStore(MergingStore):
    @classmethod
    def get_model_class(cls):
        return ColumnSession

    def create_model_instance(self, data):
        instance = super().create_model_instance(data)
        instance.user = data.get("_auth_user_id", "")
        instance.items = len(data.get("cart", []))
        return instance


class UpperField(models.CharField):
    """A column that brings SQL of its own to every write, as encrypting fields do."""

    def get_placeholder(self, value, compiler, connection):
        return "UPPER(%s)"

    def get_placeholder_sql(self, value, compiler, connection):
        return "UPPER(%s)", [value]


class OwnSqlSession(AbstractBaseSession):
    agent = UpperField(max_length=20, default="")
    saves = models.IntegerField(default=0)

    @classmethod
    def get_session_store_class(cls):
        return OwnSqlStore


class OwnSqlStore(MergingStore):
    @classmethod
    def get_model_class(cls):
        return OwnSqlSession

    def create_model_instance(self, data):
        instance = super().create_model_instance(data)
        instance.agent = "firefox"
        return instance


OwnSqlStore.__qualname__ = "SessionStore"
