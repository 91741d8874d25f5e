"""Rows that hold no signed JSON: another serializer, or an encoding of the engine's own."""

import json

from django.contrib.sessions.models import Session
from django.test import override_settings
from session_merge.django import SessionDecodeError
from session_merge.django.db import SessionStore
from support import Interleaving


@override_settings(
    SESSION_SERIALIZER="serializers.Pickles",
    SESSION_MERGE={"rules": {"/n": "counter"}},
)
class OtherSerializer(Interleaving):
    def test_live_objects_are_merged(self):
        key = self.start(n=1, when=(1, 2))
        one, two = self.request(key), self.request(key)
        two["n"] += 1
        two["set"] = {1, 2}
        two.save()
        one["n"] += 1
        one["bytes"] = b"b"
        one.save()
        expected = {"n": 3, "when": (1, 2), "set": {1, 2}, "bytes": b"b"}
        self.assertEqual(self.stored(key), expected)
        self.assertEqual(dict(one.items()), expected)

    def test_a_save_with_nothing_changed_writes_no_data(self):
        key = self.start(n=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        raw = self.row(key).session_data
        one.save()
        self.assertEqual(self.row(key).session_data, raw)

    def test_theirs_that_cannot_be_read_is_refused(self):
        key = self.start(n=1)
        one = self.request(key)
        Session.objects.update(session_data="garbage")
        one["n"] = 2
        with self.assertRaises(SessionDecodeError):
            one.save()


class PlainStore(SessionStore):
    """Stores bare JSON, and like Django's answers {} to what it cannot read."""

    def encode(self, data):
        return json.dumps(data)

    def decode(self, raw):
        try:
            return json.loads(raw)
        except ValueError:
            return {}


class OwnEncoding(Interleaving):
    engine = PlainStore

    def stored(self, key):
        return json.loads(self.row(key).session_data)

    def test_saves_are_merged(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "two": 2, "one": 1})

    def test_theirs_may_have_become_empty(self):
        key = self.start(a=1)
        one = self.request(key)
        Session.objects.update(session_data="{}")
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"one": 1})

    def test_theirs_that_cannot_be_read_is_refused(self):
        key = self.start(a=1)
        one = self.request(key)
        Session.objects.update(session_data='{"b": 2')
        one["one"] = 1
        with self.assertRaises(SessionDecodeError):
            one.save()

    def test_texts_with_two_colons_are_not_mistaken_for_signed_ones(self):
        key = self.start(a=1, b=1)
        one = self.request(key)
        one["b"] = 2
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})
