"""An engine of the table with columns, which fills one of them in a coroutine."""

from session_merge.django.db import SessionStore as MergingStore

from columns.models import ColumnSession


class SessionStore(MergingStore):
    @classmethod
    def get_model_class(cls):
        return ColumnSession

    async def acreate_model_instance(self, data):
        instance = await super().acreate_model_instance(data)
        instance.user = "coroutine"
        return instance
