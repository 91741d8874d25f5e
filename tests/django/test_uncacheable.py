"""What a row takes and a cache does not: the session is saved, and read from the row."""

from collections import defaultdict
from unittest import mock

from cached_rows import CachedRows
from django.test import override_settings
from everywhere import on_every_store
from session_merge.django import cached_rows
from support import write_as_other


class TooLarge(CachedRows):
    def test_a_session_that_the_cache_does_not_take_leaves_no_old_copy(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = "x" * 2_000_000
        with self.assertLogs("django.contrib.sessions", "ERROR") as logs:
            one.save()
        self.assertIn("SessionTooLargeError", "".join(logs.output))
        self.assertIsNone(self.cached(key))
        self.assertEqual(self.engine(key)["b"], one["b"])


@override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
class NotPickled(CachedRows):
    """JSON writes a ``defaultdict`` as any dictionary; pickle refuses a function without a name."""

    def test_a_save_is_made_once_and_leaves_no_old_copy(self):
        key = self.start(n=1)
        one = self.request(key)
        one["tally"] = defaultdict(lambda: 0, pens=1)
        with self.assertLogs("django.contrib.sessions", "ERROR"):
            one.save()
        self.assertIsNone(self.cached(key))
        self.write_as_other(key, two=2)
        one["n"] += 1
        one.save()
        self.assertEqual(dict(self.engine(key).items()), {"n": 2, "tally": {"pens": 1}, "two": 2})

    def test_a_new_session(self):
        one = self.engine()
        one["tally"] = defaultdict(lambda: 0, pens=1)
        with self.assertLogs("django.contrib.sessions", "ERROR"):
            one.save()
        self.assertEqual(dict(self.engine(one.session_key).items()), {"tally": {"pens": 1}})

    def test_a_session_nested_as_deep_as_json_goes_is_read(self):
        deep = 0
        for _ in range(900):
            deep = [deep]
        key = self.start()
        write_as_other(key, deep=deep)
        self.forget_copy(key)
        with mock.patch.object(cached_rows.logger, "exception"):  # newer Pythons pickle it
            self.assertEqual(self.request(key)["deep"], deep)


on_every_store(TooLarge, only=["cached_db"], aliases=["pymemcache", "pylibmc"])
on_every_store(NotPickled, only=["cached_db"])
del CachedRows, TooLarge, NotPickled
