"""Sessions that are not JSON merge as live objects, with the same guarantee on every engine."""

from datetime import datetime, timezone
from decimal import Decimal

from django.contrib.sessions.backends.base import UpdateError
from django.test import override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import SessionDecodeError
from support import IDENTITY, in_parallel

WHEN = datetime(2026, 1, 2, tzinfo=timezone.utc)


class Live(OnEveryStore):
    def test_two_saves(self):
        key = self.start(n=1, when=WHEN, seen=["a"])
        one, two = self.request(key), self.request(key)
        two.update({"n": 2, "two": WHEN, "seen": ["a", "two"]})
        two.save()
        one.update({"n": 3, "one": [WHEN], "seen": ["a", "one"]})
        one.save()
        one.save()
        merged = {"n": 4, "when": WHEN, "seen": ["a", "two", "one"], "two": WHEN, "one": [WHEN]}
        self.assertEqual(self.stored(key), merged)
        self.assertEqual(dict(one.items()), merged)

    def test_a_cycled_key(self):
        key = self.start(when=WHEN)
        one = self.request(key)
        self.write_as_other(key, two=WHEN)
        one["one"] = WHEN
        one.cycle_key()
        self.assertEqual(self.stored(one.session_key), {"when": WHEN, "two": WHEN, "one": WHEN})
        self.assertTrue(self.is_gone(key))

    def test_a_logout(self):
        key = self.start(**IDENTITY, when=WHEN)
        late = self.request(key)
        self.engine(key).flush()
        late["late"] = WHEN
        with self.assertRaises(UpdateError):
            late.save()
        self.assertTrue(self.is_gone(key))

    def test_threads_that_all_count(self):
        key = self.start(n=0, when=WHEN)

        def count():
            for _ in range(5):
                session = self.request(key)
                session["n"] += 1
                session.save()

        in_parallel([count] * 4)
        self.assertEqual(self.stored(key), {"n": 20, "when": WHEN})


@override_settings(
    SESSION_SERIALIZER="serializers.Pickles", SESSION_MERGE={"rules": {"/n": "counter"}}
)
class Pickled(Live):
    def test_what_json_could_not_hold(self):
        key = self.start(**{"price": Decimal("1.10"), "tags": {1, 2}, "pair": (1, 2)})
        one, two = self.request(key), self.request(key)
        two["tags"] = {1, 2, 3}
        two.save()
        one["price"] = Decimal("1.20")
        one.save()
        merged = {"price": Decimal("1.20"), "tags": {1, 2, 3}, "pair": (1, 2)}
        self.assertEqual(self.stored(key), merged)


@override_settings(
    SESSION_SERIALIZER="serializers.Dates", SESSION_MERGE={"rules": {"/n": "counter"}}
)
class Custom(Live):
    pass


@override_settings(SESSION_SERIALIZER="serializers.Pickles")
class Mixed(OnEveryStore):
    """Not in caches, which have serializers of their own."""

    def test_theirs_in_another_serializer_is_never_taken_for_an_empty_session(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.settings(SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer"):
            self.overwrite(key, lambda raw: self.engine().encode([1]))
        one["b"] = 1
        with self.assertRaises(SessionDecodeError):
            one.save()


on_every_store(Pickled)
on_every_store(Custom, aliases=["locmem", "database"])
on_every_store(Mixed, only=["db", "cached_db", "file"], aliases=["locmem"])
del Live, Pickled, Custom, Mixed
