"""Sessions with more columns than Django's, some of them with SQL of their own."""

from columns import coroutine_engine
from columns.models import ColumnSession, OwnSqlSession, OwnSqlStore
from columns.models import SessionStore as ColumnStore
from django.db import IntegrityError
from django.db.models import F
from support import Interleaving, before_each_swap


class MoreColumns(Interleaving):
    engine = ColumnStore

    def stored(self, key):
        return dict(ColumnStore(key).items())

    def test_columns_follow_the_merged_session(self):
        key = self.start(cart=["a"])
        one, two = self.request(key), self.request(key)
        two["cart"].append("b")
        two.save()
        self.assertEqual(self.row(key).items, 2)
        one["cart"].insert(0, "c")
        one.save()
        self.assertEqual(self.stored(key), {"cart": ["c", "a", "b"]})
        self.assertEqual(self.row(key).items, 3)

    def test_fields_that_set_themselves_are_set(self):
        key = self.start(cart=[])
        before = self.row(key).seen
        one = self.request(key)
        one["a"] = 1
        one.save()
        changed = self.row(key).seen
        self.assertGreater(changed, before)
        self.request(key).save()
        self.assertGreater(self.row(key).seen, changed)

    def test_columns_follow_a_cycled_key(self):
        one = self.request(self.start(cart=["a"]))
        one["_auth_user_id"] = "7"
        one.cycle_key()
        self.assertEqual(self.row(one.session_key).user, "7")

    def test_another_constraint_of_the_table_surfaces_as_itself(self):
        class Broken(ColumnStore):
            def create_model_instance(self, data):
                instance = super().create_model_instance(data)
                instance.user = None
                return instance

        with self.assertRaises(IntegrityError):
            Broken().save()

    async def test_a_coroutine_that_fills_columns_is_asked(self):
        one = coroutine_engine.SessionStore()
        await one.asave()
        row = await ColumnSession.objects.aget()
        self.assertEqual(row.user, "coroutine")
        await ColumnSession.objects.aupdate(user="")
        await one.aset("a", 1)
        await one.asave()
        row = await ColumnSession.objects.aget()
        self.assertEqual(row.user, "coroutine")


class ColumnsWithSqlOfTheirOwn(Interleaving):
    engine = OwnSqlStore

    def test_the_orm_writes_them(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        OwnSqlSession.objects.update(agent="")
        two["two"] = 2
        two.save()
        self.assertEqual(self.row(key).agent, "FIREFOX")
        OwnSqlSession.objects.update(agent="")
        one["one"] = 1
        one.save()
        self.assertEqual(self.row(key).agent, "FIREFOX")
        self.assertEqual(dict(self.engine(key).items()), {"a": 1, "two": 2, "one": 1})
        with self.settings(SESSION_MERGE={"attempts": 1}):
            three = self.request(key)
            write = OwnSqlSession.objects.update
            three["three"] = 3
            with before_each_swap(lambda n: write(session_data=three.encode({"four": 4}))):
                three.save()
        self.assertEqual(dict(self.engine(key).items()), {"four": 4, "three": 3})

    def test_an_expression_as_a_value(self):
        class Counting(ColumnStore):
            def create_model_instance(self, data):
                instance = super().create_model_instance(data)
                if self.row is not None:
                    instance.items = F("items") + 1
                return instance

        Counting.__qualname__ = "SessionStore"
        one = Counting()
        one.row = None
        one.save()
        one.row = one.session_key
        one.save()
        one["a"] = 1
        one.save()
        self.assertEqual(ColumnSession.objects.get().items, 2)
