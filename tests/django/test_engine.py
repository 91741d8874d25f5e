"""The engine in its surroundings: other engines, other keys, other sessions."""

import custom_engine
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import override_settings
from session_merge.django import SessionDecodeError
from session_merge.django.db import SessionStore
from support import Interleaving, in_parallel, write_as_other


class SwitchingEngines(Interleaving):
    def test_djangos_engine_reads_what_was_merged(self):
        key = self.start(text="caf\u00e9")
        one, two = self.request(key), self.request(key)
        two["two"] = "\U0001f36a na\u00efve " * 50
        two.save()
        one["one"] = "\ud83d lone"
        one.save()
        self.assertEqual(dict(DjangosStore(key).items()), dict(one.items()))
        self.assertEqual(
            dict(one.items()),
            {
                "text": "caf\u00e9",
                "two": "\U0001f36a na\u00efve " * 50,
                "one": "\ud83d lone",
            },
        )

    @override_settings(SESSION_MERGE={"rules": {"/note": "text"}})
    def test_a_merged_text_keeps_its_letters(self):
        key = self.start(note="caf\u00e9 \U0001f36a")
        one, two = self.request(key), self.request(key)
        two["note"] = "caf\u00e9 \U0001f36a et th\u00e9"
        two.save()
        one["note"] = "un caf\u00e9 \U0001f36a"
        one.save()
        self.assertEqual(self.stored(key), {"note": "un caf\u00e9 \U0001f36a et th\u00e9"})


class Unreadable(Interleaving):
    def test_theirs_that_is_signed_but_no_session_is_refused(self):
        key = self.start(a=1)
        one = self.request(key)
        one["c"] = 3
        raw = self.engine().encode([1, 2])
        Session.objects.update(session_data=raw)
        with self.assertRaises(SessionDecodeError):
            one.save()
        self.assertEqual(self.row(key).session_data, raw)

    def test_base_and_theirs_both_unreadable(self):
        key = self.start(a=1)
        with self.settings(SECRET_KEY="new" * 20):
            one = self.request(key)
        other = self.request(key)
        other["b"] = 1
        other.save()
        raw = self.row(key).session_data
        with self.settings(SECRET_KEY="new" * 20):
            one["one"] = 1
            with self.assertRaises(SessionDecodeError):
                one.save()
        self.assertEqual(self.row(key).session_data, raw)

    def test_cycle_key_moves_an_unreadable_session_that_nobody_changed(self):
        key = self.start(a=1)
        with self.settings(SECRET_KEY="new" * 20):
            one = self.request(key)
            one["one"] = 1
            one.cycle_key()
            self.assertEqual(self.stored(one.session_key), {"one": 1})
        self.assertEqual(Session.objects.count(), 1)


NEW_KEY = {"SECRET_KEY": "new" * 20}
WITH_FALLBACK = {**NEW_KEY, "SECRET_KEY_FALLBACKS": ["k" * 50]}


class ChangedSecretKey(Interleaving):
    """What a save acknowledged can be read with the current key alone."""

    def read_with_the_new_key(self, key):
        with self.settings(**NEW_KEY):
            return self.stored(key)

    def test_the_same_data_as_in_a_session_that_cannot_be_read(self):
        key = self.start(visits=1)
        with self.settings(**NEW_KEY):
            one = self.request(key)
            self.assertEqual(dict(one.items()), {})
            one["visits"] = 1
            one.save()
        self.assertEqual(self.read_with_the_new_key(key), {"visits": 1})

    def test_the_same_data_without_reading(self):
        key = self.start(visits=1)
        with self.settings(**NEW_KEY):
            one = self.engine(key)
            one.clear()
            one["visits"] = 1
            one.save()
        self.assertEqual(self.read_with_the_new_key(key), {"visits": 1})

    def test_a_save_with_nothing_changed_signs_anew_what_a_fallback_key_signed(self):
        key = self.start(a=1)
        with self.settings(**WITH_FALLBACK):
            one = self.request(key)
            one.save()
            raw = self.row(key).session_data
            one.save()
            self.assertEqual(self.row(key).session_data, raw)
        self.assertEqual(self.read_with_the_new_key(key), {"a": 1})

    def lose_to_a_process_with_the_old_key(self, save):
        key = self.start(a=1)
        with self.settings(**WITH_FALLBACK):
            one = self.request(key)
        write_as_other(key, two=2)
        with self.settings(**WITH_FALLBACK):
            save(one)
        self.assertEqual(self.read_with_the_new_key(one.session_key), {"a": 1, "two": 2})

    def test_so_does_one_that_lost_a_race_to_a_process_with_the_old_key(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.save())

    @override_settings(SESSION_MERGE={"attempts": 1})
    def test_so_does_one_under_the_write_lock(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.save())

    @override_settings(SESSION_SERIALIZER="serializers.Pickles")
    def test_so_does_one_of_live_objects(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.save())

    def test_so_does_cycle_key(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.cycle_key())


class ThirdPartyEngine(Interleaving):
    engine = custom_engine.SessionStore

    def test_an_engine_built_on_djangos_merges_by_inheriting_from_both(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["_auth_user_id"] = 42
        two.save()
        self.assertEqual(self.row(key).account_id, 42)
        one["one"] = 1
        with self.assertRaises(UpdateError):
            one.save()
        three, four = self.request(key), self.request(key)
        four["four"] = 4
        four.save()
        three["three"] = 3
        three.save()
        self.assertEqual(self.row(key).account_id, 42)
        expected = {"a": 1, "_auth_user_id": 42, "four": 4, "three": 3}
        self.assertEqual(dict(self.engine(key).items()), expected)


class Creating(Interleaving):
    def test_a_key_that_is_taken(self):
        key = self.start(a=1)
        with self.assertRaises(CreateError):
            SessionStore(key).save(must_create=True)
        with transaction.atomic():
            with self.assertRaises(CreateError):
                SessionStore(key).save(must_create=True)
            self.start(b=1)
        self.assertEqual(self.stored(key), {"a": 1})
        self.assertEqual(Session.objects.count(), 2)

    def test_many_at_once(self):
        in_parallel([self.start] * 4)
        self.assertEqual(Session.objects.count(), 4)
