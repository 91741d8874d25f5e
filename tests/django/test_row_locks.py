"""The locks of databases: theirs, until the end of the transaction, and nothing is left behind."""

import threading
import time
from unittest import mock

from django.db import NotSupportedError, OperationalError, connection, transaction
from exclusive_blocks import Blocks
from session_merge.django import LockTimeoutError, exclusive
from session_merge.django.store import Changed
from support import elsewhere, only_on, statements

PATIENCE = {
    "postgresql": "SELECT current_setting('lock_timeout')",
    "mysql": "SELECT @@SESSION.innodb_lock_wait_timeout",
    "sqlite": "PRAGMA busy_timeout",
}
TO_LOCK = {
    "postgresql": ["SELECT", "SELECT"],
    "mysql": ["SELECT", "SET", "SELECT", "SET"],
    "sqlite": ["UPDATE"],
}


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def tell(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


class RowLocks(Blocks):
    def test_how_long_statements_wait_is_as_before_in_the_block_and_after(self):
        patience = PATIENCE[connection.vendor]
        key, before = self.start(), ask(patience)
        with exclusive(self.engine(key), timeout=3):
            self.assertEqual(ask(patience), before)
        with self.held_elsewhere(key), self.assertRaises(LockTimeoutError):
            with exclusive(self.engine(key), timeout=0):
                self.fail("it is held")
        self.assertEqual(ask(patience), before)

    def test_a_timeout_inside_a_transaction_leaves_the_transaction_of_use(self):
        key, patience = self.start(), PATIENCE[connection.vendor]
        other, before = self.start(), ask(patience)
        with self.held_elsewhere(key), transaction.atomic():
            with self.assertRaises(LockTimeoutError), exclusive(self.engine(key), timeout=0):
                self.fail("it is held")
            self.assertEqual(ask(patience), before)
            self.assertEqual(self.stored(other), {})

    def test_a_commit_that_fails_leaves_the_session_as_it_was(self):
        key = self.start(a=1)
        one = self.request(key)
        with mock.patch.object(connection, "_commit", side_effect=OperationalError("gone")):
            with self.assertRaises(OperationalError), exclusive(one, timeout=0):
                one["late"] = 1
        self.assertEqual(dict(one.items()), {"a": 1})
        with exclusive(one, timeout=0):
            self.assertEqual(self.stored(key), {"a": 1})

    def test_a_database_that_is_not_known_is_refused(self):
        key = self.start()
        one = self.request(key)
        with mock.patch.object(connection, "vendor", "another"):
            with self.assertRaisesMessage(NotSupportedError, "another"):
                exclusive(one).__enter__()

    def test_a_store_without_a_lock_is_refused(self):
        class Store:
            def read(self, key):
                return Changed("")

        one = self.request(self.start())
        with mock.patch.object(one, "merge_store", Store):
            with self.assertRaisesMessage(NotSupportedError, "Store has no lock()"):
                exclusive(one).__enter__()

    @only_on("postgresql")
    def test_the_lock_ends_with_the_transaction_and_not_with_the_connection(self):
        key, held = self.start(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        with exclusive(self.engine(key), timeout=0):
            self.assertEqual(ask(held), 1)
            tell("SELECT pg_advisory_unlock_all()")  # what a pooler says between transactions
            with self.assertRaises(LockTimeoutError):
                elsewhere(exclusive(self.engine(key), timeout=0).__enter__)
        self.assertEqual(ask(held), 0)

    def test_what_it_costs(self):
        key = self.start()
        one = self.request(key)
        with statements() as executed, exclusive(one, timeout=0):
            one["a"] = 1
        told = [statement["sql"].split()[0] for statement in executed]
        saved = ["SAVEPOINT", "UPDATE", "RELEASE", "COMMIT"]
        self.assertEqual(told, ["BEGIN", *TO_LOCK[connection.vendor], "SELECT", *saved])

    @only_on("postgresql")
    def test_the_row_is_not_locked(self):
        key = self.start()
        with statements() as executed, exclusive(self.engine(key), timeout=0):
            pass
        self.assertFalse([s["sql"] for s in executed if "FOR UPDATE" in s["sql"]])

    @only_on("postgresql")
    def test_a_snapshot_from_before_the_wait_is_refused(self):
        key = self.start()
        first = threading.Event()

        def pay():
            with exclusive(self.engine(key), timeout=5) as one:
                first.set()
                time.sleep(0.2)
                one["paid"] = True

        tell("SET default_transaction_isolation = 'repeatable read'")
        thread = threading.Thread(target=elsewhere, args=[pay])
        try:
            one = self.request(key)
            thread.start()
            first.wait(10)
            with self.assertRaisesMessage(OperationalError, "could not serialize"):
                with exclusive(one, timeout=5):
                    self.fail("it would be charged twice")
        finally:
            thread.join()
            tell("RESET default_transaction_isolation")
        self.assertEqual(self.stored(key), {"paid": True})

    @only_on("mysql")
    def test_other_writers_wait_for_the_row(self):
        key, written = self.start(), threading.Event()

        def write():
            self.write_as_other(key, theirs=1)
            written.set()

        thread = threading.Thread(target=elsewhere, args=[write])
        with exclusive(self.engine(key), timeout=0) as one:
            thread.start()
            self.assertFalse(written.wait(0.2))
            one["mine"] = 1
        thread.join()
        self.assertEqual(self.stored(key), {"mine": 1, "theirs": 1})

    @only_on("sqlite")
    def test_every_writer_of_the_database_waits(self):
        key, other, written = self.start(), self.start(), threading.Event()

        def write():
            self.write_as_other(other, theirs=1)
            written.set()

        thread = threading.Thread(target=elsewhere, args=[write])
        with exclusive(self.engine(key), timeout=0):
            thread.start()
            self.assertFalse(written.wait(0.2))
        thread.join()
        self.assertEqual(self.stored(other), {"theirs": 1})

    @only_on("sqlite")
    def test_a_transaction_that_has_read_an_old_snapshot_is_refused_at_once(self):
        key, began = self.start(), time.monotonic()
        with self.assertRaisesMessage(OperationalError, "locked"), transaction.atomic():
            one = self.request(key)
            elsewhere(lambda: self.write_as_other(key, paid=True))
            with exclusive(one, timeout=30):
                self.fail("it would be charged twice")
        self.assertLess(time.monotonic() - began, 15)

    @only_on("sqlite")
    def test_another_error_is_no_timeout(self):
        key = self.start()
        tell("PRAGMA query_only = ON")
        try:
            with self.assertRaisesMessage(OperationalError, "readonly"):
                with exclusive(self.engine(key), timeout=0):
                    self.fail("it cannot be written")
        finally:
            tell("PRAGMA query_only = OFF")

    @only_on("sqlite")
    def test_transactions_that_begin_immediately(self):
        key = self.start()
        with mock.patch.object(connection, "transaction_mode", "IMMEDIATE"):
            with self.held_elsewhere(key), self.assertRaises(LockTimeoutError):
                with exclusive(self.engine(key), timeout=0):
                    self.fail("it is held")
            with exclusive(self.engine(key), timeout=0) as one:
                one["a"] = 1
        self.assertEqual(self.stored(key), {"a": 1})
