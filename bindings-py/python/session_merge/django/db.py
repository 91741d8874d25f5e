"""Sessions in the database that never lose an update.

    SESSION_ENGINE = "session_merge.django.db"

It keeps its sessions where ``django.contrib.sessions.backends.db`` does, in the same form, and
needs the same ``django.contrib.sessions`` in ``INSTALLED_APPS`` for the table. Switching from one
to the other and back keeps every session.

What a save may raise is listed in ``session_merge.django.errors``.

An engine with more columns is a subclass, as with Django's. It overrides ``get_model_class()`` and
``create_model_instance()``, and must be called ``SessionStore``, for Django signs sessions with the
name of the class. A third-party engine that is a subclass of Django's takes the guarantee by
inheriting from both, its own first:

    class SessionStore(qsessions.backends.db.SessionStore, session_merge.django.db.SessionStore):
        pass
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore as DatabaseSession
from django.db import router
from session_merge.django.merging import MergingSession
from session_merge.django.rows import RowStore
from session_merge.django.store import Draft, LockingStore
from session_merge.django.supported import refuse_database

__all__ = ["SessionStore"]


class SessionStore(MergingSession, DatabaseSession):  # type: ignore[misc]
    """The session of one request, kept in a row of the database."""

    kept_columns: tuple[str, ...] = ()
    """Fields of the model that are written when a row is made, and never again."""

    def merge_store(self) -> LockingStore:
        """Return the rows in the database that is written to: the router decides."""
        return self._rows()

    def _rows(self) -> RowStore:
        instance = self.model(session_key=self.session_key)
        using = router.db_for_write(self.model, instance=instance)
        return RowStore(self.model, using, keep=self.kept_columns)

    @classmethod
    def check_store(cls) -> None:
        """Refuse a database in which a row cannot be compared with a text."""
        refuse_database(router.db_for_write(cls.get_model_class()))

    def draft(self, data: dict[str, Any]) -> Draft:
        """Return the model instance that ``create_model_instance()`` makes of the data."""
        instance = self.create_model_instance(data)
        return Draft(instance.session_data, instance)

    def draft_in_thread(self, data: dict[str, Any]) -> Draft:
        """As ``draft``, from ``acreate_model_instance()`` if a subclass has one of its own."""
        if type(self).acreate_model_instance is DatabaseSession.acreate_model_instance:
            return self.draft(data)
        instance = async_to_sync(self.acreate_model_instance)(data)
        return Draft(instance.session_data, instance)

    def _get_session_from_db(self) -> Any:
        instance = super()._get_session_from_db()
        self.remember(instance.session_data if instance else None)
        return instance

    async def _aget_session_from_db(self) -> Any:
        instance = await super()._aget_session_from_db()
        self.remember(instance.session_data if instance else None)
        return instance
