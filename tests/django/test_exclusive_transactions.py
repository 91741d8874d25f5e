"""Exclusive blocks in databases are transactions, or a part of one."""

from contextlib import suppress

from django.contrib.auth import get_user_model
from django.db import transaction
from exclusive_blocks import Blocks, in_a_database, on_every_store_where
from session_merge.django import LockTimeoutError, exclusive
from support import IDENTITY, elsewhere


class InADatabase(Blocks):
    def test_a_login_inside_that_is_rolled_back(self):
        key = self.start(cart=1)
        with self.assertRaises(ZeroDivisionError):
            with exclusive(self.engine(key), timeout=0) as one:
                one.update(IDENTITY)
                one.cycle_key()
                1 / 0  # noqa: B018
        self.assertEqual(one.session_key, key)
        one["later"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"cart": 1, "later": 1})

    def test_inside_a_transaction_the_lock_is_held_to_its_end(self):
        key = self.start()
        with transaction.atomic():
            with exclusive(self.engine(key), timeout=0) as one:
                one["a"] = 1
            with self.assertRaises(LockTimeoutError):
                elsewhere(exclusive(self.engine(key), timeout=0).__enter__)
        with exclusive(self.engine(key), timeout=0) as two:
            self.assertEqual(two["a"], 1)

    def test_a_rollback_later_in_the_transaction_undoes_the_block(self):
        key = self.start()
        one = self.request(key)
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            with exclusive(one, timeout=0):
                one["a"] = 1
            1 / 0  # noqa: B018
        self.assertEqual(self.stored(key), {})
        with exclusive(one, timeout=0):
            self.assertEqual(one["a"], 1)
        self.assertEqual(self.stored(key), {"a": 1})

    def test_a_session_whose_making_was_rolled_back_is_made_again(self):
        one = self.engine()
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            one["a"] = 1
            one.save()
            1 / 0  # noqa: B018
        with exclusive(one, timeout=0):
            one["b"] = 1
        self.assertEqual(self.stored(one.session_key), {"a": 1, "b": 1})

    def test_what_a_view_writes_beside_the_session_goes_with_it(self):
        key = self.start()
        for error in (ZeroDivisionError, None):
            with suppress(ZeroDivisionError), exclusive(self.engine(key), timeout=0):
                get_user_model().objects.create(username="paid")
                if error:
                    raise error
        self.assertEqual(get_user_model().objects.count(), 1)


on_every_store_where(in_a_database, InADatabase)
del InADatabase
