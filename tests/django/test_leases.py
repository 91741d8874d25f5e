"""Locks on Redis and Memcached lapse: who comes too late stores nothing."""

import time
from unittest import mock

from exclusive_blocks import Blocks, on_every_store_where
from session_merge.django import LockLostError, LockTimeoutError, claim, exclusive
from session_merge.django.locks.lease import LeaseLock

LEASED = ("redis", "django_redis", "pymemcache", "pylibmc")


class LateBlocks(Blocks):
    def lapse(self, block):
        """Take a lock away, as if its time were over."""
        lock = block._lock
        lock._locks.discard(lock.entry)

    def enter(self, key):
        """Enter a block of another request, and stay there."""
        block = exclusive(self.engine(key), timeout=0)
        block.__enter__()
        return block

    def leave(self, block):
        """Leave it."""
        block.__exit__(None, None, None)


class Leases(LateBlocks):
    def test_who_comes_too_late_stores_nothing(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.assertLogs("session_merge", "WARNING") as logs:
            with self.assertRaises(LockLostError):
                with (block := exclusive(one, timeout=0)):
                    one["late"] = 1
                    self.lapse(block)
        self.assertEqual(self.stored(key), {"a": 1})
        self.assertEqual(dict(one.items()), {"a": 1})
        self.assertFalse(one.modified)
        self.assertNotIn(key, "".join(logs.output))

    def test_nor_does_it_take_the_lock_from_who_has_it_now(self):
        key = self.start(a=1)
        one = self.request(key)
        with self.assertRaises(LockLostError):
            with (block := exclusive(one, timeout=0)):
                one["late"] = 1
                self.lapse(block)
                other = self.enter(key)
                other._session["theirs"] = 1
        with self.assertRaises(LockTimeoutError), exclusive(self.engine(key), timeout=0):
            self.fail("it is held")
        self.leave(other)
        self.assertEqual(self.stored(key), {"a": 1, "theirs": 1})

    def test_nor_in_the_moment_before_it_writes(self):
        key = self.start()
        others = []

        def meddle(number):
            if number == 1:
                self.lapse(block)
                others.append(self.enter(key))

        with self.before_each_swap(meddle), self.assertRaises(LockLostError):
            with (block := exclusive(self.engine(key), timeout=0)) as one:
                one["late"] = 1
        self.leave(others[0])
        self.assertEqual(self.stored(key), {})

    def test_a_save_a_login_or_a_claim_that_comes_too_late(self):
        works = [
            lambda session: session.save(),
            lambda session: session.cycle_key(),
            lambda session: claim(session, "nonce"),
        ]
        for work in works:
            key = self.start(nonce=1)
            with self.assertRaises(LockLostError):
                with (block := exclusive(self.engine(key), timeout=0)) as one:
                    one["late"] = 1
                    self.lapse(block)
                    work(one)
            self.assertEqual(one.session_key, key)
            self.assertEqual(self.stored(key), {"nonce": 1})

    def test_a_logout_is_never_too_late(self):
        key = self.start(a=1)
        with (block := exclusive(self.engine(key), timeout=0)) as one:
            self.lapse(block)
            one.flush()
        self.assertTrue(self.is_gone(key))

    def test_an_answer_to_the_lock_that_was_lost(self):
        key = self.start()
        store = type(self.engine().merge_store())
        add = store.add

        def add_and_say_no(*args):
            add(*args)
            return False

        with mock.patch.object(store, "add", add_and_say_no):
            with exclusive(self.engine(key), timeout=0) as one:
                one["a"] = 1
        self.assertEqual(self.stored(key), {"a": 1})

    def test_a_lock_that_cannot_be_released_is_left_to_lapse(self):
        key = self.start()
        store = type(self.engine().merge_store())
        exchange = store.exchange

        def fail_to_delete(store, key, old, new, age):
            if new is None:
                raise ConnectionError(key)
            return exchange(store, key, old, new, age)

        with mock.patch.object(store, "exchange", fail_to_delete):
            with self.assertLogs("session_merge", "WARNING") as logs:
                with (block := exclusive(self.engine(key), timeout=0)) as one:
                    entry = block._lock.entry
                    one["a"] = 1
        self.assertEqual(len(logs.output), 1)
        self.assertIn("ConnectionError", logs.output[0])
        self.assertNotIn(key, logs.output[0])
        self.assertEqual(self.stored(key), {"a": 1})
        with self.assertRaises(LockTimeoutError), exclusive(self.engine(key), timeout=0):
            self.fail("it has not lapsed yet")
        self.engine().merge_store().discard(entry)
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_the_entry_does_not_tell_the_key(self):
        key = self.start()
        with (block := exclusive(self.engine(key))):
            self.assertNotIn(key, block._lock.entry)


class BetweenCheckAndWrite(LateBlocks):
    """Memcached cannot check and write in one step: the token of its ``cas`` closes the gap."""

    def test_somebody_takes_over_and_has_written_nothing_yet(self):
        key = self.start()
        is_held, others = LeaseLock.is_held, []

        def check_then_lose(lock):
            held = is_held(lock)
            if held and not others and lock is block._lock:
                self.lapse(block)
                others.append(self.enter(key))
            return held

        with self.assertRaises(LockLostError):
            with (block := exclusive(self.engine(key), timeout=0)) as one:
                one["late"] = 1
                patch = mock.patch.object(LeaseLock, "is_held", check_then_lose)
                self.addCleanup(patch.stop)
                patch.start()
        self.leave(others[0])
        self.assertEqual(self.stored(key), {})


class Lapsing(Blocks):
    def test_a_lease_lapses_by_itself(self):
        key = self.start()
        with self.assertRaises(LockLostError):
            with exclusive(self.engine(key), timeout=0, lease=1) as late:
                late["late"] = 1
                began = time.monotonic()
                with exclusive(self.engine(key), timeout=10) as other:
                    other["in time"] = 1
        self.assertGreaterEqual(time.monotonic() - began, 0.9)
        self.assertEqual(self.stored(key), {"in time": 1})


def has_a_lease(engine, alias):
    """Return whether the lock of sessions there lapses."""
    return engine == "cache" and alias in LEASED


def is_memcached(engine, alias):
    """Return whether sessions are kept in Memcached, and there alone."""
    return engine == "cache" and alias in ("pymemcache", "pylibmc")


on_every_store_where(has_a_lease, Leases)
on_every_store_where(has_a_lease, Lapsing)
on_every_store_where(is_memcached, BetweenCheckAndWrite)
del LateBlocks, Leases, Lapsing, BetweenCheckAndWrite
