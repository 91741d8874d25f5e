"""A value that is claimed goes to one caller, on every engine with every store."""

import time

from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.test import SimpleTestCase, override_settings
from everywhere import on_every_store
from exclusive_blocks import Blocks, in_a_database, on_every_store_where
from session_merge.django import (
    EngineUnsupportedError,
    SessionConflict,
    aclaim,
    claim,
    exclusive,
)
from support import IDENTITY, in_parallel

SECRET = "a-nonce-0123456789"


class Claims(Blocks):
    def test_the_value_is_taken_out_of_what_is_stored(self):
        key = self.start(nonce=[SECRET], a=1)
        one = self.request(key)
        self.assertEqual(claim(one, "nonce"), [SECRET])
        self.assertEqual(self.stored(key), {"a": 1})
        self.assertEqual(dict(one.items()), {"a": 1})

    def test_who_comes_later_gets_the_default_or_an_error_that_tells_nothing(self):
        key = self.start(nonce=SECRET)
        one, two = self.request(key), self.request(key)
        claim(one, "nonce")
        self.assertEqual(claim(two, "nonce", "default"), "default")
        self.assertIsNone(claim(two, "nonce", None))
        self.assertNotIn("nonce", two)
        with self.assertRaises(KeyError) as raised:
            claim(two, "nonce")
        for told in (repr(raised.exception), str(raised.exception)):
            self.assertNotIn("nonce", told)
            self.assertNotIn(SECRET, told)

    def test_of_many_at_once_one_gets_it(self):
        key = self.start(nonce=SECRET)
        requests = [self.request(key) for _ in range(6)]  # all have read it before

        def use(request):
            found = claim(request, "nonce", None)
            request[f"seen by {id(request)}"] = True
            request.save()
            return found

        found = in_parallel([lambda request=request: use(request) for request in requests])
        self.assertEqual(sorted(found, key=bool), [None] * 5 + [SECRET])
        stored = self.stored(key)
        self.assertEqual(len(stored), 6)
        self.assertNotIn("nonce", stored)

    def test_of_many_at_once_one_gets_it_async(self):
        key = self.start(nonce=SECRET)

        async def use():
            request = self.engine(key)
            await request.aget("nonce")
            found = await aclaim(request, "nonce", None)
            await request.asave()
            return found

        found = in_parallel([async_to_sync(use)] * 4)
        self.assertEqual(sorted(found, key=bool), [None] * 3 + [SECRET])
        self.assertEqual(self.stored(key), {})

    def test_somebody_who_is_faster_by_a_hair_has_it(self):
        key = self.start(nonce=SECRET)
        one, found = self.request(key), []

        def meddle(number):
            if number == 1:
                found.append(claim(self.engine(key), "nonce", None))

        with self.before_each_swap(meddle):
            found.append(claim(one, "nonce", None))
        self.assertEqual(found, [SECRET, None])
        self.assertNotIn("nonce", one)

    def test_who_writes_something_else_meanwhile_does_not_disturb(self):
        key = self.start(nonce=SECRET)
        one = self.request(key)
        one["mine"] = 1

        def meddle(number):
            if number < 4:
                self.write_as_other(key, theirs=number)

        with self.before_each_swap(meddle):
            self.assertEqual(claim(one, "nonce"), SECRET)
        self.assertEqual(self.stored(key), {"theirs": 3})
        self.assertEqual(dict(one.items()), {"mine": 1, "theirs": 3})

    def test_however_often_they_write(self):
        key = self.start(nonce=SECRET)
        ends = time.monotonic() + 0.1
        store = self.engine(key).merge_store()

        def meddle(number):
            if hasattr(store, "locked") or time.monotonic() < ends:
                self.write_as_other(key, theirs=number)

        with self.before_each_swap(meddle):
            self.assertEqual(claim(self.engine(key), "nonce"), SECRET)
        self.assertEqual(list(self.stored(key)), ["theirs"])

    def test_what_else_was_changed_is_stored_by_the_next_save(self):
        key = self.start(nonce=SECRET, a=[1])
        one = self.request(key)
        part = one["a"]
        part.append(2)
        claim(one, "nonce")
        self.assertEqual(self.stored(key), {"a": [1]})
        part.append(3)
        one.save()
        self.assertEqual(self.stored(key), {"a": [1, 2, 3]})

    def test_a_late_save_of_another_request_does_not_bring_it_back(self):
        key = self.start(nonce=SECRET)
        late = self.request(key)
        claim(self.engine(key), "nonce")
        late["late"] = 1
        late.save()
        self.assertEqual(self.stored(key), {"late": 1})

    def test_a_late_save_of_our_own_leaves_the_next_value_alone(self):
        key = self.start(nonce=SECRET)
        one = self.request(key)
        claim(one, "nonce")
        self.write_as_other(key, nonce="the next")
        one["late"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"nonce": "the next", "late": 1})
        self.assertEqual(claim(one, "nonce"), "the next")

    def test_a_value_that_was_stored_after_the_session_was_read(self):
        key = self.start()
        one = self.request(key)
        self.write_as_other(key, nonce=SECRET)
        self.assertEqual(claim(one, "nonce"), SECRET)
        self.assertEqual(self.stored(key), {})

    def test_a_value_that_is_not_stored_yet_is_not_there(self):
        key = self.start(a=1)
        one = self.request(key)
        one["nonce"] = SECRET
        self.assertIsNone(claim(one, "nonce", None))
        one.save()
        self.assertEqual(claim(one, "nonce"), SECRET)

    def test_in_a_session_of_our_own_it_is_just_there(self):
        one = self.engine()
        one["nonce"] = SECRET
        self.assertEqual(claim(one, "nonce"), SECRET)
        self.assertIsNone(claim(one, "nonce", None))
        self.assertIsNone(one.session_key)

    def test_a_session_that_is_gone(self):
        key = self.start(nonce=SECRET)
        one = self.request(key)
        self.engine(key).delete()
        with self.assertRaises(SessionInterrupted):
            claim(one, "nonce", None)
        self.assertTrue(self.is_gone(key))

    def test_a_session_that_goes_meanwhile(self):
        key = self.start(nonce=SECRET, a=1)
        one = self.request(key)
        one["b"] = 2
        with self.before_each_swap(lambda number: self.engine(key).delete()):
            with self.assertRaises(SessionInterrupted):
                claim(one, "nonce", None)
        self.assertEqual(dict(one.items()), {"nonce": SECRET, "a": 1, "b": 2})
        self.assertTrue(self.is_gone(key))

    def test_a_session_that_has_changed_hands(self):
        key = self.start(**IDENTITY, nonce=SECRET)
        one = self.request(key)
        self.write_as_other(key, _auth_user_id="2")
        with self.assertRaises(SessionInterrupted):
            claim(one, "nonce", None)
        self.assertEqual(self.stored(key)["nonce"], SECRET)

    @override_settings(SESSION_MERGE={"rules": {"/n": "fail"}})
    def test_a_conflict_that_a_rule_refuses_consumes_nothing(self):
        key = self.start(nonce=SECRET, n=1)
        one = self.request(key)
        one["n"] = 2
        self.write_as_other(key, n=3)
        with self.assertRaises(SessionConflict):
            claim(one, "nonce")
        self.assertEqual(self.stored(key)["nonce"], SECRET)

    def test_in_an_exclusive_block(self):
        key = self.start(nonce=SECRET)
        with exclusive(self.engine(key), timeout=0) as one:
            self.assertEqual(claim(one, "nonce"), SECRET)
            one["used"] = True
        self.assertEqual(self.stored(key), {"used": True})


class InATransaction(Blocks):
    def test_a_rollback_puts_it_back(self):
        key = self.start(nonce=SECRET)
        one = self.request(key)
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            self.assertEqual(claim(one, "nonce"), SECRET)
            1 / 0  # noqa: B018
        self.assertEqual(claim(self.engine(key), "nonce"), SECRET)
        one["late"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"late": 1})

    def test_a_commit_makes_it_final(self):
        key = self.start(nonce=SECRET)
        with transaction.atomic():
            self.assertEqual(claim(self.engine(key), "nonce"), SECRET)
        self.assertIsNone(claim(self.engine(key), "nonce", None))


class NotClaimed(SimpleTestCase):
    def test_a_session_of_another_engine_is_refused(self):
        with self.assertRaisesMessage(EngineUnsupportedError, "SESSION_ENGINE"):
            claim(DjangosStore(), "nonce")


on_every_store(Claims)
on_every_store_where(in_a_database, InATransaction)
del Claims, InATransaction
