"""The engine in its surroundings: other engines, more columns, routers, serializers."""

import json

import custom_engine
from columns import coroutine_engine
from columns.models import ColumnSession, OwnSqlSession, OwnSqlStore
from columns.models import SessionStore as ColumnStore
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import override_settings
from session_merge.django import SessionDecodeError
from session_merge.django.db import SessionStore
from support import Interleaving, before_each_swap, in_parallel, write_as_other


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

    @override_settings(SESSION_SERIALIZER="test_engine.PickleSerializer")
    def test_so_does_one_of_live_objects(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.save())

    def test_so_does_cycle_key(self):
        self.lose_to_a_process_with_the_old_key(lambda one: one.cycle_key())


class MoreColumns(Interleaving):
    engine = ColumnStore

    def stored(self, key):
        return dict(ColumnStore(key).items())

    def test_columns_follow_the_merged_session(self):
        key = self.start(cart=["a"])
        one, two = self.request(key), self.request(key)
        two["cart"].append("b")
        two.save()
        self.assertEqual(self.row(key).items, 2)
        one["cart"].insert(0, "c")
        one.save()
        self.assertEqual(self.stored(key), {"cart": ["c", "a", "b"]})
        self.assertEqual(self.row(key).items, 3)

    def test_fields_that_set_themselves_are_set(self):
        key = self.start(cart=[])
        before = self.row(key).seen
        one = self.request(key)
        one["a"] = 1
        one.save()
        changed = self.row(key).seen
        self.assertGreater(changed, before)
        self.request(key).save()
        self.assertGreater(self.row(key).seen, changed)

    def test_columns_follow_a_cycled_key(self):
        one = self.request(self.start(cart=["a"]))
        one["_auth_user_id"] = "7"
        one.cycle_key()
        self.assertEqual(self.row(one.session_key).user, "7")

    def test_another_constraint_of_the_table_surfaces_as_itself(self):
        class Broken(ColumnStore):
            def create_model_instance(self, data):
                instance = super().create_model_instance(data)
                instance.user = None
                return instance

        with self.assertRaises(IntegrityError):
            Broken().save()

    async def test_a_coroutine_that_fills_columns_is_asked(self):
        one = coroutine_engine.SessionStore()
        await one.asave()
        row = await ColumnSession.objects.aget()
        self.assertEqual(row.user, "coroutine")
        await ColumnSession.objects.aupdate(user="")
        await one.aset("a", 1)
        await one.asave()
        row = await ColumnSession.objects.aget()
        self.assertEqual(row.user, "coroutine")


class ColumnsWithSqlOfTheirOwn(Interleaving):
    engine = OwnSqlStore

    def test_the_orm_writes_them(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        OwnSqlSession.objects.update(agent="")
        two["two"] = 2
        two.save()
        self.assertEqual(self.row(key).agent, "FIREFOX")
        OwnSqlSession.objects.update(agent="")
        one["one"] = 1
        one.save()
        self.assertEqual(self.row(key).agent, "FIREFOX")
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2, "one": 1})
        with self.settings(SESSION_MERGE={"attempts": 1}):
            three = self.request(key)
            write = OwnSqlSession.objects.update
            three["three"] = 3
            with before_each_swap(lambda n: write(session_data=three.encode({"four": 4}))):
                three.save()
        self.assertEqual(dict(self.engine(key).items()), {"four": 4, "three": 3})

    def test_an_expression_as_a_value(self):
        class Counting(ColumnStore):
            def create_model_instance(self, data):
                instance = super().create_model_instance(data)
                if self.row is not None:
                    instance.items = F("items") + 1
                return instance

        Counting.__qualname__ = "SessionStore"
        one = Counting()
        one.row = None
        one.save()
        one.row = one.session_key
        one.save()
        one["a"] = 1
        one.save()
        self.assertEqual(ColumnSession.objects.get().items, 2)


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


class Router:
    """Reads go to a replica that is behind until a test copies the rows."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True


@override_settings(DATABASE_ROUTERS=["test_engine.Router"])
class ReadReplica(Interleaving):
    databases = {"default", "replica"}

    def replicate(self):
        Session.objects.using("replica").delete()
        Session.objects.using("replica").bulk_create(Session.objects.using("default"))

    def written(self, key):
        raw = Session.objects.using("default").get(session_key=key).session_data
        return self.engine().decode(raw)

    def start(self, **data):
        key = super().start(**data)
        self.replicate()
        return key

    def test_a_session_read_from_a_replica_that_is_behind_is_merged(self):
        key = self.start(a=1)
        first = self.request(key)
        first["first"] = 1
        first.save()
        second = self.request(key)
        self.assertNotIn("first", second)
        second["second"] = 2
        second.save()
        self.assertEqual(self.written(key), {"a": 1, "first": 1, "second": 2})

    def test_two_requests_at_once(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.written(key), {"a": 1, "two": 2, "one": 1})

    def test_a_logout_that_the_replica_does_not_know_of_wins(self):
        key = self.start(a=1)
        self.request(key).flush()
        self.assertEqual(Session.objects.using("default").count(), 0)
        late = self.request(key)
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(Session.objects.using("default").count(), 0)

    def test_a_session_that_the_replica_does_not_have_yet_is_deleted(self):
        key = super().start(a=1)
        self.engine(key).delete()
        self.assertEqual(Session.objects.using("default").count(), 0)

    def test_cycle_key_takes_what_the_replica_does_not_have_yet(self):
        key = self.start(a=1)
        first = self.request(key)
        first["first"] = 1
        first.save()
        second = self.request(key)
        second.cycle_key()
        self.assertEqual(self.written(second.session_key), {"a": 1, "first": 1})
        self.assertEqual(Session.objects.using("default").count(), 1)


class PickleSerializer:
    def dumps(self, data):
        import pickle

        return pickle.dumps(data)

    def loads(self, data):
        import pickle

        return pickle.loads(data)


@override_settings(
    SESSION_SERIALIZER="test_engine.PickleSerializer",
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
