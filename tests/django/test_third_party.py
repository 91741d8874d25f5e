"""Engines of other packages keep their columns and take the guarantee in a few lines."""

from pathlib import Path

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpResponse
from django.test import SimpleTestCase, override_settings
from qsessions.backends.cached_db import SessionStore as CachedQSessions
from qsessions.backends.db import SessionStore as QSessions
from qsessions.models import Session as QSession
from session_merge.django import edit
from support import IDENTITY, Interleaving, in_parallel
from third_party import qsessions_cached_engine, qsessions_engine, user_sessions_engine
from urls import VIEWS
from user_sessions.backends.db import SessionStore as UserSessions
from user_sessions.models import Session as UserSession

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "django.md"
KNOWN = {"user_agent": "firefox", "ip": "127.0.0.1"}


class OtherPackage(Interleaving):
    def setUp(self):
        super().setUp()
        self.user = User.objects.create_user("ann", password="secret")
        self.identity = {**IDENTITY, "_auth_user_id": str(self.user.pk)}

    def start(self, **data):
        session = self.engine(**KNOWN)
        session.update(data)
        session.save()
        return session.session_key

    def request(self, key):
        session = self.engine(key, **KNOWN)
        session.keys()
        return session

    def row(self, key):
        return self.model.objects.filter(session_key=key).first()

    def stored(self, key):
        """Return what a new request, on the package's own engine, would get."""
        found = dict(self.stock(key, **KNOWN).items())
        return {name: found[name] for name in found if not name.startswith("_qsession")}


class Promises:
    def test_two_saves(self):
        key = self.start(n=1)
        one, two = self.request(key), self.request(key)
        two.update({"n": 2, "two": 2})
        two.save()
        one.update({"n": 2, "one": 1})
        one.save()
        one.save()
        self.assertEqual(self.stored(key), {"n": 3, "two": 2, "one": 1})

    def test_threads_that_all_count(self):
        key = self.start(n=0)

        def count():
            for _ in range(5):
                session = self.request(key)
                session["n"] += 1
                session.save()

        in_parallel([count] * 4)
        self.assertEqual(self.stored(key), {"n": 20})

    def test_a_logout_wins(self):
        key = self.start(**self.identity)
        late = self.request(key)
        self.request(key).flush()
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertIsNone(self.row(key))

    def test_the_columns_follow_the_merged_session(self):
        key = self.start(**self.identity)
        self.assertEqual(self.row(key).user, self.user)
        created = getattr(self.row(key), "created_at", None)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.save()
        row = self.row(key)
        self.assertEqual((row.user, row.user_agent, row.ip), (self.user, *KNOWN.values()))
        self.assertEqual(getattr(row, "created_at", None), created)

    def test_work_outside_of_requests_knows_no_columns_and_leaves_them_alone(self):
        key = self.start(**self.identity, n=1)
        other = self.request(key)
        with self.settings(SESSION_ENGINE=self.engine.__module__), edit(key) as session:
            session["n"] += 1
            other["n"] += 1
            other.save()
        row = self.row(key)
        self.assertEqual((row.user, row.user_agent, row.ip), (self.user, *KNOWN.values()))
        self.assertEqual(self.stored(key), {**self.identity, "n": 3})

    def test_a_commit_before_the_key_is_cycled(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.cycle_key()
        self.assertIsNone(self.row(key))
        self.assertEqual(self.stored(one.session_key), {"a": 1, "two": 2, "one": 1})

    def test_sessions_of_the_packages_own_engine_go_on(self):
        stock = self.stock(**KNOWN)
        stock["a"] = 1
        stock.save()
        one = self.request(stock.session_key)
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(stock.session_key), {"a": 1, "one": 1})

    async def test_the_async_methods(self):
        session = self.engine(**KNOWN)
        await session.aset("a", 1)
        await session.asave()
        one, two = (
            self.engine(session.session_key, **KNOWN),
            self.engine(session.session_key, **KNOWN),
        )
        self.assertEqual([await one.aget("a"), await two.aget("a")], [1, 1])
        await two.aset("two", 2)
        await two.asave()
        await one.aset("one", 1)
        await one.asave()
        found = await self.engine(session.session_key, **KNOWN).aget("two")
        self.assertEqual(found, 2)

    def test_a_login_through_the_packages_middleware(self):
        def view(request):
            login(request, self.user)
            request.session["page"] = 1
            return HttpResponse()

        VIEWS["login"] = view
        middleware = [f"{self.package}.middleware.SessionMiddleware"]
        middleware += ["django.contrib.auth.middleware.AuthenticationMiddleware"]
        key = self.start(cart=["a"])
        self.client.cookies["sessionid"] = key
        with self.settings(SESSION_ENGINE=self.engine.__module__, MIDDLEWARE=middleware):
            self.assertEqual(self.client.get("/login/").status_code, 200)
        (row,) = self.model.objects.all()
        self.assertNotEqual(row.session_key, key)
        self.assertEqual(row.user, self.user)
        stored = self.stored(row.session_key)
        self.assertEqual((stored["cart"], stored["page"]), (["a"], 1))


class Documented(SimpleTestCase):
    def test_the_lines_in_the_documentation_are_those_that_are_tested(self):
        text = DOCUMENTATION.read_text(encoding="utf-8")
        for engine in (qsessions_engine, user_sessions_engine):
            _, _, code = Path(engine.__file__).read_text(encoding="utf-8").partition('"""\n\n')
            self.assertIn(f"```python\n{code}```", text)


COUNTER = override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})


@COUNTER
class QSessionsMerge(Promises, OtherPackage):
    package, model = "qsessions", QSession
    engine, stock = qsessions_engine.SessionStore, QSessions


@COUNTER
class CachedQSessionsMerge(Promises, OtherPackage):
    package, model = "qsessions", QSession
    engine, stock = qsessions_cached_engine.SessionStore, CachedQSessions


@COUNTER
class UserSessionsMerge(Promises, OtherPackage):
    package, model = "user_sessions", UserSession
    engine, stock = user_sessions_engine.SessionStore, UserSessions
