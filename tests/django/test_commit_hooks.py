"""Hooks that fail after the commit, and what the base of the next save is then."""

from django.db import transaction
from django.test import override_settings
from support import Interleaving, write_as_other


class UndoError(Exception):
    pass


def fail():
    raise UndoError


@override_settings(SESSION_MERGE={"rules": {"/n": "counter", "/log": "append"}})
class CommitHooksThatFail(Interleaving):
    """The hooks after one that raises are never called, but the row is committed."""

    def change(self, session):
        session["n"] += 1
        session["log"] = [*session["log"], "entry"]
        session.save()

    def saved_once(self, key, one):
        expected = {"n": 1, "log": ["entry"]}
        self.assertEqual(self.stored(key), expected)
        one["more"] = 1
        one.save()
        self.assertEqual(self.stored(key), {**expected, "more": 1})

    def test_a_save_after_the_hook(self):
        key = self.start(n=0, log=[])
        one = self.request(key)
        with self.assertRaises(UndoError), transaction.atomic():
            transaction.on_commit(fail)
            self.change(one)
        self.saved_once(key, one)

    def test_a_competing_write_after_the_commit(self):
        key = self.start(n=0, log=[])
        one = self.request(key)
        with self.assertRaises(UndoError), transaction.atomic():
            transaction.on_commit(fail)
            self.change(one)
        self.change(self.request(key))
        one["more"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"n": 2, "log": ["entry", "entry"], "more": 1})

    def test_two_saves_and_a_merge_after_the_hook(self):
        key = self.start(n=0, log=[])
        one = self.request(key)
        write_as_other(key, theirs=1)
        with self.assertRaises(UndoError), transaction.atomic():
            transaction.on_commit(fail)
            one["first"] = 1
            one.save()
            self.change(one)
        one["more"] = 1
        one.save()
        expected = {"n": 1, "log": ["entry"], "theirs": 1, "first": 1, "more": 1}
        self.assertEqual(self.stored(key), expected)

    def test_a_savepoint_that_rolls_back_between_two_saves(self):
        key = self.start(n=0, log=[])
        one = self.request(key)
        with self.assertRaises(UndoError), transaction.atomic():
            transaction.on_commit(fail)
            self.change(one)
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                raise ZeroDivisionError
            one["second"] = 1
            one.save()
        one["more"] = 1
        one.save()
        expected = {"n": 1, "log": ["entry"], "second": 1, "more": 1}
        self.assertEqual(self.stored(key), expected)

    def test_a_new_session(self):
        one = self.engine()
        with self.assertRaises(UndoError), transaction.atomic():
            transaction.on_commit(fail)
            one.update({"n": 0, "log": []})
            self.change(one)
        self.saved_once(one.session_key, one)

    def test_a_hook_of_a_transaction_that_rolls_back(self):
        key = self.start(n=0, log=[])
        one = self.request(key)
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            transaction.on_commit(fail)
            self.change(one)
            raise ZeroDivisionError
        self.change(self.request(key))  # the same text, in the same second
        one.save()
        self.assertEqual(self.stored(key), {"n": 2, "log": ["entry", "entry"]})
