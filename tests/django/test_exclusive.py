"""Exclusive blocks of a session: one at a time, on every engine with every store."""

import asyncio
import threading
import time

from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.test import SimpleTestCase, override_settings
from everywhere import on_every_store
from exclusive_blocks import Blocks, leaves_others_alone, on_every_store_where
from session_merge.django import (
    EngineUnsupportedError,
    LockTimeoutError,
    SessionConflict,
    edit,
    exclusive,
)
from support import IDENTITY, elsewhere, in_parallel

COUNTED = override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})


class OneAtATime(Blocks):
    def test_blocks_do_not_overlap(self):
        key, alone, charges = self.start(), threading.Lock(), []

        def pay():
            request = self.request(key)  # all have read it before anybody has paid
            with exclusive(request, timeout=30):
                self.assertTrue(alone.acquire(blocking=False))
                if "paid" not in request:
                    time.sleep(0.02)
                    charges.append(1)
                    request["paid"] = True
                alone.release()

        in_parallel([pay] * 6)
        self.assertEqual(charges, [1])
        self.assertEqual(self.stored(key), {"paid": True})

    def test_async_blocks_do_not_overlap(self):
        key, alone, charges = self.start(), threading.Lock(), []

        async def pay():
            request = self.engine(key)
            async with exclusive(request, timeout=30) as entered:
                self.assertIs(entered, request)
                self.assertTrue(alone.acquire(blocking=False))
                if not await request.aget("paid"):
                    charges.append(1)
                    await request.aset("paid", True)
                alone.release()

        in_parallel([async_to_sync(pay)] * 6)
        self.assertEqual(charges, [1])
        self.assertEqual(self.stored(key), {"paid": True})

    def test_sync_and_async_blocks_keep_each_other_out(self):
        key = self.start()

        async def enter():
            async with exclusive(self.engine(key), timeout=0):
                self.fail("it is held")

        with self.held_elsewhere(key), self.assertRaises(LockTimeoutError):
            async_to_sync(enter)()

    def test_who_waits_too_long_is_told(self):
        key, began = self.start(), time.monotonic()
        request = self.request(key)
        request["mine"] = 1
        with self.held_elsewhere(key):
            with self.assertRaises(LockTimeoutError), exclusive(request, timeout=0.1):
                self.fail("it is held")
        self.assertGreaterEqual(time.monotonic() - began, 0.1)
        with exclusive(request, timeout=0):
            self.assertEqual(request["mine"], 1)
        self.assertEqual(self.stored(key), {"mine": 1})

    def test_an_async_request_that_is_cancelled_as_it_waits_leaves_no_lock(self):
        key = self.start()

        async def enter():
            async with exclusive(self.engine(key), timeout=0.15):
                self.fail("it is held")

        async def cancel():
            task = asyncio.ensure_future(enter())
            await asyncio.sleep(0.05)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with self.held_elsewhere(key):
            async_to_sync(cancel)()
        self.assertFalse(connection.in_atomic_block)
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_an_async_request_that_is_cancelled_as_it_saves_is_saved(self):
        key = self.start()

        async def change():
            async with exclusive(self.engine(key), timeout=0) as request:
                await request.aset("a", 1)

        async def cancel_as_it_saves():
            loop, task = asyncio.get_running_loop(), asyncio.ensure_future(change())

            def meddle(number):
                loop.call_soon_threadsafe(task.cancel)
                time.sleep(0.02)

            with self.before_each_swap(meddle), self.assertRaises(asyncio.CancelledError):
                await task

        async_to_sync(cancel_as_it_saves)()
        self.assertEqual(self.stored(key), {"a": 1})
        with exclusive(self.engine(key), timeout=0):
            pass


class WhatABlockSees(Blocks):
    @COUNTED
    def test_it_begins_with_what_is_stored_and_what_the_request_has_changed(self):
        key = self.start(n=1)
        one = self.request(key)
        one["n"], one["one"] = 2, 1
        self.write_as_other(key, n=5, two=2)
        with exclusive(one, timeout=0):
            self.assertEqual(dict(one.items()), {"n": 6, "one": 1, "two": 2})
            one["n"] += 1
        self.assertEqual(self.stored(key), {"n": 7, "one": 1, "two": 2})
        self.assertEqual(dict(one.items()), {"n": 7, "one": 1, "two": 2})

    def test_objects_that_a_view_holds_are_still_the_sessions(self):
        key = self.start(cart={"items": [1]})
        one = self.request(key)
        cart = one["cart"]
        self.write_as_other(key, cart={"items": [1, 2]})
        with exclusive(one, timeout=0):
            self.assertEqual(cart, {"items": [1, 2]})
            cart["paid"] = True
            one.modified = True
        self.assertEqual(self.stored(key), {"cart": {"items": [1, 2], "paid": True}})

    @override_settings(SESSION_MERGE={"rules": {"/n": "fail"}})
    def test_a_conflict_that_a_rule_refuses_is_told_before_the_block(self):
        key = self.start(n=1)
        one = self.request(key)
        one["n"] = 2
        self.write_as_other(key, n=3)
        with self.assertRaises(SessionConflict), exclusive(one, timeout=0):
            self.fail("nothing must be charged")
        with exclusive(self.engine(key), timeout=0):
            self.assertEqual(self.stored(key), {"n": 3})

    @override_settings(SESSION_MERGE={"rules": {"/n": "theirs"}})
    def test_a_conflict_that_a_rule_decides_is_told_even_if_nothing_is_left_to_write(self):
        key = self.start(n=1)
        one = self.request(key)
        one["n"] = 2
        self.write_as_other(key, n=3)
        with self.assertLogs("session_merge", "WARNING") as logs:
            with exclusive(one, timeout=0):
                self.assertEqual(one["n"], 3)
        self.assertIn("edit-edit", logs.output[0])

    def test_a_request_that_has_changed_nothing_merges_nothing(self):
        key = self.start(n=1)
        one = self.request(key)
        self.write_as_other(key, n=2)
        with self.assertNoLogs("session_merge"), exclusive(one, timeout=0):
            self.assertEqual(one["n"], 2)

    @override_settings(SESSION_MERGE={"mode": "observe"})
    def test_it_sees_what_is_stored_on_a_site_that_observes(self):
        key = self.start(paid=False)
        one = self.request(key)
        self.write_as_other(key, paid=True)
        with exclusive(one, timeout=0):
            self.assertTrue(one["paid"])

    def test_in_an_edit_outside_of_requests(self):
        key = self.start(a=1)
        with edit(key) as session, exclusive(session, timeout=0):
            session["b"] = 2
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    def test_a_session_that_was_deleted_is_not_entered(self):
        key = self.start(a=1)
        one = self.request(key)
        self.engine(key).delete()
        with self.assertRaises(SessionInterrupted), exclusive(one, timeout=0):
            self.fail("nobody is there")
        self.assertTrue(self.is_gone(key))

    def test_nor_is_one_that_has_changed_hands(self):
        key = self.start(**IDENTITY)
        one = self.request(key)
        self.write_as_other(key, _auth_user_id="2")
        with self.assertRaises(SessionInterrupted), exclusive(one, timeout=0):
            self.fail("it is somebody else's")

    def test_a_session_without_a_key_is_nobody_elses(self):
        one = self.engine()
        with exclusive(one, timeout=0):
            one["a"] = 1
            self.assertIsNone(one.session_key)
        self.assertEqual(self.stored(one.session_key), {"a": 1})

    def test_a_session_that_stays_empty_is_not_created(self):
        one = self.engine()
        with exclusive(one, timeout=0):
            self.assertEqual(one.get("a"), None)
        self.assertIsNone(one.session_key)

    def test_a_cookie_without_a_session_is_no_key(self):
        one = self.engine("z" * 32)
        with exclusive(one, timeout=0):
            one["a"] = 1
        self.assertNotIn(one.session_key, (None, "z" * 32))
        self.assertEqual(self.stored(one.session_key), {"a": 1})


class HowABlockEnds(Blocks):
    def test_what_it_changed_is_stored_when_the_next_one_enters(self):
        key = self.start(n=0)

        def add():
            for _ in range(5):
                with exclusive(self.engine(key), timeout=30) as request:
                    request["n"] += 1

        in_parallel([add] * 3)
        self.assertEqual(self.stored(key), {"n": 15})

    def test_a_block_that_changes_nothing_writes_nothing(self):
        key, swaps = self.start(a=1), []
        with self.before_each_swap(swaps.append):
            with exclusive(self.engine(key), timeout=0) as request:
                self.assertEqual(request["a"], 1)
        self.assertEqual(swaps, [])

    def test_an_exception_leaves_the_session_as_it_was_at_the_beginning(self):
        key = self.start(a=[1])
        one = self.request(key)
        one["before"] = [1]
        held = one["a"]
        with self.assertRaises(ZeroDivisionError), exclusive(one, timeout=0):
            one["inside"] = 1
            one["a"].append(2)
            one["before"].append(2)
            1 / 0  # noqa: B018
        self.assertEqual(self.stored(key), {"a": [1]})
        self.assertEqual(dict(one.items()), {"a": [1], "before": [1]})
        self.assertIs(one["a"], held)
        one.save()
        self.assertEqual(self.stored(key), {"a": [1], "before": [1]})
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_an_exception_in_an_async_block_does_so_too(self):
        key = self.start(a=1)

        async def fail():
            request = self.engine(key)
            with self.assertRaises(ZeroDivisionError):
                async with exclusive(request, timeout=0):
                    await request.aset("inside", 1)
                    1 / 0  # noqa: B018
            return dict(await request.aitems()), request.modified

        self.assertEqual(async_to_sync(fail)(), ({"a": 1}, False))
        self.assertEqual(self.stored(key), {"a": 1})
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_what_was_saved_before_an_exception_is_rolled_back_only_in_a_database(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.assertRaises(ZeroDivisionError), exclusive(one, timeout=0):
            one["saved"] = 1
            one.save()
            one["unsaved"] = 1
            1 / 0  # noqa: B018
        expected = {"a": 1} if self.is_in_a_database else {"a": 1, "saved": 1}
        self.assertEqual(self.stored(key), expected)
        self.assertEqual(dict(one.items()), expected)
        one["later"] = 1
        one.save()
        self.assertEqual(self.stored(key), {**expected, "later": 1})

    def test_a_login_inside(self):
        key = self.start(cart=1)
        with exclusive(self.engine(key), timeout=0) as one:
            one.cycle_key()
            one.update(IDENTITY)
        self.assertNotEqual(one.session_key, key)
        self.assertTrue(self.is_gone(key))
        self.assertEqual(self.stored(one.session_key), {"cart": 1, **IDENTITY})

    def test_a_logout_inside(self):
        key = self.start(**IDENTITY)
        with exclusive(self.engine(key), timeout=0) as one:
            one.flush()
        self.assertIsNone(one.session_key)
        self.assertTrue(self.is_gone(key))

    def test_a_block_in_a_block_is_a_part_of_it(self):
        key, swaps = self.start(), []
        with exclusive(self.engine(key), timeout=0) as one, self.before_each_swap(swaps.append):
            with exclusive(one, timeout=0):
                one["inner"] = 1
            self.assertEqual(swaps, [])
            with self.assertRaises(LockTimeoutError):
                elsewhere(exclusive(self.engine(key), timeout=0).__enter__)
            one["outer"] = 1
        self.assertEqual(self.stored(key), {"inner": 1, "outer": 1})


class OthersGoOn(Blocks):
    def test_a_request_that_does_not_ask_saves_meanwhile(self):
        key = self.start()
        with exclusive(self.engine(key), timeout=0) as request:
            elsewhere(lambda: self.write_as_other(key, theirs=1))
            request["mine"] = 1
        self.assertEqual(self.stored(key), {"theirs": 1, "mine": 1})

    def test_a_session_that_is_deleted_meanwhile_is_not_brought_back(self):
        key = self.start(a=1)
        with self.assertRaises(SessionInterrupted):
            with exclusive(self.engine(key), timeout=0) as one:
                elsewhere(self.engine(key).delete)
                one["late"] = 1
        self.assertTrue(self.is_gone(key))

    def test_blocks_of_different_sessions_overlap(self):
        one, two = self.start(), self.start()
        with self.held_elsewhere(one), exclusive(self.engine(two), timeout=0) as request:
            request["two"] = 2
        self.assertEqual(self.stored(two), {"two": 2})


class NotEntered(SimpleTestCase):
    def test_a_session_of_another_engine_is_refused(self):
        with self.assertRaisesMessage(
            EngineUnsupportedError, "django.contrib.sessions.backends.db"
        ):
            exclusive(DjangosStore())

    def test_times_that_cannot_be_meant_are_refused(self):
        for mistake in ({"timeout": -1}, {"lease": 0}):
            with self.assertRaises(ValueError):
                exclusive(**mistake)


on_every_store(OneAtATime)
on_every_store(WhatABlockSees)
on_every_store(HowABlockEnds)
on_every_store_where(leaves_others_alone, OthersGoOn)
del OneAtATime, WhatABlockSees, HowABlockEnds, OthersGoOn
