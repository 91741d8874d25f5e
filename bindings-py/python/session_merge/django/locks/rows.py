"""Locks of sessions in a database: the database's own, until the end of a transaction.

The block is one transaction, or a savepoint of the one that is open already. The lock is given back
when that transaction ends, so that nobody gets it who does not see what was committed; and it goes
with the connection of a process that is killed. Locks of a connection (``pg_advisory_lock``,
``GET_LOCK``) are not used: a pooler may hand the connection to somebody else.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError, OperationalError, connections, transaction
from session_merge.django.errors import LockTimeoutError
from session_merge.django.locks.base import SessionLock, timed_out
from session_merge.django.sqlstate import LOCK_NOT_AVAILABLE, sqlstate
from session_merge.django.store import Changed, Gone

__all__ = ["RowLock"]

LOCK_WAIT_TIMEOUT = 1205  # MariaDB and MySQL
SQLITE_BUSY = "database is locked"


class _Held(threading.local):
    """The locks of this thread, and so of its connections."""

    def __init__(self) -> None:
        self.names: set[str] = set()


_held = _Held()


class RowLock(SessionLock):
    """The lock of one row. ``rows`` is the ``RowStore`` that it is in.

    A database gives a lock once more to the connection that has it. Whoever asks for one that the
    same thread holds is refused at once: to wait would be to wait for oneself.
    """

    is_a_transaction = True

    def __init__(self, rows: Any, key: str) -> None:
        self._rows, self._key = rows, key
        self._name = f"{rows.using}\0{rows.table}\0{key}"
        self._transaction: Any = None
        self._sees_commits = True

    @property
    def _connection(self) -> Any:
        return connections[self._rows.using]

    def acquire(self, timeout: float) -> None:
        """Begin the transaction and take the lock."""
        vendor = self._connection.vendor
        ways = {
            "postgresql": self._advisory,
            "mysql": self._of_the_row,
            "sqlite": self._of_the_database,
        }
        if vendor not in ways:
            raise NotSupportedError(f"It is not known how to lock a session in {vendor}.")
        if self._name in _held.names:
            raise LockTimeoutError("This thread is in an exclusive block of the session already.")
        try:
            ways[vendor](timeout)
        except BaseException as error:
            self.release(error)
            raise
        _held.names.add(self._name)

    def _begin(self) -> None:
        block = transaction.atomic(using=self._rows.using)
        block.__enter__()
        self._transaction = block

    def read(self) -> Changed | Gone:
        """Return what the row holds; from an old snapshot the database would not let us write.

        Where every statement sees what is committed, the row is not locked: other requests save
        without waiting for the end of the block.
        """
        read = self._rows.peek if self._sees_commits else self._rows.read
        current: Changed | Gone = read(self._key)
        return current

    def release(self, error: BaseException | None) -> None:
        """Commit, or roll back if there was an error."""
        block, self._transaction = self._transaction, None
        if block is not None:
            _held.names.discard(self._name)
            block.__exit__(type(error) if error else None, error, None)

    # PostgreSQL: an advisory lock, which keeps out nobody but others who ask for it.

    def _advisory(self, timeout: float) -> None:
        """Take the advisory lock of the row, with a number made of its table and key."""
        name = f"{self._rows.table}\0{self._key}".encode()
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        self._begin()
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('lock_timeout'), current_setting('transaction_isolation'), "
                "set_config('lock_timeout', %s, true)",
                [f"{max(1, math.ceil(timeout * 1000))}ms"],
            )
            before, isolation, _ = cursor.fetchone()
            self._sees_commits = isolation == "read committed"
            try:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(%s), set_config('lock_timeout', %s, true)",
                    [number, before],
                )
            except OperationalError as error:
                if sqlstate(error) == LOCK_NOT_AVAILABLE:
                    raise timed_out(timeout) from None
                raise

    # MariaDB and MySQL: the row itself. Other requests can read it, and wait to write it.

    def _of_the_row(self, timeout: float) -> None:
        """Lock the row. Both count in whole seconds, and MySQL waits for one at least."""
        self._sees_commits = False
        least = 0 if self._connection.mysql_is_mariadb else 1
        self._begin()
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT @@SESSION.innodb_lock_wait_timeout")
            (before,) = cursor.fetchone()
            wait = "SET SESSION innodb_lock_wait_timeout = %s"
            cursor.execute(wait, [max(least, math.ceil(timeout))])
            try:
                self._rows.read(self._key)
            except OperationalError as error:
                if error.args[0] == LOCK_WAIT_TIMEOUT:
                    raise timed_out(timeout) from None
                raise
            finally:
                cursor.execute(wait, [before])

    # SQLite: the database has one writer at a time, and this is it.

    def _of_the_database(self, timeout: float) -> None:
        """Become the database's writer.

        A transaction that has read an old snapshot is refused at once, and that error is not a
        timeout.
        """
        began = time.monotonic()
        self._connection.ensure_connection()
        with _busy_timeout(self._connection.connection, timeout):
            try:
                self._begin()
                self._rows.become_writer(self._key)
            except OperationalError as error:
                if SQLITE_BUSY in str(error) and time.monotonic() - began >= timeout:
                    raise timed_out(timeout) from None
                raise


@contextmanager
def _busy_timeout(connection: Any, seconds: float) -> Iterator[None]:
    """Have SQLite wait so long for its lock, and then as long as before."""
    ((before,),) = connection.execute("PRAGMA busy_timeout")
    connection.execute(f"PRAGMA busy_timeout = {math.ceil(seconds * 1000)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")
