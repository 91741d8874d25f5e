"""Saving inside transactions: a rollback drops neither mine nor what others stored."""

from unittest import mock

from django.db import connections, transaction
from django.http import Http404, HttpResponse
from django.test import override_settings
from session_merge.django.db import SessionStore
from support import Interleaving, elsewhere, in_parallel, only_on, statements, write_as_other
from urls import VIEWS

COUNTER = override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})


class UndoError(Exception):
    pass


class Rollback(Interleaving):
    def save_and_undo(self, session):
        try:
            with transaction.atomic():
                session.save()
                raise UndoError
        except UndoError:
            pass

    @COUNTER
    def test_a_save_that_was_rolled_back_is_made_again(self):
        key = self.start(n=1)
        one = self.request(key)
        one["n"] += 1
        one["one"] = 1
        self.save_and_undo(one)
        self.assertEqual(self.stored(key), {"n": 1})
        one.save()
        self.assertEqual(self.stored(key), {"n": 2, "one": 1})

    @COUNTER
    def test_a_competing_write_after_the_rollback_is_merged(self):
        key = self.start(n=1)
        one, two = self.request(key), self.request(key)
        one["n"] += 1
        one["one"] = 1
        self.save_and_undo(one)
        two["n"] += 1
        two["two"] = 2
        elsewhere(two.save)
        one.save()
        self.assertEqual(self.stored(key), {"n": 3, "two": 2, "one": 1})

    @COUNTER
    def test_a_merge_that_was_rolled_back_is_not_counted_twice(self):
        key = self.start(n=1)
        one, two = self.request(key), self.request(key)
        two["n"] += 1
        two.save()
        one["n"] += 1
        self.save_and_undo(one)
        self.assertEqual(self.stored(key), {"n": 2})
        self.assertEqual(one["n"], 3)
        three = self.request(key)
        three["n"] += 1
        three.save()
        one.save()
        self.assertEqual(self.stored(key), {"n": 4})

    @COUNTER
    def test_two_saves_in_one_transaction_that_rolls_back(self):
        key = self.start(n=1)
        one = self.request(key)
        try:
            with transaction.atomic():
                one["n"] += 1
                one.save()
                one["more"] = 1
                one.save()
                raise UndoError
        except UndoError:
            pass
        elsewhere(self.add_one, key)
        one.save()
        self.assertEqual(self.stored(key), {"n": 3, "more": 1})

    def add_one(self, key):
        session = self.request(key)
        session["n"] += 1
        session.save()

    @COUNTER
    def test_a_savepoint_that_rolls_back_inside_a_transaction_that_commits(self):
        key = self.start(n=1)
        one = self.request(key)
        with transaction.atomic():
            one["n"] += 1
            self.save_and_undo(one)
            one["more"] = 1
            one.save()
        self.assertEqual(self.stored(key), {"n": 2, "more": 1})
        self.add_one(key)
        one["n"] += 1
        one.save()
        self.assertEqual(self.stored(key), {"n": 4, "more": 1})

    @COUNTER
    def test_a_savepoint_that_rolls_back_and_a_competing_write_after_the_commit(self):
        key = self.start(n=1)
        one = self.request(key)
        with transaction.atomic():
            one["first"] = 1
            one.save()
            one["n"] += 1
            self.save_and_undo(one)
        self.assertEqual(self.stored(key), {"n": 1, "first": 1})
        self.add_one(key)
        one.save()
        self.assertEqual(self.stored(key), {"n": 3, "first": 1})

    @COUNTER
    def test_an_inner_commit_inside_an_outer_rollback(self):
        key = self.start(n=1)
        one = self.request(key)
        try:
            with transaction.atomic():
                with transaction.atomic():
                    one["n"] += 1
                    one.save()
                raise UndoError
        except UndoError:
            pass
        self.add_one(key)
        one.save()
        self.assertEqual(self.stored(key), {"n": 3})

    def test_reading_again_after_a_rollback_starts_from_what_was_read(self):
        key = self.start(n=1)
        one = self.request(key)
        one["one"] = 1
        self.save_and_undo(one)
        self.add_one(key)
        del one._session_cache
        one["again"] = 1
        with statements() as sql:
            one.save()
        self.assertEqual(self.stored(key), {"n": 2, "again": 1})
        self.assertEqual([query["sql"].split()[0] for query in sql], ["UPDATE"])

    @COUNTER
    def test_after_a_commit_the_stored_version_is_the_base(self):
        key = self.start(n=1)
        one = self.request(key)
        with transaction.atomic():
            one["n"] += 1
            one.save()
        one["more"] = 1
        with statements() as sql:
            one.save()
        self.assertEqual(len(sql), 1)
        self.assertEqual(self.stored(key), {"n": 2, "more": 1})

    @COUNTER
    def test_a_save_in_a_commit_hook_that_runs_first(self):
        key = self.start(n=1)
        one = self.request(key)
        with transaction.atomic():
            transaction.on_commit(one.save)
            one["n"] += 1
            one.save()
        self.assertEqual(self.stored(key), {"n": 2})

    @COUNTER
    def test_a_transaction_in_a_commit_hook_that_rolls_back(self):
        key = self.start(n=1)
        one = self.request(key)

        def hook():
            one["n"] += 1
            self.save_and_undo(one)
            self.add_one(key)
            one.save()

        with transaction.atomic():
            transaction.on_commit(hook)
        self.assertEqual(self.stored(key), {"n": 3})

    @COUNTER
    def test_a_save_in_a_commit_hook_after_one_with_a_transaction_of_its_own(self):
        key = self.start(n=1)
        one = self.request(key)
        with transaction.atomic():
            transaction.on_commit(lambda: self.save_and_undo(self.request(key)))
            transaction.on_commit(one.save)
            one["n"] += 1
            one.save()
        self.assertEqual(self.stored(key), {"n": 2})

    def test_a_session_created_in_a_transaction_that_rolls_back_is_created_again(self):
        one = self.engine()
        one["one"] = 1
        self.save_and_undo(one)
        key = one.session_key
        self.assertIsNone(self.row(key))
        one.save()
        self.assertEqual(one.session_key, key)
        self.assertEqual(self.stored(key), {"one": 1})

    def test_a_key_cycled_in_a_transaction_that_rolls_back_is_cycled_again(self):
        key = self.start(a=1)
        one = self.request(key)
        try:
            with transaction.atomic():
                one.cycle_key()
                one["user"] = 1
                one.save()
                raise UndoError
        except UndoError:
            pass
        new_key = one.session_key
        self.assertIsNotNone(self.row(key))
        two = self.request(key)
        two["two"] = 2
        two.save()
        one.save()
        self.assertIsNone(self.row(key), "what was stored after a login is not under the old key")
        self.assertEqual(self.stored(new_key), {"a": 1, "two": 2, "user": 1})

    def test_a_flush_and_a_new_session_that_roll_back_do_not_touch_the_old_session(self):
        key = self.start(secret=1)
        one = self.request(key)
        try:
            with transaction.atomic():
                one["more"] = 1
                one.save()
                one.flush()
                one["fresh"] = 1
                one.save()
                raise UndoError
        except UndoError:
            pass
        one.save()
        self.assertEqual(self.stored(one.session_key), {"fresh": 1})
        self.assertEqual(self.stored(key), {"secret": 1})

    def test_manual_transactions(self):
        key = self.start(a=1)
        one = self.request(key)
        transaction.set_autocommit(False)
        try:
            one["b"] = 1
            one.save()
            transaction.rollback()
            one["c"] = 1
            one.save()
            transaction.commit()
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)
        one["d"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 1, "c": 1, "d": 1})


class InsideATransaction(Interleaving):
    def test_a_conflict_is_merged(self):
        key = self.start()
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        with transaction.atomic():
            one.save()
        self.assertEqual(self.stored(key), {"two": 2, "one": 1})

    def test_a_failed_save_does_not_break_the_transaction(self):
        key = self.start(a=1)
        one = self.request(key)
        with transaction.atomic():
            self.start(b=1)
            with mock.patch.object(SessionStore, "create_model_instance", side_effect=UndoError):
                with self.assertRaises(UndoError):
                    one.save()
            one["ok"] = 1
            one.save()
        self.assertEqual(self.stored(key), {"a": 1, "ok": 1})

    @only_on("postgresql", "mysql")
    def test_what_others_stored_is_read_with_a_lock(self):
        key = self.start()
        one = self.request(key)
        write_as_other(key, two=2)
        one["one"] = 1
        with transaction.atomic(), statements() as sql:
            one.save()
        (read,) = [query["sql"] for query in sql if query["sql"].startswith("SELECT")]
        self.assertIn("FOR UPDATE", read)


class AtomicRequests(Interleaving):
    def setUp(self):
        patch = mock.patch.dict(connections.settings["default"], ATOMIC_REQUESTS=True)
        patch.start()
        self.addCleanup(patch.stop)

    def get(self, key, view):
        VIEWS["page"] = view
        self.client.cookies["sessionid"] = key
        return self.client.get("/page/").status_code

    def test_a_view_that_saves_and_succeeds(self):
        key = self.start(a=1)

        def view(request):
            request.session["b"] = 2
            request.session.save()
            request.session["c"] = 3
            return HttpResponse()

        self.assertEqual(self.get(key, view), 200)
        self.assertEqual(self.stored(key), {"a": 1, "b": 2, "c": 3})

    def test_a_view_that_saves_and_is_rolled_back(self):
        key = self.start(a=1)

        def view(request):
            request.session["b"] = 2
            request.session.save()
            raise Http404

        self.assertEqual(self.get(key, view), 404)
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    def test_a_new_session_in_a_view_that_is_rolled_back(self):
        def view(request):
            request.session["b"] = 2
            request.session.save()
            raise Http404

        self.assertEqual(self.get("", view), 404)
        self.assertEqual(self.stored(self.client.cookies["sessionid"].value), {"b": 2})

    def test_two_views_at_once(self):
        key = self.start()
        stores = [self.request(key) for _ in range(2)]

        def view(number):
            with transaction.atomic():
                stores[number][f"in{number}"] = 1
            stores[number].save()

        in_parallel([lambda number=number: view(number) for number in range(2)])
        self.assertEqual(self.stored(key), {"in0": 1, "in1": 1})
