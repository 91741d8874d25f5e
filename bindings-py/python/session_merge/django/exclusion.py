"""Blocks that at most one request of a session is in at any time.

    from session_merge.django import exclusive

    def pay(request):
        with exclusive(request.session, timeout=5):
            if not request.session.get("paid"):
                charge(request.session["card"])
                request.session["paid"] = True

    @exclusive  # the same around a whole view, sync or async
    def pay(request): ...

A merge keeps both of two changes of a session. It cannot take back one of two charges. A block does
this, in order:

    lock -- read again and merge -- the block -- save -- unlock

so that each sees what the one before it has stored. An exception leaves the session as it was when
the block began, stored and in memory. See ``session_merge.django.locks`` for the locks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, TypeVar, overload

from asgiref.sync import iscoroutinefunction
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from session_merge.django.errors import EngineUnsupportedError, LockTimeoutError
from session_merge.django.exclusive_block import ExclusiveBlock
from session_merge.django.merging import MergingSession

__all__ = ["exclusive"]

TIMEOUT = 10
LEASE = 30
BUSY = "Another request of this session is still being answered.\n"

View = TypeVar("View", bound=Callable[..., Any])


@overload
def exclusive(target: View, *, timeout: float = TIMEOUT, lease: float = LEASE) -> View: ...


@overload
def exclusive(
    target: None = None, *, timeout: float = TIMEOUT, lease: float = LEASE
) -> Callable[[View], View]: ...


@overload
def exclusive(
    target: SessionBase, *, timeout: float = TIMEOUT, lease: float = LEASE
) -> ExclusiveBlock: ...


def exclusive(target: Any = None, *, timeout: float = TIMEOUT, lease: float = LEASE) -> Any:
    """Return a block that keeps other exclusive blocks of the session out, or decorate a view.

    ``timeout``: the seconds to wait for others, before ``LockTimeoutError``; a view that is
    decorated answers 409 then. ``lease``: the seconds after which, on Redis and Memcached, the lock
    of a holder lapses that is dead, or too slow; the slow one gets ``LockLostError`` as it saves.
    """
    if timeout < 0 or lease < 1:
        raise ValueError("timeout must be at least 0, and lease at least 1 second.")
    if target is None:
        return functools.partial(exclusive, timeout=timeout, lease=lease)
    if isinstance(target, MergingSession):
        return ExclusiveBlock(target, timeout, math.ceil(lease))
    if callable(target):
        return _decorated(target, timeout, lease)
    raise EngineUnsupportedError(
        "exclusive() needs a session of session_merge.django, and this one is of "
        f"{type(target).__module__}: see SESSION_ENGINE."
    )


def _decorated(view: Any, timeout: float, lease: float) -> Any:
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def decorated_async(request: Any, *args: Any, **kwargs: Any) -> Any:
            block = exclusive(request.session, timeout=timeout, lease=lease)
            try:
                async with block:
                    return await view(request, *args, **kwargs)
            except LockTimeoutError:
                if block.was_entered:
                    raise
                return _busy()

        return decorated_async

    @functools.wraps(view)
    def decorated(request: Any, *args: Any, **kwargs: Any) -> Any:
        block = exclusive(request.session, timeout=timeout, lease=lease)
        try:
            with block:
                return view(request, *args, **kwargs)
        except LockTimeoutError:
            if block.was_entered:
                raise
            return _busy()

    return decorated


def _busy() -> HttpResponse:
    return HttpResponse(BUSY, status=409, content_type="text/plain; charset=utf-8")
