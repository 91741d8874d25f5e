"""The row decides, and no copy in a cache stands in for a row that is newer, or gone."""

import threading
from unittest import mock

from cached_rows import CachedRows
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, TestCase, override_settings
from everywhere import on_every_store
from session_merge.django import SessionDecodeError
from session_merge.django.cache_copy import CacheCopy
from support import IDENTITY, elsewhere
from urls import VIEWS


class Paused:
    """A point in another thread's work at which it waits until it is told to go on."""

    def __init__(self):
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        self.reached.set()
        self.go_on.wait(10)


class Copies(CachedRows):
    def test_a_session_in_the_cache_is_read_without_the_row_and_saved_by_one_statement(self):
        key = self.start(a=1)
        one = self.engine(key)
        self.assertEqual(self.sql(lambda: one["a"]), [])
        one["b"] = 2
        self.assertEqual(self.sql(one.save), ["UPDATE"])
        self.assertEqual(self.cached(key), {"a": 1, "b": 2})
        self.assertEqual(self.cached_text(key), self.row_text(key))
        one["c"] = 3
        self.assertEqual(self.sql(one.save), ["UPDATE"])
        self.assertEqual(self.sql(lambda: self.request(key)), [])

    def test_a_save_asks_the_cache_once(self):
        key = self.start(a=1)
        one = self.request(key)
        store = type(one._copies().store)
        for number in range(2):
            one["b"] = number
            with mock.patch.object(store, "read", side_effect=AssertionError("read again")):
                one.save()
            self.assertEqual(self.cached(key), {"a": 1, "b": number})

    def test_a_session_that_is_not_in_the_cache_is_filled_in_by_a_read(self):
        key = self.start(a=1)
        self.forget_copy(key)
        self.assertEqual(self.sql(lambda: self.request(key)), ["SELECT"])
        self.assertEqual(self.cached(key), {"a": 1})
        self.assertEqual(self.cached_text(key), self.row_text(key))

    def test_a_key_without_a_session_leaves_nothing_in_the_cache(self):
        self.assertEqual(self.engine("x" * 32).load(), {})
        self.assertIsNone(self.cached("x" * 32))
        self.assertFalse(self.engine().exists("x" * 32))

    def test_a_save_with_nothing_changed_keeps_the_copy(self):
        key = self.start(a=1)
        self.assertEqual(self.sql(self.request(key).save), ["UPDATE"])
        self.assertEqual(self.cached_text(key), self.row_text(key))

    def test_a_session_that_starts_from_an_old_copy_is_merged(self):
        key = self.start(a=1)
        old = self.engine(key)._copies().store.read(key).raw
        self.write_as_other(key, two=2)
        store = self.engine(key)._copies().store
        store.overwrite(key, old, 100)
        one = self.request(key)
        self.assertNotIn("two", one)
        one["one"] = 1
        one.save()
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2, "one": 1})
        self.assertEqual(self.cached_text(key), self.row_text(key))

    def test_what_djangos_engine_has_cached_is_read_from_the_row(self):
        key = self.start(a=1)
        stock = self.stock(key)
        stock["stock"] = 1
        stock.save()
        self.assertEqual(self.sql(lambda: self.request(key)), ["SELECT"])

    def test_a_merged_session_is_cached_as_merged(self):
        key = self.start(a=1)
        one = self.request(key)
        self.write_as_other(key, two=2)
        one["one"] = 1
        one.save()
        self.assertIn(self.cached_text(key), (None, self.row_text(key)))
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2, "one": 1})


class NeverOlder(CachedRows):
    def test_of_two_saves_the_first_is_the_last_to_reach_the_cache(self):
        key = self.start(a=1)
        replace, late = CacheCopy.replace, []

        def hold_back(copies, *args):
            late.append(lambda: replace(copies, *args))

        with mock.patch.object(CacheCopy, "replace", hold_back):
            self.write_as_other(key, first=1)
        self.write_as_other(key, second=2)
        for write in late:
            write()
        self.assertIn(self.cached_text(key), (None, self.row_text(key)))
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "first": 1, "second": 2})

    def test_a_read_before_a_commit_does_not_fill_the_cache_after_it(self):
        key = self.start(a=1)
        self.forget_copy(key)
        fill, late = CacheCopy.fill, []

        def hold_back(copies, *args):
            late.append(lambda: fill(copies, *args))

        with mock.patch.object(CacheCopy, "fill", hold_back):
            reader = self.request(key)
        self.write_as_other(key, two=2)
        for write in late:
            write()
        self.assertIn(self.cached_text(key), (None, self.row_text(key)))
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2})
        reader["one"] = 1
        reader.save()
        self.assertEqual(self.stored(key), {"a": 1, "two": 2, "one": 1})

    def test_what_is_rolled_back_never_reaches_the_cache(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            one["b"] = 2
            one.save()
            raise ZeroDivisionError
        self.assertIn(self.cached(key), (None, {"a": 1}))
        self.assertEqual(self.stored(key), {"a": 1})
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})
        self.assertEqual(self.row_text(key), self.cached_text(key) or self.row_text(key))

    def test_what_is_committed_reaches_the_cache_then_and_not_before(self):
        key = self.start(a=1)
        one = self.request(key)
        with transaction.atomic():
            one["b"] = 2
            one.save()
            one["b"] = "changed in memory after the save"
            if self.alias != "database":
                self.assertEqual(self.cached(key), {"a": 1})
        self.assertEqual(self.cached(key), {"a": 1, "b": 2})
        self.assertEqual(self.cached_text(key), self.row_text(key))

    def test_what_is_read_in_a_transaction_is_filled_in_after_it(self):
        key = self.start(a=1)
        self.forget_copy(key)
        with transaction.atomic():
            writer = self.request(key)
            writer["b"] = 2
            writer.save()
            self.request(key)
            self.assertIsNone(self.cached(key))
        self.assertEqual(self.cached_text(key), self.row_text(key))
        self.assertEqual(self.cached(key), {"a": 1, "b": 2})

    def test_a_hook_that_a_test_runs_inside_its_transaction_fills_nothing_in_and_ends(self):
        key = self.start(a=1)
        self.forget_copy(key)
        with transaction.atomic(), TestCase.captureOnCommitCallbacks(execute=True) as hooks:
            self.request(key)
        self.assertEqual(len(hooks), 1)


class NeverBack(CachedRows):
    """Both orders of a deletion and a cache write, with the old cookie sent again afterwards."""

    def setUp(self):
        super().setUp()
        user = User.objects.create_user("ann", password="secret")
        request = RequestFactory().get("/")
        request.session = self.engine()
        login(request, user)
        request.session.save()
        self.key = request.session.session_key
        VIEWS["who"] = lambda request: HttpResponse(request.session.get("_auth_user_id", "nobody"))
        VIEWS["write"] = self.write
        VIEWS["logout"] = self.logout

    def write(self, request):
        request.session["written"] = 1
        return HttpResponse()

    def logout(self, request):
        request.session.flush()
        return HttpResponse()

    def get(self, path):
        """Send the old cookie."""
        client = Client()
        client.cookies["sessionid"] = self.key
        return client.get(path)

    def assert_logged_out(self):
        for _ in range(2):
            self.assertEqual(self.get("/who/").content, b"nobody")
        self.assertEqual(self.stock(self.key).load(), {})
        self.assertFalse(self.engine().exists(self.key))

    def interrupted(self, method, path, act, after=False):
        """Send a request that stops before (or after) it writes to the cache, and act then."""
        original, pause = getattr(CacheCopy, method), Paused()
        answers = []

        def stopping(copies, *args):
            if threading.current_thread().name != "interrupted":
                return original(copies, *args)
            if after:
                original(copies, *args)
            pause()
            return None if after else original(copies, *args)

        def send():
            answers.append(self.get(path).status_code)
            connections.close_all()

        with mock.patch.object(CacheCopy, method, stopping):
            thread = threading.Thread(target=send, name="interrupted")
            thread.start()
            self.assertTrue(pause.reached.wait(10))
            act()
            pause.go_on.set()
            thread.join(10)
        return answers[0]

    def test_a_logout_before_a_reader_fills_the_cache(self):
        self.forget_copy(self.key)
        self.assertEqual(self.interrupted("fill", "/who/", lambda: self.get("/logout/")), 200)
        self.assert_logged_out()

    def test_a_logout_after_a_reader_filled_the_cache(self):
        self.forget_copy(self.key)
        self.interrupted("fill", "/who/", lambda: self.get("/logout/"), after=True)
        self.assert_logged_out()

    def test_a_logout_before_a_writer_replaces_the_copy(self):
        self.interrupted("replace", "/write/", lambda: self.get("/logout/"))
        self.assert_logged_out()

    def test_a_logout_after_a_writer_replaced_the_copy(self):
        self.interrupted("replace", "/write/", lambda: self.get("/logout/"), after=True)
        self.assert_logged_out()

    def test_a_reader_between_the_tombstone_and_the_deletion_of_the_row(self):
        seen = []
        status = self.interrupted(
            "bury", "/logout/", lambda: seen.append(self.get("/who/").content), after=True
        )
        self.assertEqual(status, 200)
        self.assertNotEqual(seen, [b"nobody"])
        self.assert_logged_out()

    def test_a_writer_and_a_reader_between_the_tombstone_and_the_deletion_of_the_row(self):
        fill, late = CacheCopy.fill, []

        def hold_back(copies, *args):
            late.append(lambda: fill(copies, *args))

        def write_and_read():
            self.assertEqual(self.get("/write/").status_code, 200)
            with mock.patch.object(CacheCopy, "fill", hold_back):
                self.get("/who/")

        self.interrupted("bury", "/logout/", write_and_read, after=True)
        for write in late:
            write()
        self.assert_logged_out()

    def test_a_reader_before_the_tombstone(self):
        self.forget_copy(self.key)
        self.interrupted("bury", "/logout/", lambda: self.get("/who/"))
        self.assert_logged_out()

    def test_a_logout_by_djangos_engine_before_a_reader_fills_the_cache(self):
        self.forget_copy(self.key)
        self.interrupted("fill", "/who/", lambda: elsewhere(self.stock(self.key).flush))
        self.assert_logged_out()

    def test_a_cycled_key_leaves_no_copy_under_the_old_one(self):
        def cycle():
            one = self.request(self.key)
            one.cycle_key()
            return one

        self.forget_copy(self.key)
        self.interrupted("fill", "/who/", cycle)
        self.assert_logged_out()

    def test_a_rolled_back_logout_is_none(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            self.engine(self.key).flush()
            raise ZeroDivisionError
        self.assertNotEqual(self.get("/who/").content, b"nobody")

    def test_a_cache_that_is_out_of_reach_keeps_a_logout_from_looking_done(self):
        store = type(self.engine()._copies().store)
        broken = mock.patch.object(store, "overwrite", side_effect=ConnectionError("down"))
        with broken, self.assertRaises(ConnectionError):
            self.engine(self.key).flush()
        self.assertTrue(Session.objects.filter(session_key=self.key).exists())

    def test_a_late_save_is_refused_though_a_copy_is_still_there(self):
        late = self.request(self.key)
        Session.objects.filter(session_key=self.key).delete()
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()


class OutOfReach(CachedRows):
    def test_a_cache_that_cannot_be_read_is_told_of_and_the_row_is_read(self):
        key = self.start(**IDENTITY)
        store = type(self.engine()._copies().store)
        with mock.patch.object(store, "fetch", side_effect=ConnectionError(f"no {key}")):
            with mock.patch.object(store, "read", side_effect=ConnectionError(f"no {key}")):
                with self.assertLogs("django.contrib.sessions", "ERROR") as logs:
                    session = self.request(key)
                    self.assertEqual(dict(session.items()), IDENTITY)
                    self.assertTrue(self.engine().exists(key))
                    self.assertFalse(self.engine().exists("x" * 32))
        self.assertIn("ConnectionError", "".join(logs.output))
        self.assertNotIn(key, "".join(logs.output))

    @override_settings(SESSION_MERGE={"attempts": 1})
    def test_a_save_under_the_write_lock_removes_the_copy(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.before_each_swap(lambda n: self.write_as_other(key, two=2)):
            one["one"] = 1
            one.save()
        self.assertIn(self.cached_text(key), (None, self.row_text(key)))
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2, "one": 1})


class Unreadable(CachedRows):
    def test_a_process_with_another_secret_key_leaves_nothing_in_the_cache(self):
        key = self.start(a=1)
        self.forget_copy(key)
        with self.settings(SECRET_KEY="another" * 8):
            self.assertEqual(dict(self.engine(key).items()), {})
        one = self.request(key)
        one["b"] = 1
        one.save()
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "b": 1})

    def test_a_row_that_was_damaged_is_an_error_once_and_then_an_empty_session(self):
        for act in (self.engine.save, self.engine.cycle_key):
            key = self.start(a=1)
            Session.objects.filter(session_key=key).update(session_data="damaged")
            one = self.request(key)
            one["b"] = 1
            with self.assertRaises(SessionDecodeError):
                act(one)
            one = self.request(key)
            one["b"] = 1
            act(one)
            self.assertEqual(dict(self.engine(one.session_key).items()), {"b": 1})


for tests in (Copies, NeverOlder, NeverBack, OutOfReach, Unreadable):
    on_every_store(tests, only=["cached_db"])
del tests, CachedRows, Copies, NeverOlder, NeverBack, OutOfReach, Unreadable
