"""Sessions in a database table, written by compare-and-swap through the ORM.

The swap is one UPDATE that names the text it expects:

    UPDATE django_session SET session_data = new, expire_date = ...
    WHERE session_key = key AND session_data = base

No column is added and no lock is held between requests. The stored text is signed with the second
it was signed in, so that equal texts hold equal sessions. Databases that compare text without
regard to case or trailing spaces are harmless for the same reason.

In autocommit every attempt is a transaction of its own, and is repeated where the database refuses
it because somebody else was faster (PostgreSQL, from ``REPEATABLE READ`` on). Inside a transaction
of the caller each attempt has a savepoint, and what others stored is read with a row lock, because
a plain read may see nothing but the caller's old snapshot for ever. The session then takes part in
the transaction: a serialization failure or a deadlock is raised as the database reports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, TypeVar

from django.contrib.sessions.backends.base import CreateError
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.models import F
from session_merge.django.locks.rows import RowLock
from session_merge.django.row_statements import RowStatements, Table
from session_merge.django.sqlstate import SERIALIZATION_FAILURE, sqlstate
from session_merge.django.store import Changed, Draft, Gone, Stored
from session_merge.django.supported import refuse_database

__all__ = ["CommitWatch", "RowStore"]

REPEATS = 100
"""How often others may be faster, one after the other, before their error is told."""

Result = TypeVar("Result")


class CommitWatch:
    """Knows what became of the transaction that is open on a connection.

    Django tells hooks of a commit, and nobody of a rollback; and if a hook raises, those after it
    are never called. So the watch is a hook, and also looks at the list that it stands in:

    - a commit empties that very list from its front, before and while it calls the hooks;
    - a rollback leaves the list as it is and goes on with another one, which the hooks of the
      savepoint, or of the whole transaction, are not in.

    One case looks like a rollback that was none: some other savepoint was undone since the watch
    was last asked, and then an earlier hook raised after the commit.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._committed = False
        connection.on_commit(self)
        self._note(connection.run_on_commit)

    def __call__(self) -> None:
        """To be called by Django, after the commit."""
        self._committed = True

    def _note(self, hooks: list[Any]) -> None:
        self._hooks, self._first = hooks, hooks[0]

    def _waits(self) -> bool:
        """Return whether the transaction is open, and the write a part of it."""
        hooks = self._connection.run_on_commit
        if any(hook is self for _, hook, *_ in hooks):
            self._note(hooks)  # another list than before if a later savepoint was undone
            return True
        return False

    @property
    def committed(self) -> bool:
        """Whether the write is in the database for good."""
        if not self._committed and not self._waits():
            self._committed = not self._hooks or self._hooks[0] is not self._first
        return self._committed

    @property
    def rolled_back(self) -> bool:
        """Whether the transaction, or the savepoint around the write, was undone."""
        return not self.committed and not self._waits()


class RowStore:
    """The rows of one model in one database: a ``session_merge.django.store.LockingStore``.

    ``table`` is what ``session_merge.django.row_statements.Table`` takes beside the model.

    The record of a draft is an instance of the model. All its fields but the key are written, with
    ``pre_save`` of each. As with every ``QuerySet.update()``, no ``pre_save`` or ``post_save``
    signal is sent for updates; an insert sends both.
    """

    def __init__(self, model: Any, using: str, **table: Any) -> None:
        refuse_database(using)
        self.model = model
        self.using = using
        self._table = Table(model, **table)
        self._statements = RowStatements.of(self._table)

    @property
    def table(self) -> str:
        """The name of the table in the database."""
        return str(self.model._meta.db_table)

    @property
    def _rows(self) -> Any:
        return self.model._base_manager.using(self.using)

    @property
    def in_transaction(self) -> bool:
        """Whether a write would not be in the database for good at once."""
        connection = connections[self.using]
        return connection.in_atomic_block or not connection.get_autocommit()

    def _attempt(self) -> AbstractContextManager[Any]:
        """Return a savepoint inside a transaction; one statement in autocommit needs nothing."""
        if self.in_transaction:
            savepoint: AbstractContextManager[Any] = transaction.atomic(using=self.using)
            return savepoint
        return nullcontext()

    def _repeated(self, work: Callable[[], Result]) -> Result:
        """Do a transaction's work, and again if the database refuses it for another's.

        Inside a transaction of the caller nobody but the caller can repeat it.
        """
        for _ in range(0 if self.in_transaction else REPEATS):
            try:
                return work()
            except OperationalError as error:
                if sqlstate(error) != SERIALIZATION_FAILURE:
                    raise
        return work()

    def _stored(self) -> Stored:
        connection = connections[self.using]
        return Stored(CommitWatch(connection) if connection.in_atomic_block else None)

    def read(self, key: str) -> Changed | Gone:
        """Return what the row holds, locked if this happens inside a transaction."""
        lock = self.in_transaction and connections[self.using].features.has_select_for_update
        raw = self._statements.read(self.using, key, lock=lock)
        return Gone() if raw is None else Changed(raw)

    def swap(self, key: str, base: str, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft where the row still holds ``base``: one statement if it does."""

        def attempt() -> Stored | Changed | Gone:
            with self._attempt():
                if self._statements.update(self.using, key, base, draft, touch=touch):
                    return self._stored()
                return self.read(key)

        return self._repeated(attempt)

    def insert(self, key: str, draft: Draft) -> Stored:
        """Insert the draft's record; ``CreateError`` if there is a row under its key."""
        setattr(draft.record, self._table.text, draft.raw)
        try:
            with self._attempt():
                draft.record.save(force_insert=True, using=self.using)
                return self._stored()
        except IntegrityError:
            if self._rows.filter(pk=key).exists():
                raise CreateError from None  # the database's message quotes the key
            raise  # some other constraint of the table: another key would not help

    def delete(self, key: str) -> None:
        """Delete the row if it is there."""
        self._repeated(self._rows.filter(pk=key).delete)

    def peek(self, key: str) -> Changed | Gone:
        """Return what the row holds, without a lock even inside a transaction."""
        raw = self._statements.read(self.using, key)
        return Gone() if raw is None else Changed(raw)

    def lock(self, key: str, lease: int) -> RowLock:
        """Return the lock of a row, which does not lapse."""
        return RowLock(self, key)

    def become_writer(self, key: str) -> None:
        """Become the one who writes, in a database that has one writer at a time (SQLite).

        An UPDATE that changes nothing does it.
        """
        self._rows.filter(pk=key).update(**{self._table.text: F(self._table.text)})

    @contextmanager
    def locked(self, key: str) -> Iterator[Changed | Gone]:
        """Take the row's write lock for one transaction and give what the row holds.

        A database without SELECT ... FOR UPDATE (SQLite) has one writer at a time. To become it
        comes first, because a transaction that has only read cannot any more once somebody else
        has written.
        """
        current, block = self._repeated(lambda: self._begin(key))
        with block:
            yield current

    def _begin(self, key: str) -> tuple[Changed | Gone, ExitStack]:
        """Begin a transaction that has locked the row; return what that holds, and its end."""
        with ExitStack() as begun:
            begun.enter_context(transaction.atomic(using=self.using))
            if not connections[self.using].features.has_select_for_update:
                self.become_writer(key)
            return self.read(key), begun.pop_all()

    def put(self, key: str, draft: Draft, *, touch: bool) -> Stored:
        """Write the draft over the row that ``locked`` has locked."""
        self._statements.update(self.using, key, None, draft, touch=touch)
        return self._stored()
