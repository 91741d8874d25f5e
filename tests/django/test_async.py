"""The async methods keep the same promises as the sync ones."""

from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.test import SimpleTestCase, override_settings
from everywhere import ENGINES
from support import IDENTITY, Interleaving


class EveryMethod(SimpleTestCase):
    def test_what_the_engine_overrides_it_overrides_twice(self):
        methods = [name for name in vars(SessionBase) if f"a{name}" in vars(SessionBase)]
        self.assertIn("cycle_key", methods)
        for engine, _ in ENGINES.values():
            for name in methods:
                ours = getattr(engine, name) is not getattr(SessionBase, name)
                ours_async = getattr(engine, f"a{name}") is not getattr(SessionBase, f"a{name}")
                self.assertEqual(ours, ours_async, (engine, name))


class Async(Interleaving):
    async def astart(self, **data):
        session = self.engine()
        await session.aupdate(data)
        await session.asave()
        return session.session_key

    async def arequest(self, key):
        session = self.engine(key)
        await session.aget("")
        return session

    async def astored(self, key):
        return dict(await self.engine(key).aitems())

    @override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
    async def test_two_saves(self):
        key = await self.astart(n=1)
        one, two = await self.arequest(key), await self.arequest(key)
        await two.aset("n", 2)
        await two.aset("two", 2)
        await two.asave()
        await one.aset("n", 2)
        await one.asave()
        await one.asave()
        self.assertEqual(await self.astored(key), {"n": 3, "two": 2})
        self.assertEqual(dict(await one.aitems()), {"n": 3, "two": 2})

    async def test_a_late_save_after_a_logout(self):
        key = await self.astart(**IDENTITY)
        late = await self.arequest(key)
        await (await self.arequest(key)).aflush()
        await late.aset("late", 1)
        with self.assertRaises(UpdateError):
            await late.asave()
        self.assertFalse(await self.engine().aexists(key))

    async def test_cycle_key_and_a_commit_in_between(self):
        key = await self.astart(a=1)
        one, two = await self.arequest(key), await self.arequest(key)
        await two.aset("two", 2)
        await two.asave()
        await one.aset("one", 1)
        await one.acycle_key()
        self.assertEqual(await self.astored(one.session_key), {"a": 1, "two": 2, "one": 1})
        self.assertFalse(await self.engine().aexists(key))

    async def test_cycle_key_of_a_session_that_is_gone(self):
        anonymous, logged_in = await self.astart(a=1), await self.astart(**IDENTITY)
        one, two = await self.arequest(anonymous), await self.arequest(logged_in)
        await self.engine(anonymous).adelete()
        await self.engine(logged_in).adelete()
        await one.acycle_key()
        self.assertEqual(await self.astored(one.session_key), {"a": 1})
        with self.assertRaises(SessionInterrupted):
            await two.acycle_key()

    async def test_clear_before_any_read(self):
        key = await self.astart(old=1)
        one = self.engine(key)
        one.clear()
        await one.aset("new", 1)
        await one.asave()
        self.assertEqual(await self.astored(key), {"new": 1})

    def test_sync_and_async_requests_meet(self):
        key = self.start(a=1)
        one, two = self.request(key), async_to_sync(self.arequest)(key)
        one["one"] = 1
        async_to_sync(two.aset)("two", 2)
        one.save()
        async_to_sync(two.asave)()
        self.assertEqual(self.stored(key), {"a": 1, "one": 1, "two": 2})
