"""A site is switched node after node, and back: what ``docs/operations.md`` says of that time."""

from django.contrib.sessions.backends.base import UpdateError
from django.test import override_settings
from everywhere import OnEveryStore, on_every_store


@override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
class Rolling(OnEveryStore):
    """Requests of one session on two nodes, one merging and one with Django's engine."""

    def both(self, key):
        """Return the session as a merging and as a stock node have loaded it."""
        merging, stock = self.request(key), self.stock(key)
        stock.items()
        return merging, stock

    def test_a_merging_node_undoes_nothing_that_a_stock_node_has_stored(self):
        key = self.start(n=1)
        merging, stock = self.both(key)
        stock.update({"n": 2, "stock": 1})
        stock.save()
        merging.update({"n": 2, "merging": 1})
        merging.save()
        merged = {"n": 3, "stock": 1, "merging": 1}
        self.assertEqual(self.stored(key), merged)
        self.assertEqual(dict(self.engine(key).items()), merged)

    def test_a_stock_node_goes_over_what_others_have_stored_as_ever(self):
        key = self.start(n=1)
        merging, stock = self.both(key)
        merging.update({"n": 2, "merging": 1})
        merging.save()
        stock.update({"n": 2, "stock": 1})
        stock.save()
        self.assertEqual(dict(self.engine(key).items()), {"n": 2, "stock": 1})

    def test_a_merging_node_goes_on_from_what_a_stock_node_has_written_over(self):
        key = self.start(n=1)
        merging, stock = self.both(key)
        merging["n"] = 2
        merging.save()
        stock["stock"] = 1
        stock.save()
        merging["n"] = 3
        merging.save()
        self.assertEqual(self.stored(key), {"n": 2, "stock": 1})

    def test_a_logout_on_a_merging_node(self):
        key = self.start(n=1)
        merging, stock = self.both(key)
        merging.flush()
        self.assertTrue(self.is_gone(key))
        stock["late"] = 1
        with self.assertRaises(UpdateError):
            stock.save()
        self.assertTrue(self.is_gone(key))

    def test_a_new_session_of_either_is_read_by_the_other(self):
        key = self.start(n=1)
        self.assertEqual(dict(self.stock(key).items()), {"n": 1})
        stock = self.stock()
        stock["n"] = 1
        stock.save()
        merging = self.request(stock.session_key)
        merging["n"] += 1
        merging.save()
        self.assertEqual(dict(self.stock(stock.session_key).items()), {"n": 2})


on_every_store(Rolling)
del Rolling
