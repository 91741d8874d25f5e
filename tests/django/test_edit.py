"""Sessions that are changed outside of their requests keep every promise that a request's do."""

import logging
import os
import pickle
from contextlib import contextmanager

from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import SimpleTestCase, override_settings
from django.utils import timezone
from everywhere import OnEveryStore, on_every_store
from session_merge import MergeConflict
from session_merge.django import (
    EngineUnsupportedError,
    SessionDecodeError,
    SessionGoneError,
    aedit,
    edit,
    handle_for,
    session_update_lost,
)
from session_merge.django.cache_copy import CacheCopy
from support import IDENTITY

SHORT, LONG = 100, 10_000
NO_ONE = "n0such" * 5
MEMCACHED = ("pymemcache", "pylibmc")


class OnPurpose(Exception):
    pass


class Edit(OnEveryStore):
    def raw(self, key):
        """Return what the store holds, bytes and signature and all."""
        return self.engine(key).merge_store().read(key).raw

    def seconds_left(self, key):
        """Return in how many seconds the stored session expires."""
        if self.engine_name in ("db", "cached_db"):
            return (self.row(key).expire_date - timezone.now()).total_seconds()
        if self.engine_name == "file":
            written = os.stat(self.engine(key)._key_to_file()).st_mtime
            return written + LONG - timezone.now().timestamp()
        store = self.engine(key).merge_store()
        return LEFT[self.alias](store, store.key(key))

    def made_to_expire_soon(self, **data):
        """Store a session that has less time left than a save of today would give it."""
        with override_settings(SESSION_COOKIE_AGE=SHORT):
            key = self.start(**data)
        if self.engine_name == "file":
            path = self.engine(key)._key_to_file()
            before = timezone.now().timestamp() - LONG + SHORT
            os.utime(path, (before, before))
        return key

    def assert_expires_soon(self, key):
        """Assert that nobody has prolonged the session; memcached, where all do, tells nobody."""
        if (self.engine_name, self.alias) not in MEMCACHED_CACHES:
            self.assertGreater(self.seconds_left(key), 0)
            self.assertLessEqual(self.seconds_left(key), SHORT)

    @contextmanager
    def gone(self):
        """Expect that the session is gone, and that nothing says which one it was."""
        with self.assertRaises(SessionGoneError) as raised:
            yield
        self.assertNotIn(self.key, str(raised.exception) + repr(raised.exception))

    def test_what_is_changed_is_stored(self):
        key = self.start(a=1, nested={"list": [1]})
        with edit(key) as session:
            self.assertEqual(session["a"], 1)
            session["b"] = 2
            session["nested"]["list"].append(2)  # in place, and nothing said of it
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "nested": {"list": [1, 2]}})

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    def test_it_is_merged_with_what_others_stored(self):
        key = self.start(n=1)
        with edit(handle_for(self.request(key))) as session:
            session["n"] += 1
            session["task"] = 1
            with edit(key) as other:
                other["n"] += 1
            self.write_as_other(key, request=1)
        self.assertEqual(self.stored(key), {"n": 3, "task": 1, "request": 1})

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    def test_a_request_merges_with_it(self):
        key = self.start(n=1)
        request = self.request(key)
        with edit(key) as session:
            session.update({"n": 2, "task": 1})
        request.update({"n": 2, "request": 1})
        request.save()
        self.assertEqual(self.stored(key), {"n": 3, "task": 1, "request": 1})

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    async def test_the_same_in_async_code(self):
        session = self.engine()
        session.update({"n": 1})
        await session.asave()
        key = session.session_key
        async with aedit(handle_for(session)) as session:
            await session.aset("n", 2)
            async with aedit(key) as other:
                await other.aset("n", 2)
                other["other"] = [1]
        found = self.engine(key)
        self.assertEqual(dict(await found.aitems()), {"n": 3, "other": [1]})
        await found.adelete()
        with self.assertRaises(SessionGoneError):
            async with aedit(key):
                self.fail("there is no session")

    @override_settings(SESSION_COOKIE_AGE=LONG)
    def test_nothing_is_written_if_nothing_changed(self):
        key = self.made_to_expire_soon(a={"b": 1}, n=1)
        before = self.raw(key)
        with edit(key) as session:
            self.assertEqual(session["a"], {"b": 1})
            session["n"] = session.pop("n")
            session["a"] = dict(session["a"])
        self.assertEqual(self.raw(key), before)
        self.assert_expires_soon(key)
        with edit(key) as session:
            session["n"] = True  # which Python takes for 1
        self.assertIs(self.stored(key)["n"], True)

    @override_settings(SESSION_COOKIE_AGE=LONG)
    def test_nothing_is_written_if_others_stored_the_same(self):
        key = self.made_to_expire_soon(n=1)
        with edit(key) as session:
            session["n"] = 2
            with edit(key) as other:
                other["n"] = 2
            before = self.raw(key)
        self.assertEqual(self.raw(key), before)
        self.assert_expires_soon(key)

    def test_an_exception_saves_nothing(self):
        key = self.start(a=1)
        before = self.raw(key)
        with self.assertRaises(OnPurpose), edit(key) as session:
            session["a"] = 2
            raise OnPurpose
        self.assertEqual(self.raw(key), before)

    def test_a_session_that_was_never_there(self):
        self.key = NO_ONE
        for name in ("", "short", "../../etc/passwd", NO_ONE):
            with self.subTest(name), self.gone(), edit(name):
                self.fail("there is no session")
        self.assertTrue(self.is_gone(NO_ONE))

    def test_a_session_that_is_deleted_meanwhile(self):
        self.key = self.start(a=1)
        with self.gone(), edit(self.key) as session:
            session["a"] = 2
            self.engine(self.key).delete()
        self.assertTrue(self.is_gone(self.key))

    def test_a_session_that_moves_meanwhile(self):
        self.key = self.start(a=1)
        moved = self.request(self.key)
        with self.gone(), edit(self.key) as session:
            session["a"] = 2
            moved.cycle_key()
        self.assertTrue(self.is_gone(self.key))
        self.assertEqual(self.stored(moved.session_key), {"a": 1})

    def test_a_handle_to_a_session_that_has_moved(self):
        moved = self.request(self.start(a=1))
        self.key, handle = moved.session_key, handle_for(moved)
        moved.cycle_key()
        with self.gone(), edit(handle):
            self.fail("there is no session")
        self.assertEqual(self.stored(moved.session_key), {"a": 1})

    def test_another_user_takes_the_session_over(self):
        self.key = self.start(**IDENTITY)
        with self.gone(), edit(self.key) as session:
            session["secret"] = "of the first user"
            self.write_as_other(self.key, _auth_user_id="2")
        self.assertNotIn("secret", self.stored(self.key))

    def test_an_expired_session(self):
        if self.engine_name == "file":  # files have no other expiry than this
            with override_settings(SESSION_COOKIE_AGE=-1):
                self._is_expired(self.start(a=1))
        else:
            request = self.engine()
            request.set_expiry(1)
            request.save()
            self._expire(request.session_key)
            self._is_expired(request.session_key)

    def _expire(self, key):
        if self.engine_name in ("db", "cached_db"):
            type(self.row(key)).objects.update(expire_date=timezone.now())
        if self.alias:
            caches[self.alias].delete(self.engine.cache_key_prefix + key)

    def _is_expired(self, key):
        self.key = key
        with self.gone(), edit(key):
            self.fail("the session has expired")

    def test_a_session_that_the_block_deletes(self):
        key = self.start(a=1)
        with edit(key) as session:
            session.flush()
        self.assertTrue(self.is_gone(key))
        self.key = self.start(a=1)
        with self.gone(), edit(self.key) as session:
            session.flush()
            session["a"] = 2
        self.assertTrue(self.is_gone(self.key))

    @override_settings(SESSION_COOKIE_AGE=LONG)
    def test_it_lives_no_longer_for_it(self):
        key = self.made_to_expire_soon(a=1)
        with edit(key) as session:
            session["b"] = 2
            with edit(key) as other:
                other["c"] = 3
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "c": 3})
        self.assert_expires_soon(key)

    def test_the_block_may_set_the_expiry(self):
        key = self.made_to_expire_soon(a=1)
        with edit(key) as session:
            session["b"] = 2
            session.set_expiry(LONG)
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "_session_expiry": LONG})
        if self.engine_name == "file" or (self.engine_name, self.alias) in MEMCACHED_CACHES:
            return  # Django finds the seconds in the session itself; memcached does not tell
        self.assertGreater(self.seconds_left(key), LONG - SHORT)

    def test_an_expiry_that_others_set_meanwhile_stands(self):
        key = self.start(a=1)
        with edit(key) as session:
            session["b"] = 2
            other = self.request(key)
            other.set_expiry(SHORT)
            other.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "_session_expiry": SHORT})
        if self.engine_name != "file" and (self.engine_name, self.alias) not in MEMCACHED_CACHES:
            self.assertLessEqual(self.seconds_left(key), SHORT)

    def test_a_session_that_cannot_be_read_is_left_as_it_is(self):
        key = self.start(a=1)
        if self.engine_name == "cached_db":
            self.engine(key).merge_store()._copies.drop(key)
        if self.engine_name == "cache":
            self.overwrite(key, lambda raw: self.engine(key).merge_store().dumps(["no session"]))
            unreadable = override_settings()
        else:
            unreadable = override_settings(SECRET_KEY="of another site", SECRET_KEY_FALLBACKS=[])
        before = self.raw(key)
        with unreadable, self.assertRaises(SessionDecodeError), edit(key):
            self.fail("the session cannot be read")
        self.assertEqual(self.raw(key), before)

    @override_settings(SESSION_MERGE={"rules": {"/a": "fail"}})
    def test_a_conflict_that_a_rule_refuses(self):
        key = self.start(a=1)
        with self.assertRaises(MergeConflict), edit(key) as session:
            session["a"] = 2
            self.write_as_other(key, a=3)
        self.assertEqual(self.stored(key), {"a": 3})

    @override_settings(SESSION_COOKIE_AGE=LONG, SESSION_MERGE={"mode": "observe"})
    def test_a_site_that_only_observes(self):
        key, told = self.made_to_expire_soon(a=1), []

        def tell(places, **kwargs):
            told.append(places)

        session_update_lost.connect(tell)
        self.addCleanup(session_update_lost.disconnect, tell)
        with edit(key) as session:
            session["a"] = 2
            with edit(key) as other:
                other["b"] = 3
        self.assertEqual(self.stored(key), {"a": 2})
        self.assertEqual(told, [["/b"]])
        self.assert_expires_soon(key)

    def test_no_log_shows_a_key_or_a_value(self):
        key = self.start(a=1)
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("so that there is something")
            with edit(handle_for(self.request(key))) as session:
                session["a"] = "secret value"
                self.write_as_other(key, a="another secret")
            self.engine(key).delete()
            with self.assertRaises(SessionGoneError), edit(key):
                self.fail("there is no session")
        text = "\n".join(
            line for line in logs.output if not line.startswith("DEBUG:django.db.backends")
        )
        self.assertNotIn(key, text)
        self.assertNotIn("secret", text)


LEFT = {
    "locmem": lambda store, key: store.cache._expire_info[key] - timezone.now().timestamp(),
    "filebased": lambda store, key: _expiry_in(key) - timezone.now().timestamp(),
    "database": lambda store, key: (
        store._model.objects.using(store.using).get(pk=key).expires - timezone.now()
    ).total_seconds(),
    "redis": lambda store, key: store.client(key).pttl(key) / 1000,
    "django_redis": lambda store, key: store.client(key).pttl(key) / 1000,
}
"""How many seconds an entry still lives, for each cache that tells."""

MEMCACHED_CACHES = [("cache", alias) for alias in MEMCACHED]


def _expiry_in(path):
    with open(path, "rb") as file:
        return pickle.load(file)


class EditInTransactions(OnEveryStore):
    def test_it_takes_part_in_the_transaction(self):
        key = self.start(a=1)
        with self.assertRaises(OnPurpose), transaction.atomic():
            with edit(key) as session:
                session["b"] = 2
            raise OnPurpose
        self.assertEqual(self.stored(key), {"a": 1})
        with transaction.atomic():
            with edit(key) as session:
                session["b"] = 2
            with edit(key) as session:
                session["c"] = 3
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "c": 3})

    def test_a_transaction_inside_the_block(self):
        key = self.start(a=1)
        with edit(key) as session:
            session["b"] = 2
            with self.assertRaises(OnPurpose), transaction.atomic():
                session.save()
                raise OnPurpose
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})


class Copies(OnEveryStore):
    def test_no_copy_outlives_the_row(self):
        key = self.start(a=1)
        with edit(key) as session:
            session["a"] = 2
        copies = CacheCopy(self.engine(key)._copies().store)
        self.assertIsNone(copies.read(key))
        self.assertEqual(dict(self.engine(key).items()), {"a": 2})
        self.assertEqual(copies.read(key).data, {"a": 2})


class Statements(OnEveryStore):
    def test_one_read_and_one_update_of_the_text_alone(self):
        key = self.start(a=1)
        with self.assertNumQueries(1), edit(key) as session:
            session["a"] = 1
        with self.assertNumQueries(2) as statements, edit(key) as session:
            session["a"] = 3
        update = statements.captured_queries[-1]["sql"]
        self.assertIn("UPDATE", update)
        self.assertNotIn("expire_date", update)


class Engines(SimpleTestCase):
    def test_djangos_own_cannot_merge(self):
        with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
            with self.assertRaises(EngineUnsupportedError) as raised, edit(NO_ONE):
                self.fail("it cannot be merged")
        self.assertIn(DjangosStore.__module__, str(raised.exception))
        self.assertNotIn(NO_ONE, str(raised.exception))
        self.assertIsInstance(raised.exception, ImproperlyConfigured)


on_every_store(Edit)
on_every_store(EditInTransactions, only=("db", "cached_db"), aliases=["locmem"])
on_every_store(Copies, only=("cached_db",), aliases=["locmem"])
on_every_store(Statements, only=("db",))
del Edit, EditInTransactions, Copies, Statements
