"""Errors of the database come through as themselves, and never look like a session that is gone."""

from django.db import OperationalError, connection, transaction
from support import Interleaving, elsewhere, only_on, write_as_other


class RealErrors(Interleaving):
    def test_an_operational_error_surfaces_as_itself(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 2

        def fail(execute, sql, params, many, context):
            raise OperationalError("database is locked")

        with connection.execute_wrapper(fail), self.assertRaises(OperationalError):
            one.save()
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    @only_on("sqlite")  # others have more than one writer at a time
    def test_a_locked_sqlite_surfaces_as_itself(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 2

        def save_without_patience():
            connection.cursor().execute("PRAGMA busy_timeout = 0")
            with self.assertRaisesMessage(OperationalError, "database is locked"):
                one.save()

        with transaction.atomic():
            self.start(writer="this transaction")
            elsewhere(save_without_patience)
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    @only_on("sqlite")  # others lock the row
    def test_an_old_snapshot_of_sqlite_surfaces_as_itself(self):
        key = self.start(a=1)
        one = self.request(key)
        one["one"] = 1
        with self.assertRaisesMessage(OperationalError, "database is locked"):
            with transaction.atomic():
                self.row(key)
                elsewhere(lambda: write_as_other(key, two=2))
                one.save()
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "two": 2, "one": 1})

    def test_an_error_in_a_second_attempt_leaves_the_session_as_the_view_made_it(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1

        def fail(execute, sql, params, many, context):
            if sql.startswith("SELECT"):
                raise OperationalError("gone away")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(fail), self.assertRaises(OperationalError):
            one.save()
        self.assertEqual(dict(one.items()), {"a": 1, "one": 1})
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "two": 2, "one": 1})
