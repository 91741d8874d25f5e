"""Django's own tests of its session engines and middleware, run on these engines."""

from unittest import mock

import custom_engine
from django.conf import settings
from django.core.cache import caches
from django.test import SimpleTestCase, TestCase, TransactionTestCase, override_settings
from session_merge.django import cache, cached_db, db, file
from session_merge.django.caches.memcached import close_clients
from sessions_tests import tests as djangos
from stores import CACHES, SQLITE, needs_cache
from support import QuickTeardown, forget_folders


class DatabaseSessionTests(djangos.DatabaseSessionTests):
    backend = db.SessionStore
    session_engine = "session_merge.django.db"


@override_settings(USE_TZ=True)
class DatabaseSessionWithTimeZoneTests(DatabaseSessionTests):
    pass


@override_settings(USE_TZ=False)
class DatabaseSessionWithoutTimeZoneTests(DatabaseSessionTests):
    pass


class CustomDatabaseSessionTests(djangos.CustomDatabaseSessionTests):
    backend = custom_engine.SessionStore
    session_engine = "custom_engine"


@override_settings(SESSION_ENGINE="session_merge.django.db")
class SessionMiddlewareTests(djangos.SessionMiddlewareTests):
    def setUp(self):
        super().setUp()
        patch = mock.patch.object(djangos, "DatabaseSession", db.SessionStore)
        self.enterContext(patch)


class OwnFolder:
    """Each test has a folder of its own, and no class remembers that of the last one."""

    def setUp(self):
        forget_folders()
        super().setUp()


class FileSessionTests(OwnFolder, djangos.FileSessionTests):
    backend = file.SessionStore

    def test_clearsessions_command_of_this_engine(self):
        with self.settings(SESSION_ENGINE="session_merge.django.file", SESSION_COOKIE_AGE=0):
            djangos.FileSessionTests.test_clearsessions_command.__wrapped__(self)


class FileSessionPathLibTests(OwnFolder, djangos.FileSessionPathLibTests):
    backend = file.SessionStore


def tests_of(names, bases, members):
    """Put a class together from Django's tests, with another base for ``TestCase``."""
    for name in names:
        for member, value in vars(getattr(djangos, name)).items():
            if member.startswith(("test_", "setUp", "tearDown")):
                members.setdefault(member, value)
    return type(names[0], (djangos.SessionTestsMixin, *bases), members)


class OneCache:
    """All sessions are in the cache of one alias, which is the default one to Django's tests."""

    alias: str

    def setUp(self):
        only = {"default": settings.CACHES[self.alias]}
        self.enterContext(override_settings(CACHES=only))
        caches["default"].clear()
        self.addCleanup(close_clients)
        self.addCleanup(caches.close_all)
        super().setUp()


class WithCommits(QuickTeardown, TransactionTestCase):
    """In place of ``TestCase``, in whose transaction nothing is ever committed."""


def define(name, alias, members, base):
    """Define the tests of one of Django's classes, ``name``, for the cache of this alias."""
    tests = tests_of([name], (OneCache, base), {"alias": alias, **members})
    tests.__name__ = tests.__qualname__ = f"{name}_{alias}"
    globals()[tests.__name__] = needs_cache(alias)(tests)


# Sessions in a cache need no database, but for the cache that is in one. Sessions with a copy in a
# cache are tested with each cache on SQLite, and with two on each of the other databases.
for alias in CACHES if SQLITE else ["database"]:
    kind = TestCase if alias == "database" else SimpleTestCase
    define("CacheSessionTests", alias, {"backend": cache.SessionStore}, kind)
for alias in CACHES if SQLITE else ["database", "redis"]:
    define("CacheDBSessionTests", alias, {"backend": cached_db.SessionStore}, WithCommits)
