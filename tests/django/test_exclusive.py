"""Exclusive blocks of a session: one at a time, on every engine with every store."""

import threading
import time

from asgiref.sync import async_to_sync
from django.test import override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import exclusive
from support import in_parallel

AT_ONCE = 0
SOON = 0.3
COUNTED = override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})


class Exclusive(OnEveryStore):
    def test_blocks_do_not_overlap(self):
        key, inside, charges = self.start(), threading.Semaphore(1), []

        def pay():
            request = self.request(key)
            with exclusive(request, timeout=30):
                self.assertTrue(inside.acquire(blocking=False))
                if "paid" not in request:
                    time.sleep(0.02)
                    charges.append(1)
                    request["paid"] = True
                inside.release()
            return request.session_key

        self.assertEqual(in_parallel([pay] * 6), [key] * 6)
        self.assertEqual(charges, [1])
        self.assertEqual(self.stored(key), {"paid": True})

    def test_async_blocks_do_not_overlap(self):
        key, inside, charges = self.start(), threading.Semaphore(1), []

        async def pay():
            request = self.engine(key)
            async with exclusive(request, timeout=30):
                self.assertTrue(inside.acquire(blocking=False))
                if not await request.aget("paid"):
                    charges.append(1)
                    await request.aset("paid", True)
                inside.release()

        in_parallel([lambda: async_to_sync(pay)()] * 6)
        self.assertEqual(charges, [1])
        self.assertEqual(self.stored(key), {"paid": True})


on_every_store(Exclusive)
