"""Django's own tests of its database engine and session middleware, run on this engine."""

from unittest import mock

import custom_engine
from django.test import override_settings
from session_merge.django.db import SessionStore
from sessions_tests import tests as djangos

ENGINE = "session_merge.django.db"


class DatabaseSessionTests(djangos.DatabaseSessionTests):
    backend = SessionStore
    session_engine = ENGINE


@override_settings(USE_TZ=True)
class DatabaseSessionWithTimeZoneTests(DatabaseSessionTests):
    pass


@override_settings(USE_TZ=False)
class DatabaseSessionWithoutTimeZoneTests(DatabaseSessionTests):
    pass


class CustomDatabaseSessionTests(djangos.CustomDatabaseSessionTests):
    backend = custom_engine.SessionStore
    session_engine = "custom_engine"


@override_settings(SESSION_ENGINE=ENGINE)
class SessionMiddlewareTests(djangos.SessionMiddlewareTests):
    def setUp(self):
        super().setUp()
        patch = mock.patch.object(djangos, "DatabaseSession", SessionStore)
        self.enterContext(patch)
