"""What the save loop promises, on every engine and in every store."""

import threading
import time
from unittest import mock

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import UpdateError
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import StoreBusyError, session_merged
from stores import SQLITE
from support import IDENTITY, in_parallel
from urls import VIEWS

PROLONGING = ["locmem", "database", "redis", "pymemcache"] if SQLITE else ["database"]


class Saves(OnEveryStore):
    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    def test_what_each_changed_is_there_afterwards(self):
        key = self.start(n=1, seen=["a"], old=1)
        one, two = self.request(key), self.request(key)
        two.update({"n": 2, "two": 2, "seen": ["a", "two"]})
        del two["old"]
        two.save()
        one.update({"n": 3, "one": 1, "seen": ["a", "one"]})
        one.save()
        merged = {"n": 4, "seen": ["a", "two", "one"], "two": 2, "one": 1}
        self.assertEqual(self.stored(key), merged)
        self.assertEqual(dict(one.items()), merged)

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    def test_a_second_save_in_the_same_request_counts_nothing_twice(self):
        key = self.start(n=1)
        one = self.request(key)
        self.write_as_other(key, n=2)
        one["n"] = 2
        one.save()
        one.save()
        one["n"] += 1
        one.save()
        self.assertEqual(self.stored(key), {"n": 4})

    def test_a_save_without_a_race_merges_nothing(self):
        key = self.start(a=1)
        heard = []
        session_merged.connect(receiver := lambda **kwargs: heard.append(kwargs))
        self.addCleanup(session_merged.disconnect, receiver)
        one = self.request(key)
        one["b"] = 2
        one.save()
        one.save()
        one["c"] = 3
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "c": 3})
        self.assertEqual(heard, [])

    def test_somebody_else_is_faster_again_and_again(self):
        key = self.start()
        one = self.request(key)
        one["one"] = 1
        with self.before_each_swap(lambda n: n < 5 and self.write_as_other(key, **{f"t{n}": n})):
            one.save()
        self.assertEqual(self.stored(key), {"t1": 1, "t2": 2, "t3": 3, "t4": 4, "one": 1})

    def test_a_session_that_was_cleared_unread(self):
        key = self.start(old=1)
        one = self.engine(key)
        one.clear()
        one["new"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"new": 1})

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    def test_threads_that_all_count(self):
        key = self.start(n=0)

        def count():
            for _ in range(10):
                session = self.request(key)
                session["n"] += 1
                session[threading.current_thread().name] = session["n"]
                session.save()

        in_parallel([count] * 4)
        self.assertEqual(self.stored(key)["n"], 40)
        self.assertEqual(len(self.stored(key)), 5)

    def test_messages_read_by_one_request_and_added_by_another(self):
        def messages(session):
            request = RequestFactory().get("/")
            request.session = session
            return SessionStorage(request)

        def add(session, text):
            storage = messages(session)
            storage.add(20, text)
            storage.update(HttpResponse())

        key = self.start()
        first = self.request(key)
        add(first, "one")
        first.save()
        reader, writer = self.request(key), self.request(key)
        storage = messages(reader)
        self.assertEqual([message.message for message in storage], ["one"])
        storage.update(HttpResponse())
        add(writer, "two")
        writer.save()
        reader.save()
        self.assertEqual([m.message for m in messages(self.request(key))], ["two"])

    async def test_the_async_methods(self):
        key = await self.astart()
        one, two = self.engine(key), self.engine(key)
        self.assertEqual([await one.aget("a"), await two.aget("a")], [1, 1])
        await two.aset("two", 2)
        await two.asave()
        await one.aset("one", 1)
        await one.asave()
        await one.acycle_key()
        self.assertFalse(await self.engine().aexists(key))
        self.assertTrue(await self.engine().aexists(one.session_key))
        stored = dict(await self.engine(one.session_key).aitems())
        self.assertEqual(stored, {"a": 1, "two": 2, "one": 1})
        await two.aset("late", 1)
        with self.assertRaises(UpdateError):
            await two.asave()
        await one.aflush()
        self.assertEqual(await self.engine(key).aload(), {})

    async def test_an_async_view(self):
        async def view(request):
            await request.session.aset("one", 1)
            await sync_to_async(self.write_as_other)(key, two=2)
            return HttpResponse()

        VIEWS["page"] = view
        key = await self.astart()
        self.async_client.cookies["sessionid"] = key
        self.assertEqual((await self.async_client.get("/async/page/")).status_code, 200)
        stored = dict(await self.engine(key).aitems())
        self.assertEqual(stored, {"a": 1, "two": 2, "one": 1})

    async def astart(self):
        session = self.engine()
        await session.aset("a", 1)
        await session.asave()
        return session.session_key


class Gone(OnEveryStore):
    def test_a_late_save_does_not_bring_back_what_was_logged_out(self):
        key = self.start(**IDENTITY)
        late, idle = self.request(key), self.request(key)
        self.request(key).flush()
        late["late"] = 1
        for session in (late, idle):
            with self.assertRaises(UpdateError):
                session.save()
        self.assertTrue(self.is_gone(key))

    def test_a_logout_between_two_attempts_wins(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        late["late"] = 1
        acts = {
            1: lambda: self.write_as_other(key, a=1),
            2: lambda: self.engine(key).delete(),
        }
        with self.before_each_swap(lambda n: acts[n]()), self.assertRaises(UpdateError):
            late.save()
        self.assertTrue(self.is_gone(key))
        self.assertEqual(dict(late.items()), {**IDENTITY, "late": 1})

    def test_the_middleware_answers_with_400_and_the_old_cookie_finds_nothing(self):
        key = self.start(**IDENTITY)

        def view(request):
            request.session["late"] = 1
            self.engine(key).flush()
            return HttpResponse()

        VIEWS["late"] = view
        VIEWS["who"] = lambda request: HttpResponse(request.session.get("_auth_user_id", "nobody"))
        self.client.cookies["sessionid"] = key
        self.assertEqual(self.client.get("/late/").status_code, 400)
        self.client.cookies["sessionid"] = key
        self.assertEqual(self.client.get("/who/").content, b"nobody")

    def test_nothing_is_merged_into_the_session_of_another_user(self):
        key = self.start(**IDENTITY)
        late, idle = self.request(key), self.request(key)
        self.write_as_other(key, _auth_user_id="2")
        late["late"] = 1
        for session in (late, idle):
            with self.assertRaises(UpdateError):
                session.save()
        self.assertEqual(self.stored(key), {**IDENTITY, "_auth_user_id": "2"})

    def test_a_key_that_nobody_was_given(self):
        for key in ("x" * 32, "not/../a-key", "k" * 400, "sp ace" * 5):
            self.assertEqual(self.engine(key).load(), {})


class Expiry(OnEveryStore):
    def test_a_late_save_keeps_the_expiry_that_was_set(self):
        key = self.start(a=1)
        late, idle, other = self.request(key), self.request(key), self.request(key)
        other.set_expiry(300)
        other.save()
        idle.save()
        late["b"] = 2
        late.save()
        self.assertEqual(self.stored(key), {"a": 1, "_session_expiry": 300, "b": 2})
        self.assertEqual(self.stock(key).get_expiry_age(), 300)

    def test_a_session_that_is_set_to_expire_at_once_is_gone(self):
        key = self.start(a=1)
        one = self.request(key)
        one.set_expiry(-10)
        one.save()
        self.assertEqual(self.engine(key).load(), {})
        self.assertEqual(self.stock(key).load(), {})


class Prolonging(OnEveryStore):
    def test_a_late_save_with_nothing_changed_does_not_prolong_what_is_to_expire(self):
        key = self.start(a=1)
        idle, other = self.request(key), self.request(key)
        other.set_expiry(1)
        other.save()
        idle.save()
        time.sleep(2.1)  # memcached counts whole seconds
        self.assertEqual(self.engine(key).load(), {})
        self.assertEqual(self.stock(key).load(), {})


class OutsideOfRequests(OnEveryStore):
    def test_an_async_view_and_a_thread(self):
        key = self.start(a=1)
        one = self.request(key)

        def other():
            self.write_as_other(key, two=2)
            connections.close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        one["one"] = 1
        async_to_sync(one.asave)()
        self.assertEqual(self.stored(key), {"a": 1, "two": 2, "one": 1})


class Busy(OnEveryStore):
    """A store without locks, which others never leave alone."""

    def test_a_save_gives_up_with_a_named_error_and_has_stored_nothing(self):
        key = self.start(a=1)
        one = self.request(key)
        one["one"] = 1
        soon = mock.patch("session_merge.django.lost_race.LONGEST_WAIT_S", 0.05)
        busy = self.before_each_swap(lambda n: self.write_as_other(key, others=n))
        with soon, busy, self.assertRaises(StoreBusyError):
            one.save()
        self.assertEqual(set(self.stored(key)), {"a", "others"})
        self.assertEqual(dict(one.items()), {"a": 1, "one": 1})
        one.save()
        self.assertEqual(set(self.stored(key)), {"a", "others", "one"})


EVERYWHERE = (Saves, Gone, Expiry, OutsideOfRequests)

for tests in EVERYWHERE:
    on_every_store(tests)
# Not in files: with Django's engine too, a number of seconds there never ends a session.
on_every_store(Prolonging, only=["db", "cache"], aliases=PROLONGING)
on_every_store(Busy, only=["cache", "file"], aliases=["locmem"])
for tests in (*EVERYWHERE, Prolonging, Busy):
    del globals()[tests.__name__]
del tests, EVERYWHERE
