"""A store that cannot give the guarantee is refused: by a check, and else at first use."""

import subprocess
import sys

from django.contrib.sessions.backends import signed_cookies
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import run_checks
from django.test import SimpleTestCase
from everywhere import OnEveryStore, on_every_store
from session_merge.django import (
    SessionTooLargeError,
    StoreUnavailableError,
    StoreUnsupportedError,
    cache,
    cached_db,
    db,
)
from session_merge.django.caches import cached_row_store
from session_merge.django.checks import check_setting, check_store
from session_merge.django.merging import MergingSession
from session_merge.django.rows import RowStore
from stores import needs_cache

BACKENDS = "django.core.cache.backends"


class NoLock(LocMemCache):
    """A backend of a site's own that stores in another way."""

    def set(self, key, value, *args, **kwargs):
        super().set(key, value, *args, **kwargs)


class OwnKeys(LocMemCache):
    """A backend of a site's own that only makes its keys in another way."""

    def make_key(self, key, version=None):
        return f"own:{super().make_key(key, version)}"


class NoPickle:
    """A cache serializer that is confused by anything behind the value."""

    def dumps(self, value):
        return repr(value).encode()

    def loads(self, data):
        import ast

        return ast.literal_eval(data.decode())


class Refusing(SimpleTestCase):
    databases = {"default"}

    def refused(self, check_id, backend, word, engine="cache", **options):
        """The check reports it, and so does the first use where checks were not run."""
        settings = {
            "CACHES": {"default": {"BACKEND": backend, "LOCATION": "127.0.0.1:1", **options}},
            "SESSION_ENGINE": f"session_merge.django.{engine}",
        }
        with self.settings(**settings):
            (error,) = check_store(None)
            self.assertEqual(error.id, f"session_merge.{check_id}")
            self.assertIn(word, error.msg)
            store = {"cache": cache, "cached_db": cached_db}[engine].SessionStore
            for use in (store("x" * 32).load, store().save, store("x" * 32).delete):
                with self.assertRaises(StoreUnsupportedError) as refusal:
                    use()
                self.assertEqual(refusal.exception.id, error.id)
                self.assertIn(error.msg, str(refusal.exception))


class Refused(Refusing):
    def test_a_backend_that_is_not_known(self):
        for engine in ("cache", "cached_db"):
            self.refused("E003", "test_supported.NoLock", "test_supported.NoLock", engine)

    def test_a_backend_that_stores_nothing(self):
        for engine in ("cache", "cached_db"):
            self.refused("E004", f"{BACKENDS}.dummy.DummyCache", "DummyCache", engine)

    def test_a_subclass_that_makes_other_keys_is_known(self):
        with self.settings(CACHES={"default": {"BACKEND": "test_supported.OwnKeys"}}):
            with self.settings(SESSION_ENGINE="session_merge.django.cache"):
                self.assertEqual(check_store(None), [])
            one = cache.SessionStore()
            one["a"] = 1
            one.save()
            self.assertEqual(caches["default"].get(one.cache_key), {"a": 1})

    def test_redis_that_hides_errors(self):
        backend = "django_redis.cache.RedisCache"
        options = {"IGNORE_EXCEPTIONS": True}
        self.refused("E006", backend, "IGNORE_EXCEPTIONS", OPTIONS=options)
        with self.settings(DJANGO_REDIS_IGNORE_EXCEPTIONS=True):
            self.refused("E006", backend, "IGNORE_EXCEPTIONS")

    def test_redis_clients_that_spread_or_wrap_values(self):
        for client in ("HerdClient", "ShardClient"):
            options = {"CLIENT_CLASS": f"django_redis.client.{client}"}
            self.refused("E007", "django_redis.cache.RedisCache", client, OPTIONS=options)

    def test_memcached_that_hides_errors(self):
        backend = f"{BACKENDS}.memcached.PyMemcacheCache"
        self.refused("E006", backend, "ignore_exc", OPTIONS={"ignore_exc": True})

    def test_a_serializer_that_does_not_read_past_a_trailer(self):
        backend = f"{BACKENDS}.redis.RedisCache"
        options = {"serializer": "test_supported.NoPickle"}
        self.refused("E008", backend, "serializer", "cached_db", OPTIONS=options)

    def test_signed_cookies(self):
        with self.settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
            (error,) = check_store(None)
        self.assertEqual(error.id, "session_merge.E001")
        with self.assertRaises(StoreUnsupportedError):
            type("SessionStore", (MergingSession, signed_cookies.SessionStore), {})

    def test_oracle(self):
        with self.assertRaises(StoreUnsupportedError) as refusal:
            RowStore(db.SessionStore.get_model_class(), "oracle")
        self.assertEqual(refusal.exception.id, "session_merge.E002")
        with self.settings(DATABASE_ROUTERS=["test_supported.ToOracle"]):
            (error,) = check_store(None)
        self.assertEqual(error.id, "session_merge.E002")

    def test_djangos_own_engines_are_left_alone(self):
        with self.settings(SESSION_ENGINE="django.contrib.sessions.backends.cache"):
            self.assertEqual(check_store(None), [])

    def test_a_bad_setting(self):
        with self.settings(SESSION_MERGE={"rules": {"/cart/*": "mergee"}}):
            (error,) = check_setting(None)
        self.assertEqual(error.id, "session_merge.E009")
        self.assertIn("/cart/*", error.msg)

    def test_the_checks_run_if_the_app_is_installed(self):
        code = (
            "from django.conf import settings\n"
            "settings.configure(SECRET_KEY='k', INSTALLED_APPS=['session_merge.django'],\n"
            f"  CACHES={{'default': {{'BACKEND': '{BACKENDS}.dummy.DummyCache'}}}},\n"
            "  SESSION_ENGINE='session_merge.django.cache')\n"
            "import django; django.setup()\n"
            "from django.core.management import call_command; call_command('check')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("session_merge.E004", done.stderr)

    def test_nothing_is_wrong_with_the_settings_of_these_tests(self):
        ours = [error for error in run_checks() if str(error.id).startswith("session_merge")]
        self.assertEqual(ours, [])


@needs_cache("pylibmc")
class NoCas(Refusing):
    def test_memcached_without_its_behaviour_cas(self):
        backend = f"{BACKENDS}.memcached.PyLibMCCache"
        self.refused("E005", backend, "cas")
        self.refused("E005", backend, "cas", OPTIONS={"behaviors": {"cas": False}})


class ToOracle:
    def db_for_write(self, model, **hints):
        return "oracle"


class OutOfReach(OnEveryStore):
    """A server that is down is an error: never "no session", and never "logged out"."""

    def test_nothing_is_taken_for_gone_or_done(self):
        down = {"default": {**caches.settings[self.alias], "LOCATION": self.nobody}}
        with self.settings(CACHES=down, SESSION_CACHE_ALIAS="default"):
            for _ in range(3):  # of the first failure a client may make something else later on
                for use in ("load", "save", "delete", "cycle_key"):
                    session = self.engine("x" * 32)
                    if use != "load":
                        session._session_cache = {"a": 1}
                    with self.assertRaises(Exception) as error:
                        getattr(session, use)()
                    self.assertIsInstance(error.exception, self.errors, use)

    @property
    def nobody(self):
        return "redis://127.0.0.1:1/0" if "redis" in self.alias else "127.0.0.1:1"

    @property
    def errors(self):
        if self.alias == "pylibmc":
            import pylibmc

            return (pylibmc.Error,)
        if "redis" in self.alias:
            import redis

            return (redis.exceptions.ConnectionError,)
        return (StoreUnavailableError, OSError)


class TooLarge(OnEveryStore):
    """Memcached takes a megabyte."""

    def test_what_is_stored_is_unharmed(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = "x" * 2_000_000
        with self.assertRaises(SessionTooLargeError) as error:
            one.save()
        self.assertNotIn("xxx", str(error.exception))
        self.assertEqual(self.stored(key), {"a": 1})
        del one["b"]
        one["c"] = 3
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "c": 3})

    def test_a_new_session(self):
        one = self.engine()
        one["b"] = "x" * 2_000_000
        with self.assertRaises(SessionTooLargeError):
            one.save()

    def test_a_session_that_moves(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = "x" * 2_000_000
        with self.assertRaises(SessionTooLargeError):
            one.cycle_key()
        self.assertEqual(one.session_key, key)
        self.assertEqual(self.stored(key), {"a": 1})


class RedisOptions(SimpleTestCase):
    def test_a_copy_in_a_compressed_cache_carries_the_text_of_the_row(self):
        options = {"COMPRESSOR": "django_redis.compressors.zlib.ZlibCompressor"}
        backend = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
        with self.settings(CACHES={"default": {**backend, "OPTIONS": options}}):
            store = cached_row_store(caches["default"], "p")
            for size in (1, 1000):
                raw = store.dumps({"a": "x" * size}, b"trailer")
                self.assertEqual(store.loads(raw), {"a": "x" * size})
                self.assertTrue(store.pickled(raw).endswith(b"trailer"))


on_every_store(
    OutOfReach, only=["cache"], aliases=["redis", "django_redis", "pymemcache", "pylibmc"]
)
on_every_store(TooLarge, only=["cache"], aliases=["pymemcache", "pylibmc"])
del OutOfReach, TooLarge
