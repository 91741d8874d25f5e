"""Logging in and out while other requests write: nothing is resurrected, no two users mix."""

from unittest import mock

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.test import RequestFactory, override_settings
from session_merge.django.rows import RowStore
from support import (
    IDENTITY,
    Interleaving,
    in_parallel,
    statements,
    write_as_other,
)


class Logout(Interleaving):
    def test_the_identity_is_never_half_of_one_request_and_half_of_another(self):
        key = self.start(**IDENTITY)
        one, two = self.request(key), self.request(key)
        two["_auth_user_hash"] = "h2"
        two.save()
        for name in IDENTITY:
            del one[name]
        one.save()
        stored = self.stored(key)
        self.assertIn([name for name in IDENTITY if name in stored], ([], list(IDENTITY)))


class IdentityChanged(Interleaving):
    def test_nothing_anonymous_is_merged_into_a_session_that_has_logged_in(self):
        key = self.start()
        late = self.request(key)
        write_as_other(key, **IDENTITY)
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(self.stored(key), IDENTITY)

    def test_nothing_of_a_user_is_merged_into_a_session_that_has_become_anonymous(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        Session.objects.update(session_data=self.engine().encode({"public": 1}))
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(self.stored(key), {"public": 1})

    def test_a_save_with_nothing_changed_leaves_the_other_user_alone(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        write_as_other(key, _auth_user_id="2")
        expires = self.row(key).expire_date
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(self.row(key).expire_date, expires)

    def test_cycle_key_leaves_the_other_user_alone(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        write_as_other(key, _auth_user_id="2")
        with self.assertRaises(SessionInterrupted):
            late.cycle_key()
        self.assertEqual(late.session_key, key)
        self.assertEqual(self.one_row_is_left().session_key, key)


class CycleKey(Interleaving):
    def test_what_is_saved_afterwards_goes_to_the_new_key(self):
        one = self.request(self.start(a=1))
        one.cycle_key()
        one["b"] = 2
        with statements() as sql:
            one.save()
        self.assertEqual(len(sql), 1)
        self.assertEqual(self.stored(self.one_row_is_left().session_key), {"a": 1, "b": 2})

    def test_a_session_without_a_key_gets_one(self):
        one = self.engine()
        one["a"] = 1
        one.cycle_key()
        self.assertEqual(self.stored(one.session_key), {"a": 1})

    def test_a_session_that_was_cleared_unread_is_moved_empty(self):
        key = self.start(a=1)
        one = self.engine(key)
        one.clear()
        one.cycle_key()
        self.assertIsNone(self.row(key))
        self.assertEqual(self.stored(one.session_key), {})

    def test_a_session_that_was_cleared_unread_and_is_gone_gets_a_new_key(self):
        key = self.start(a=1)
        one = self.engine(key)
        one.clear()
        self.engine(key).delete()
        one.cycle_key()
        self.assertEqual(self.one_row_is_left().session_key, one.session_key)

    def test_if_storing_fails_the_session_stays_where_it_was(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 2
        failure = mock.patch.object(RowStore, "insert", side_effect=IntegrityError("column"))
        with failure, self.assertRaises(IntegrityError):
            one.cycle_key()
        self.assertEqual(one.session_key, key)
        self.assertEqual(self.stored(key), {"a": 1})
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    def test_a_key_that_is_taken_is_not_used(self):
        taken = self.start(other=1)
        one = self.request(self.start(a=1))
        keys = iter([taken, "fresh" * 4])
        with mock.patch.object(one, "_get_new_session_key", lambda: next(keys)):
            one.cycle_key()
        self.assertEqual(one.session_key, "fresh" * 4)
        self.assertEqual(self.stored(taken), {"other": 1})
        self.assertEqual(self.stored("fresh" * 4), {"a": 1})


class Login(Interleaving):
    def setUp(self):
        self.user = User.objects.create_user("ann", password="secret")

    def http(self, key):
        request = RequestFactory().get("/")
        request.session = self.request(key)
        request.user = None
        return request

    def identity(self, key):
        return self.stored(key).get("_auth_user_id")

    def test_a_commit_before_the_login_is_in_the_logged_in_session(self):
        key = self.start(cart=["a"])
        request, other = self.http(key), self.request(key)
        other["cart"].append("b")
        other.save()
        login(request, self.user)
        request.session.save()
        stored = self.stored(request.session.session_key)
        self.assertEqual(stored["cart"], ["a", "b"])
        self.assertEqual(stored["_auth_user_id"], str(self.user.pk))
        self.assertEqual(Session.objects.count(), 1)

    def test_a_login_form_that_is_submitted_twice_at_once(self):
        key = self.start(cart=["a"])
        requests = [self.http(key), self.http(key)]

        def submit(request):
            login(request, self.user)
            request.session.save()

        in_parallel([lambda request=request: submit(request) for request in requests])
        self.assertEqual(Session.objects.count(), 2)
        for request in requests:
            self.assertEqual(self.identity(request.session.session_key), str(self.user.pk))

    def logged_in(self):
        request = self.http(self.start(cart=["a"]))
        login(request, self.user)
        request.session.save()
        return request.session.session_key

    def test_a_logout_while_another_request_writes(self):
        key = self.logged_in()
        request, late = self.http(key), self.request(key)
        logout(request)
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(Session.objects.count(), 0)

    def test_eight_requests_at_once_after_the_secret_key_was_replaced(self):
        key = self.start(old=1)
        with override_settings(SECRET_KEY="n" * 50):
            requests = [self.request(key) for _ in range(8)]

            def page(number):
                requests[number][f"page{number}"] = 1
                requests[number].save()

            in_parallel([lambda number=number: page(number) for number in range(8)])
            self.assertEqual(self.stored(key), {f"page{number}": 1 for number in range(8)})
