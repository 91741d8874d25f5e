"""Async tasks whose sync work is done in one thread, as outside of Django's ASGI requests."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from django.core.signals import request_finished
from django.db import connection, connections
from exclusive_blocks import Blocks, in_a_database, on_every_store_where
from session_merge.django import LockTimeoutError, exclusive
from support import only_on


def close_all():
    connections.close_all()
    request_finished.send(None)  # caches close their sockets


class SharedThread(Blocks):
    def run_together(self, *tasks):
        """Run the tasks in one loop; return what each returned or raised."""

        async def main():
            try:
                return await asyncio.gather(*tasks, return_exceptions=True)
            finally:
                await sync_to_async(close_all)()

        return asyncio.run(main())

    def test_blocks_of_one_session_do_not_overlap(self):
        key, charges = self.start(), []

        async def pay():
            async with exclusive(self.engine(key), timeout=30) as request:
                if not await request.aget("paid"):
                    await asyncio.sleep(0.02)
                    charges.append(1)
                    await request.aset("paid", True)

        self.assertEqual(self.run_together(pay(), pay(), pay()), [None] * 3)
        self.assertEqual(charges, [1])

    @only_on("postgresql", "mysql")  # in SQLite the other would have to wait
    def test_a_block_that_fails_takes_nothing_of_another_task_along(self):
        key, other = self.start(), self.start()
        is_inside, is_saved = asyncio.Event(), asyncio.Event()

        async def fail():
            async with exclusive(self.engine(key), timeout=0):
                is_inside.set()
                await is_saved.wait()
                raise ZeroDivisionError

        async def save():
            await is_inside.wait()
            request = self.engine(other)
            await request.aset("a", 1)
            await request.asave()
            is_saved.set()

        error, _ = self.run_together(fail(), save())
        self.assertIsInstance(error, ZeroDivisionError)
        self.assertEqual(self.stored(other), {"a": 1})

    def test_a_block_in_another_of_the_same_thread_is_refused(self):
        key = self.start()
        with exclusive(self.engine(key), timeout=0):
            with self.assertRaises(LockTimeoutError), exclusive(self.engine(key), timeout=30):
                self.fail("it would wait for itself")
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_an_async_block_called_from_sync_code_keeps_its_connection(self):
        key = self.start()

        async def enter():
            async with exclusive(self.engine(key), timeout=0) as request:
                await request.aset("a", 1)

        before = connection.connection
        async_to_sync(enter)()
        self.assertIs(connection.connection, before)
        self.assertEqual(self.stored(key), {"a": 1})


on_every_store_where(in_a_database, SharedThread)
del SharedThread
