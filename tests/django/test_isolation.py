"""Saves at every isolation level that the database has.

Inside a caller's transaction one of two things happens to a save that met another: it merges, or
the database's own error comes through, and the same save made again stores both. Outside of one it
merges, whatever the level.
"""

import threading
import time
from contextlib import contextmanager

from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import override_settings
from everywhere import OnEveryStore, on_every_store
from support import elsewhere, only_on
from urls import VIEWS

POSTGRESQL = {
    "read committed": 2,
    "repeatable read": 3,
    "serializable": 4,
}
"""The numbers that psycopg gives to isolation levels."""

LEVELS = {
    "sqlite": {mode: {"transaction_mode": mode} for mode in ("DEFERRED", "IMMEDIATE", "EXCLUSIVE")},
    "postgresql": {level: {"isolation_level": number} for level, number in POSTGRESQL.items()},
    "mysql": {level: {"isolation_level": level} for level in ("read uncommitted", *POSTGRESQL)},
}[connection.vendor]


@contextmanager
def connected(**options):
    """Connect the test's thread anew, with these options."""
    before = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = {**before, **options}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = before


def without_patience():
    """Have this connection not wait for a lock that the test itself holds."""
    statement = {
        "sqlite": "PRAGMA busy_timeout = 100",
        "postgresql": "SET lock_timeout = '500ms'",
        "mysql": "SET SESSION innodb_lock_wait_timeout = 1",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement)


def take_snapshot():
    """Read something without a lock, as a view may have done long before it saves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_session")
        cursor.execute("SELECT COUNT(*) FROM cache_table")


class AtEveryLevel(OnEveryStore):
    def at_every_level(self):
        for level, options in LEVELS.items():
            with self.subTest(level), connected(**options):
                yield


@override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
class InATransaction(AtEveryLevel):
    def other(self, key):
        """Let another connection write, if the level lets it; return whether it could."""

        def write():
            without_patience()
            self.write_as_other(key, theirs=1)

        try:
            elsewhere(write)
        except OperationalError:
            return False
        return True

    def test_a_session_that_was_read_before_the_transaction_began(self):
        for _ in self.at_every_level():
            key = self.start(n=1)
            one = self.request(key)
            self.assertTrue(self.other(key))
            with transaction.atomic():
                one["n"] = 2
                one.save()
            self.assertEqual(self.stored(key), {"n": 2, "theirs": 1})

    def test_a_snapshot_that_is_older_than_what_others_stored(self):
        met = []
        for _ in self.at_every_level():
            key = self.start(n=1)
            one = self.request(key)
            wrote = False
            try:
                with transaction.atomic():
                    take_snapshot()
                    wrote = self.other(key)
                    met.append(wrote)
                    one["n"] = 2
                    one.save()
            except OperationalError:
                one.save()
            expected = {"n": 2, "theirs": 1} if wrote else {"n": 2}
            self.assertEqual(self.stored(key), expected)
            self.assertEqual(dict(one.items()), expected)
        self.assertTrue(any(met))

    def test_a_transaction_that_is_rolled_back(self):
        for _ in self.at_every_level():
            key = self.start(n=1)
            one = self.request(key)
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                one["n"] = 2
                one.save()
                with transaction.atomic():
                    one["n"] = 3
                    one.save()
                raise ZeroDivisionError
            self.assertEqual(self.stored(key), {"n": 1})
            self.assertTrue(self.other(key))
            one.save()
            self.assertEqual(self.stored(key), {"n": 3, "theirs": 1})

    def test_a_savepoint_that_is_rolled_back(self):
        for _ in self.at_every_level():
            key = self.start(n=1)
            one = self.request(key)
            with transaction.atomic():
                one["n"] = 2
                one.save()
                with self.assertRaises(ZeroDivisionError), transaction.atomic():
                    one["n"] = 3
                    one.save()
                    raise ZeroDivisionError
            self.assertEqual(self.stored(key), {"n": 2})
            one.save()
            self.assertEqual(self.stored(key), {"n": 3})

    def test_a_cycled_key_and_its_rollback(self):
        for _ in self.at_every_level():
            key = self.start(n=1)
            one = self.request(key)
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                one.cycle_key()
                raise ZeroDivisionError
            self.assertEqual(self.stored(key), {"n": 1})
            one["n"] = 2
            one.save()
            self.assertEqual(self.stored(one.session_key), {"n": 2})
            with transaction.atomic():
                one.cycle_key()
            self.assertEqual(self.stored(one.session_key), {"n": 2})
            self.assertTrue(self.is_gone(key))

    def test_atomic_requests(self):
        def view(request):
            request.session["n"] += 1
            request.session.save()  # within the transaction; the middleware saves outside
            if request.GET.get("fail"):
                raise ZeroDivisionError
            request.session["late"] = 1
            return HttpResponse()

        VIEWS["page"] = view
        self.client.raise_request_exception = False
        for _ in self.at_every_level():
            key = self.start(n=1)
            self.client.cookies["sessionid"] = key
            connection.settings_dict["ATOMIC_REQUESTS"] = True
            try:
                self.assertEqual(self.client.get("/page/").status_code, 200)
                self.assertEqual(self.stored(key), {"n": 2, "late": 1})
                with self.assertLogs("django.request", "ERROR"):
                    self.assertEqual(self.client.get("/page/?fail=1").status_code, 500)
                self.assertEqual(self.stored(key), {"n": 2, "late": 1})
            finally:
                connection.settings_dict["ATOMIC_REQUESTS"] = False


def until_somebody_waits():
    """Wait until another connection waits for a lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


class OutsideOfTransactions(AtEveryLevel):
    @contextmanager
    def another_writing(self, key):
        """Have another write the row, and commit when somebody waits for it."""
        has_written = threading.Event()

        def write():
            try:
                with transaction.atomic():
                    self.write_as_other(key, theirs=1)
                    has_written.set()
                    until_somebody_waits()
            finally:
                connections.close_all()

        thread = threading.Thread(target=write)
        thread.start()
        self.assertTrue(has_written.wait(10))
        yield
        thread.join()

    @only_on("postgresql")
    def test_a_save_that_waited_for_another_is_merged(self):
        for attempts in (8, 1):
            with override_settings(SESSION_MERGE={"attempts": attempts}):
                for _ in self.at_every_level():
                    key = self.start()
                    one = self.request(key)
                    with self.another_writing(key):
                        one["mine"] = 1
                        one.save()
                    self.assertEqual(self.stored(key), {"theirs": 1, "mine": 1})

    @only_on("postgresql")
    def test_a_new_key_takes_along_what_it_waited_for(self):
        for _ in self.at_every_level():
            key = self.start()
            one = self.request(key)
            with self.another_writing(key):
                one.cycle_key()
            self.assertEqual(self.stored(one.session_key), {"theirs": 1})
            self.assertTrue(self.is_gone(key))

    @only_on("postgresql")
    def test_a_logout_that_waited_for_another_is_made(self):
        for _ in self.at_every_level():
            key = self.start()
            one = self.request(key)
            with self.another_writing(key):
                one.flush()
            self.assertTrue(self.is_gone(key))


for tests in (InATransaction, OutsideOfTransactions):
    on_every_store(tests, only=["db", "cached_db"], aliases=["locmem"])
    on_every_store(tests, only=["cache"], aliases=["database"])
del tests, AtEveryLevel, InATransaction, OutsideOfTransactions
