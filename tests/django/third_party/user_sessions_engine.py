"""django-user-sessions, made to merge: its engine has a way of its own to load and to save."""

from django.db import router
from django.utils import timezone
from session_merge.django.merging import MergingSession
from session_merge.django.rows import RowStore
from session_merge.django.store import Draft
from user_sessions.backends.db import SessionStore as UserSessionStore
from user_sessions.models import Session


class SessionStore(MergingSession, UserSessionStore):
    def merge_store(self):
        return RowStore(Session, router.db_for_write(Session))

    def draft(self, data):
        row = Session(
            session_key=self.session_key,
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get("_auth_user_id"),
            user_agent=self.user_agent,
            ip=self.ip,
        )
        return Draft(row.session_data, row)

    def load(self):
        rows = Session.objects.filter(session_key=self.session_key)
        row = rows.filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self.remember(row.session_data)
        return self.decode(row.session_data)
