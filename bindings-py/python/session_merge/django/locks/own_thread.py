"""A thread of its own for an async block that holds a transaction open.

Django gives each request under ASGI a thread for its sync work, and so connections to databases
that nobody else uses. Elsewhere (Channels, ``asyncio.run``) all tasks share one thread: what
another task writes while a block awaits something would be a part of the block's transaction, and
so would another block.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.cache import caches
from django.db import connections
from session_merge.django.caches.memcached import close_clients

__all__ = ["own_thread"]


@asynccontextmanager
async def own_thread() -> AsyncIterator[None]:
    """Have the sync work of this task done in a thread of its own, if it has none already."""
    before = await sync_to_async(threading.get_ident)()
    async with ThreadSensitiveContext():
        is_new = await sync_to_async(threading.get_ident)() != before
        try:
            yield
        finally:
            if is_new:
                await sync_to_async(_close_all)()


def _close_all() -> None:
    """Close what this thread has opened, as Django does after a request."""
    connections.close_all()
    caches.close_all()
    close_clients()
