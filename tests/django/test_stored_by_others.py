"""What others have stored: Django's own engine, or somebody whose sessions cannot be read."""

from django.contrib.sessions.backends.base import UpdateError
from everywhere import OnEveryStore, on_every_store
from session_merge.django import SessionDecodeError
from session_merge.django.store import Changed
from support import IDENTITY


class Unreadable(OnEveryStore):
    @staticmethod
    def spoilt(raw):
        if isinstance(raw, str):
            return "spoilt:by:them"
        if isinstance(raw, tuple):
            return raw._replace(data=b"spoilt by them")
        return b"spoilt by them"

    def test_theirs_is_never_taken_for_an_empty_session(self):
        key = self.start(a=1)
        one = self.request(key)
        self.overwrite(key, self.spoilt)
        raw = self.engine(key).merge_store().read(key).raw
        one["c"] = 3
        with self.assertRaises(SessionDecodeError) as caught:
            one.save()
        for secret in ("spoilt", key):
            self.assertNotIn(secret, str(caught.exception))
        self.assertTrue(caught.exception.__suppress_context__)
        self.assertEqual(self.engine(key).merge_store().read(key).raw, raw)
        self.assertEqual(dict(one.items()), {"a": 1, "c": 3})

    def test_base_is_taken_for_an_empty_session(self):
        key = self.start(a=1)
        self.overwrite(key, self.spoilt)
        one, two = self.request(key), self.request(key)
        self.assertEqual(dict(one.items()), {})
        two["two"] = 2
        two.save()
        one["one"] = 1
        with self.assertLogs("session_merge", "WARNING") as logs:
            one.save()
        self.assertEqual(self.stored(key), {"two": 2, "one": 1})
        self.assertNotIn(key, "".join(logs.output))


class Switching(OnEveryStore):
    def test_from_djangos_engine_to_this_one_and_back(self):
        data = {"a": [1, {"b": None}], "text": "caf\u00e9 " * 50, **IDENTITY}
        stock = self.stock()
        stock.update(data)
        stock.save()
        key = stock.session_key
        ours = self.engine(key)
        self.assertEqual(dict(ours.items()), data)
        ours["ours"] = 1
        ours.save()
        stock = self.stock(key)
        self.assertEqual(dict(stock.items()), {**data, "ours": 1})
        stock["stock"] = 1
        stock.save()
        self.assertEqual(dict(self.engine(key).items()), {**data, "ours": 1, "stock": 1})

    def test_a_node_with_djangos_engine_writes_in_between(self):
        key = self.start(a=1)
        one, stock = self.request(key), self.stock(key)
        stock["stock"] = 1
        stock.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "stock": 1, "one": 1})

    def test_a_node_with_djangos_engine_logs_out(self):
        key = self.start(**IDENTITY)
        late = self.request(key)
        self.stock(key).flush()
        self.assertEqual(self.engine(key).load(), {})
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertTrue(self.is_gone(key))

    def test_a_logout_here_is_one_there(self):
        key = self.start(**IDENTITY)
        self.engine(key).flush()
        self.assertEqual(self.stock(key).load(), {})


class Exact(OnEveryStore):
    """What is not signed is compared letter by letter, whatever the collation of the column."""

    def test_a_value_in_other_letters_is_another_value(self):
        key = self.start(a=1)
        store = self.engine(key).merge_store()
        base = store.read(key).raw
        self.overwrite(key, str.swapcase)
        draft = store.draft(key, store.dumps({"mine": 1}), 100)
        outcome = store.swap(key, base, draft, touch=False)
        self.assertEqual(outcome, Changed(base.swapcase()))
        self.assertEqual(store.read(key), outcome)


for tests in (Unreadable, Switching):
    on_every_store(tests)
on_every_store(Exact, only=["cache"], aliases=["database"])
del tests, Unreadable, Switching, Exact
