"""WebSocket consumers that work on the session with every message, and acknowledge it."""

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from session_merge.django import aedit

from depot.work import MERGES, SECONDS, SECRET


async def work(session, name):
    """Change the session as ``depot.work`` does."""
    seen = await session.aget("count", 0)
    await asyncio.sleep(SECONDS)
    log = [*await session.aget("log", []), name]
    await session.aupdate({f"k{name}": SECRET, "count": seen + 1, "log": log})


@asynccontextmanager
async def as_everybody_does(key):
    """Load and save as one does without ``aedit()``: on Django's own engine."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    yield session
    await session.asave()


class ScopeConsumer(AsyncJsonWebsocketConsumer):
    """Works on ``scope["session"]``, which lives as long as the socket."""

    async def receive_json(self, content):
        """Work on the session, save it, and say so."""
        await work(self.scope["session"], content["name"])
        await self.scope["session"].asave()
        await self.send_json({"done": content["name"]})


class EditConsumer(AsyncJsonWebsocketConsumer):
    """Works on the stored session, anew for each message."""

    async def receive_json(self, content):
        """Work on the session, and say so."""
        edited = aedit if MERGES else as_everybody_does
        async with edited(self.scope["session"].session_key) as session:
            await work(session, content["name"])
        await self.send_json({"done": content["name"]})
