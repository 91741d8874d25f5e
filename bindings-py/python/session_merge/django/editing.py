"""Changing a session outside of its requests: in tasks, consumers and management commands.

    from session_merge.django import edit

    with edit(handle) as session:
        session["report"] = "ready"

The session is loaded on entry, and merged with what others stored meanwhile on exit, as a request's
is. It is not a request, though: the session does not live any longer for it, is never created by
it, and what was changed in place needs no ``modified = True``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from session_merge.django.errors import (
    EngineUnsupportedError,
    SessionDecodeError,
    SessionGoneError,
)
from session_merge.django.handles import key_of
from session_merge.django.merging import MergingSession

__all__ = ["aedit", "edit"]

GONE = (
    "There is no such session, or no longer: it was deleted, moved by a login, taken over by "
    "another user, or it has expired. Nothing was written."
)
UNREADABLE = (
    "The stored session cannot be read, and is left as it is. Does this process use another "
    "SECRET_KEY or SESSION_SERIALIZER than the one that wrote it?"
)


@contextmanager
def edit(session: str) -> Iterator[MergingSession]:
    """Give a stored session to be changed, and save the changes on exit.

    ``session`` is a handle (``handle_for()``) or a session key. An exception inside the block
    saves nothing, and neither does a block that changes nothing. The expiry stays as it is, unless
    the block calls ``set_expiry()``.

    Raises ``SessionGoneError`` on entry if there is no such session, and on exit if there is none
    any more; ``HandleError`` for a handle that is not good; ``EngineUnsupportedError`` if
    ``SESSION_ENGINE`` is none of this package's; ``SessionDecodeError`` if what is stored cannot
    be read; and whatever a save may raise.
    """
    store = _store_for(session)
    store._get_session()
    _check_loaded(store)
    yield store
    try:
        store.save_content()
    except UpdateError:
        raise SessionGoneError(GONE) from None


@asynccontextmanager
async def aedit(session: str) -> AsyncIterator[MergingSession]:
    """See ``edit()``."""
    store = _store_for(session)
    await store._aget_session()
    _check_loaded(store)
    yield store
    try:
        await store.asave_content()
    except UpdateError:
        raise SessionGoneError(GONE) from None


def _store_for(session: str) -> MergingSession:
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    if not issubclass(engine, MergingSession):
        raise EngineUnsupportedError(
            "edit() merges, and so needs an engine of session_merge.django. SESSION_ENGINE is "
            f"{settings.SESSION_ENGINE!r}."
        )
    store: MergingSession = engine(key_of(session))
    return store


def _check_loaded(store: MergingSession) -> None:
    """Raise if there was nothing to load, or nothing that can be read.

    To a request a session that cannot be read is an empty one. A task with the wrong settings
    would empty the sessions of all visitors that way.
    """
    if store.session_key is None:
        raise SessionGoneError(GONE)
    if not store.is_readable():
        raise SessionDecodeError(UNREADABLE)
