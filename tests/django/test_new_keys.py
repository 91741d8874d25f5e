"""A session that moves to a new key takes along what others stored, on every store."""

from unittest import mock

from django.contrib.auth import get_user, login, logout
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.test import RequestFactory, override_settings
from everywhere import OnEveryStore, on_every_store
from support import IDENTITY, in_parallel


class CycleKey(OnEveryStore):
    def test_a_commit_in_between_is_not_lost(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.cycle_key()
        self.assertTrue(one.modified)
        self.assertTrue(self.is_gone(key))
        self.assertEqual(self.stored(one.session_key), {"a": 1, "two": 2, "one": 1})
        two["late"] = 1
        with self.assertRaises(UpdateError):
            two.save()
        one["more"] = 1
        one.save()
        self.assertEqual(self.stored(one.session_key), {"a": 1, "two": 2, "one": 1, "more": 1})

    def test_an_anonymous_session_that_is_gone_gets_a_new_key(self):
        key = self.start(a=1)
        one = self.request(key)
        self.engine(key).delete()
        one["one"] = 1
        one.cycle_key()
        self.assertTrue(self.is_gone(key))
        self.assertEqual(self.stored(one.session_key), {"a": 1, "one": 1})

    def test_a_logged_in_session_that_is_gone_is_not_copied(self):
        key = self.start(**IDENTITY)
        one = self.request(key)
        self.engine(key).delete()
        fresh = "fresh" * 6
        new_key = mock.patch.object(one, "_get_new_session_key", lambda: fresh)
        with new_key, self.assertRaises(SessionInterrupted):
            one.cycle_key()
        self.assertTrue(self.is_gone(key))
        self.assertTrue(self.is_gone(fresh))
        self.assertEqual(one.session_key, key)

    def test_of_many_that_cycle_a_logged_in_session_at_once_one_does(self):
        key = self.start(**IDENTITY)
        requests = [self.request(key) for _ in range(4)]

        def cycle(session):
            try:
                session.cycle_key()
            except SessionInterrupted:
                return None
            return session.session_key

        keys = in_parallel([lambda session=session: cycle(session) for session in requests])
        (new,) = filter(None, keys)
        self.assertEqual(self.stored(new), IDENTITY)
        self.assertTrue(self.is_gone(key))

    def test_a_login_form_that_is_submitted_twice(self):
        user = User.objects.create_user("ann", password="secret")
        key = self.start(cart=["a"])
        requests = [RequestFactory().get("/") for _ in range(2)]
        for request in requests:
            request.session, request.user = self.request(key), None
        for request in requests:
            login(request, user)
            request.session.save()
            stored = self.stored(request.session.session_key)
            self.assertEqual((stored["_auth_user_id"], stored["cart"]), (str(user.pk), ["a"]))
        self.assertTrue(self.is_gone(key))


class Rotation(OnEveryStore):
    """After SECRET_KEY was rotated, whoever finds out first cycles the key of the session."""

    def setUp(self):
        super().setUp()
        self.user = User.objects.create_user("ann", password="secret")
        request = self.http(self.engine())
        login(request, self.user)
        request.session.save()
        self.key = request.session.session_key
        rotated = override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=["k" * 50])
        self.enterContext(rotated)

    def http(self, session):
        request = RequestFactory().get("/")
        request.session, request.user = session, None
        return request

    def test_of_many_requests_at_once_one_goes_on(self):
        requests = [self.http(self.request(self.key)) for _ in range(8)]

        def page(request):
            try:
                user = get_user(request)
                request.session.save()
            except SessionInterrupted:
                return None
            return user, request.session.session_key

        answers = in_parallel([lambda request=request: page(request) for request in requests])
        ((user, key),) = filter(None, answers)
        self.assertEqual(user, self.user)
        self.assertEqual(self.stored(key)["_auth_user_id"], str(self.user.pk))
        self.assertTrue(self.is_gone(self.key))

    def test_a_logout_meanwhile_wins(self):
        request = self.http(self.request(self.key))
        logout(self.http(self.request(self.key)))
        with self.assertRaises(SessionInterrupted):
            get_user(request)
        self.assertTrue(self.is_gone(self.key))


for tests in (CycleKey, Rotation):
    on_every_store(tests)
del tests, CycleKey, Rotation
