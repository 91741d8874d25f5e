"""Two requests save one session: what each of them changed is there afterwards."""

from unittest import mock

from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import UpdateError
from django.test import RequestFactory, override_settings
from session_merge import DepthError, MergeConflict
from session_merge.django.rows import RowStore
from support import Interleaving, before_each_swap, in_parallel, statements, write_as_other


class TwoSaves(Interleaving):
    def test_disjoint_keys_are_both_kept(self):
        key = self.start(old=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"old": 1, "two": 2, "one": 1})

    def test_a_deletion_and_an_addition_are_both_kept(self):
        key = self.start(old=1, keep=1)
        one, two = self.request(key), self.request(key)
        del two["old"]
        two.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"keep": 1, "one": 1})

    def test_the_same_key_goes_to_the_later_save(self):
        key = self.start(colour="red")
        one, two = self.request(key), self.request(key)
        two["colour"] = "green"
        two.save()
        one["colour"] = "blue"
        one.save()
        self.assertEqual(self.stored(key), {"colour": "blue"})

    @override_settings(SESSION_MERGE={"rules": {"/colour": "theirs"}})
    def test_the_same_key_goes_to_the_earlier_save_if_a_rule_says_so(self):
        key = self.start(colour="red")
        one, two = self.request(key), self.request(key)
        two["colour"] = "green"
        two.save()
        one["colour"] = "blue"
        one.save()
        self.assertEqual(self.stored(key), {"colour": "green"})
        self.assertEqual(one["colour"], "green")

    @override_settings(SESSION_MERGE={"rules": {"/colour": "fail"}})
    def test_a_conflict_under_fail_is_raised_and_nothing_is_written(self):
        key = self.start(colour="red")
        one, two = self.request(key), self.request(key)
        two["colour"] = "green"
        two.save()
        one["colour"] = "blue"
        with self.assertRaises(MergeConflict):
            one.save()
        self.assertEqual(self.stored(key), {"colour": "green"})
        self.assertEqual(one["colour"], "blue")

    @override_settings(SESSION_MERGE={"rules": {"/visits": "counter"}})
    def test_a_counter_counts_both(self):
        key = self.start(visits=1)
        one, two = self.request(key), self.request(key)
        two["visits"] += 1
        two.save()
        one["visits"] += 1
        one.save()
        self.assertEqual(self.stored(key), {"visits": 3})
        self.assertEqual(one["visits"], 3)

    @override_settings(SESSION_MERGE={"rules": {"/seen": "append"}})
    def test_a_list_keeps_the_entries_of_both(self):
        key = self.start(seen=["a"])
        one, two = self.request(key), self.request(key)
        two["seen"].append("b")
        two.save()
        one["seen"].append("c")
        one.save()
        self.assertEqual(self.stored(key), {"seen": ["a", "b", "c"]})

    def test_a_change_inside_a_nested_value_is_kept_without_setting_modified(self):
        key = self.start(cart={"a": {"n": 1}, "b": {"n": 1}})
        one, two = self.request(key), self.request(key)
        two["cart"]["b"]["n"] = 2
        two.save()
        one["cart"]["a"]["n"] = 2
        one["cart"]["c"] = {"n": 1}
        one.save()
        expected = {"a": {"n": 2}, "b": {"n": 2}, "c": {"n": 1}}
        self.assertEqual(self.stored(key), {"cart": expected})

    def test_real_threads_lose_nothing(self):
        key = self.start()
        gone_in = []

        def work(number):
            for step in range(5):
                session = self.request(key)
                session[f"{number}-{step}"] = 1
                session.save()
                gone_in.append((number, step))

        in_parallel([lambda number=number: work(number) for number in range(4)])
        self.assertEqual(len(self.stored(key)), len(gone_in))
        self.assertEqual(len(gone_in), 20)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"inner": value}
    return value


class TooDeep(Interleaving):
    def collide(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["deep"] = nested(200)
        two.save()
        one["one"] = 1
        return key, one

    def test_a_racing_save_raises_and_writes_nothing(self):
        key, one = self.collide()
        before = self.row(key)
        for save in (one.save, one.cycle_key):
            with self.assertRaises(DepthError):
                save()
        after = self.one_row_is_left()
        self.assertEqual(
            (after.session_key, after.session_data, after.expire_date),
            (key, before.session_data, before.expire_date),
        )
        self.assertEqual((one.session_key, dict(one.items())), (key, {"a": 1, "one": 1}))

    def test_a_rule_set_that_allows_the_depth_is_the_remedy(self):
        with self.settings(SESSION_MERGE={"rules": {"max_depth": 300}}):
            key, one = self.collide()
            one.save()
        self.assertEqual(self.stored(key), {"a": 1, "deep": nested(200), "one": 1})


class TwoSavesInOneRequest(Interleaving):
    @override_settings(SESSION_MERGE={"rules": {"/visits": "counter"}})
    def test_a_counter_is_added_once(self):
        key = self.start(visits=1)
        one, two = self.request(key), self.request(key)
        one["visits"] += 1
        one.save()
        two["visits"] += 1
        two.save()
        one["more"] = True
        one.save()
        one.save()
        self.assertEqual(self.stored(key), {"visits": 3, "more": True})

    def test_after_a_merge_the_session_holds_what_was_stored(self):
        key = self.start()
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["pair"] = (1, 2)
        one[7] = "seven"
        one.save()
        self.assertEqual(dict(one.items()), {"two": 2, "pair": [1, 2], "7": "seven"})
        self.assertEqual(dict(one.items()), self.stored(key))

    def test_what_a_view_holds_is_still_part_of_the_session_after_a_merge(self):
        key = self.start(cart={"items": [{"sku": "a"}]})
        one, two = self.request(key), self.request(key)
        cart, item = one["cart"], one["cart"]["items"][0]
        two["two"] = 2
        two.save()
        cart["coupon"] = "SPRING"
        one.save()
        cart["note"] = "ring twice"
        item["n"] = 2
        one.modified = True
        one.save()
        self.assertEqual(
            self.stored(key),
            {
                "cart": {
                    "items": [{"sku": "a", "n": 2}],
                    "coupon": "SPRING",
                    "note": "ring twice",
                },
                "two": 2,
            },
        )


class WithoutReading(Interleaving):
    def test_clear_before_any_read_replaces_what_is_stored_at_the_save(self):
        key = self.start(old=1)
        one = self.engine(key)
        one.clear()
        write_as_other(key, late=1)
        one["new"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"new": 1})

    def test_clear_before_any_read_merges_with_what_is_stored_after_the_save_looked(self):
        key = self.start(old=1)
        one = self.engine(key)
        one.clear()
        one["new"] = 1
        with before_each_swap(lambda n: n == 1 and write_as_other(key, late=1)):
            one.save()
        self.assertEqual(self.stored(key), {"late": 1, "new": 1})

    def test_clear_before_any_read_does_not_bring_back_a_deleted_session(self):
        key = self.start(old=1)
        one = self.engine(key)
        one.clear()
        one["new"] = 1
        self.engine(key).delete()
        with self.assertRaises(UpdateError):
            one.save()
        self.assertIsNone(self.row(key))

    def test_a_save_of_a_session_that_was_gone_when_it_was_loaded_creates_nothing(self):
        key = self.start(old=1)
        one = self.engine(key)
        self.engine(key).delete()
        with self.assertRaises(UpdateError):
            one.save()
        self.assertEqual(self.engine.get_model_class().objects.count(), 0)


class ManyLosses(Interleaving):
    @override_settings(SESSION_MERGE={"attempts": 4})
    def test_after_the_attempts_the_write_lock_decides(self):
        key = self.start()
        one = self.request(key)
        one["mine"] = 1
        with before_each_swap(lambda n: write_as_other(key, **{f"theirs{n}": n})):
            one.save()
        theirs = {f"theirs{n}": n for n in range(1, 5)}
        self.assertEqual(self.stored(key), {**theirs, "mine": 1})

    @override_settings(SESSION_MERGE={"attempts": 1})
    def test_with_one_attempt_the_lock_is_taken_at_once(self):
        key = self.start()
        one = self.request(key)
        one["mine"] = 1
        with before_each_swap(lambda n: write_as_other(key, theirs=n)):
            one.save()
        self.assertEqual(self.stored(key), {"theirs": 1, "mine": 1})

    @override_settings(SESSION_MERGE={"attempts": 1000, "ceiling_ms": 50})
    def test_after_the_time_the_write_lock_decides(self):
        key = self.start()
        one = self.request(key)
        one["mine"] = 1
        with before_each_swap(lambda n: write_as_other(key, theirs=n)):
            one.save()
        self.assertEqual(self.stored(key)["mine"], 1)
        self.assertLess(self.stored(key)["theirs"], 100)

    @override_settings(SESSION_MERGE={"attempts": 1})
    def test_under_the_lock_a_deleted_session_stays_deleted(self):
        key = self.start()
        one = self.request(key)
        one["mine"] = 1
        with before_each_swap(lambda n: self.engine(key).delete()):
            with self.assertRaises(UpdateError):
                one.save()
        self.assertIsNone(self.row(key))

    @override_settings(SESSION_MERGE={"attempts": 1000})
    def test_a_database_that_never_finds_texts_equal_is_written_under_the_lock(self):
        key = self.start()
        one = self.request(key)
        one["mine"] = 1
        swap, swaps = RowStore.swap, []

        def unequal(store, key, base, draft, *, touch):
            swaps.append(key)
            return swap(store, key, base + "?", draft, touch=touch)

        with mock.patch.object(RowStore, "swap", unequal):
            one.save()
        self.assertEqual(self.stored(key), {"mine": 1})
        self.assertLessEqual(len(swaps), 2)


class FlashMessages(Interleaving):
    def http(self, session):
        request = RequestFactory().get("/")
        request.session = session
        return request

    def add(self, session, text):
        storage = SessionStorage(self.http(session))
        storage.add(20, text)
        storage.update(None)

    def read(self, session):
        storage = SessionStorage(self.http(session))
        texts = [str(message) for message in storage]
        storage.update(None)
        return texts

    def test_messages_read_by_one_request_while_another_adds_one(self):
        key = self.start()
        first = self.request(key)
        self.add(first, "one")
        first.save()
        reader, writer = self.request(key), self.request(key)
        self.add(writer, "two")
        writer.save()
        self.assertEqual(self.read(reader), ["one"])
        reader.save()
        self.assertEqual(self.read(self.request(key)), ["two"])

    def test_messages_added_while_another_request_has_read_the_earlier_ones(self):
        key = self.start()
        first = self.request(key)
        self.add(first, "one")
        first.save()
        reader, writer = self.request(key), self.request(key)
        self.assertEqual(self.read(reader), ["one"])
        reader.save()
        self.add(writer, "two")
        writer.save()
        self.assertEqual(self.read(self.request(key)), ["two"])

    def test_messages_added_by_two_requests(self):
        key = self.start()
        one, two = self.request(key), self.request(key)
        self.add(one, "caf\u00e9")
        self.add(two, "two")
        one.save()
        two.save()
        self.assertEqual(self.read(self.request(key)), ["caf\u00e9", "two"])


class Cost(Interleaving):
    def test_a_save_without_a_conflict_is_one_statement(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 2
        with statements() as sql:
            one.save()
        self.assertEqual(len(sql), 1, [query["sql"][:6] for query in sql])
        self.assertTrue(sql[0]["sql"].startswith("UPDATE"))

    def test_a_save_that_lost_once_is_three_statements(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        with statements() as sql:
            one.save()
        verbs = [query["sql"].split()[0] for query in sql]
        self.assertEqual(verbs, ["UPDATE", "SELECT", "UPDATE"])

    def test_nothing_is_encoded_or_decoded_twice(self):
        key = self.start(a=1)
        calls = []

        class Counting(self.engine.__mro__[0]):
            def encode(self, data):
                calls.append("encode")
                return super().encode(data)

            def decode(self, raw):
                calls.append("decode")
                return super().decode(raw)

        Counting.__qualname__ = "SessionStore"
        one = Counting(key)
        one["b"] = 2
        one.save()
        self.assertEqual(calls, ["decode", "encode"])
