"""What the save loop promises, on every engine and in every store."""

import threading
import time
from unittest import mock

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth import get_user, login, logout
from django.contrib.auth.models import User
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import SessionDecodeError, StoreBusyError, session_merged
from session_merge.django.store import Changed
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


class Unreadable(OnEveryStore):
    @staticmethod
    def spoilt(raw):
        if isinstance(raw, str):
            return "spoilt:by:them"
        if isinstance(raw, tuple):
            return raw._replace(data=b"spoilt by them")
        return b"spoilt by them"

    def test_theirs_is_never_taken_for_an_empty_session(self):
        key = self.start(a=1)
        one = self.request(key)
        self.overwrite(key, self.spoilt)
        raw = self.engine(key).merge_store().read(key).raw
        one["c"] = 3
        with self.assertRaises(SessionDecodeError) as caught:
            one.save()
        for secret in ("spoilt", key):
            self.assertNotIn(secret, str(caught.exception))
        self.assertTrue(caught.exception.__suppress_context__)
        self.assertEqual(self.engine(key).merge_store().read(key).raw, raw)
        self.assertEqual(dict(one.items()), {"a": 1, "c": 3})

    def test_base_is_taken_for_an_empty_session(self):
        key = self.start(a=1)
        self.overwrite(key, self.spoilt)
        one, two = self.request(key), self.request(key)
        self.assertEqual(dict(one.items()), {})
        two["two"] = 2
        two.save()
        one["one"] = 1
        with self.assertLogs("session_merge", "WARNING") as logs:
            one.save()
        self.assertEqual(self.stored(key), {"two": 2, "one": 1})
        self.assertNotIn(key, "".join(logs.output))


class Switching(OnEveryStore):
    def test_from_djangos_engine_to_this_one_and_back(self):
        data = {"a": [1, {"b": None}], "text": "caf\u00e9 " * 50, **IDENTITY}
        stock = self.stock()
        stock.update(data)
        stock.save()
        key = stock.session_key
        ours = self.engine(key)
        self.assertEqual(dict(ours.items()), data)
        ours["ours"] = 1
        ours.save()
        stock = self.stock(key)
        self.assertEqual(dict(stock.items()), {**data, "ours": 1})
        stock["stock"] = 1
        stock.save()
        self.assertEqual(dict(self.engine(key).items()), {**data, "ours": 1, "stock": 1})

    def test_a_node_with_djangos_engine_writes_in_between(self):
        key = self.start(a=1)
        one, stock = self.request(key), self.stock(key)
        stock["stock"] = 1
        stock.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "stock": 1, "one": 1})

    def test_a_node_with_djangos_engine_logs_out(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        self.stock(key).flush()
        self.assertEqual(self.engine(key).load(), {})
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertTrue(self.is_gone(key))

    def test_a_logout_here_is_one_there(self):
        key = self.start(**IDENTITY)
        self.engine(key).flush()
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


class Exact(OnEveryStore):
    """What is not signed is compared letter by letter, whatever the collation of the column."""

    def test_a_value_in_other_letters_is_another_value(self):
        key = self.start(a=1)
        store = self.engine(key).merge_store()
        base = store.read(key).raw
        self.overwrite(key, str.swapcase)
        draft = store.draft(key, store.dumps({"mine": 1}), 100)
        outcome = store.swap(key, base, draft, touch=False)
        self.assertEqual(outcome, Changed(base.swapcase()))
        self.assertEqual(store.read(key), outcome)


EVERYWHERE = (Saves, Gone, CycleKey, Rotation, Expiry, Unreadable, Switching, OutsideOfRequests)

for tests in EVERYWHERE:
    on_every_store(tests)
# Not in files: with Django's engine too, a number of seconds there never ends a session.
on_every_store(Prolonging, only=["db", "cache"], aliases=PROLONGING)
on_every_store(Busy, only=["cache", "file"], aliases=["locmem"])
on_every_store(Exact, only=["cache"], aliases=["database"])
for tests in (*EVERYWHERE, Prolonging, Busy, Exact):
    del globals()[tests.__name__]
del tests, EVERYWHERE
