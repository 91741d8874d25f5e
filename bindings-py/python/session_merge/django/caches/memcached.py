"""Memcached, by pymemcache and by pylibmc: ``gets`` and ``cas``.

Sessions are written by a client of their own, which is set up as the cache's is but for one thing:
it hands out values as they are stored.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from dataclasses import replace
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.core.cache.backends.memcached import PyMemcacheCache
from django.core.signals import request_finished
from session_merge.django.caches.leased import LeasedCacheStore
from session_merge.django.errors import SessionTooLargeError, StoreUnavailableError
from session_merge.django.locks.lease import LeaseLock, lease_is_over
from session_merge.django.store import Changed, Draft, Gone, Stored

__all__ = ["Flagged", "PyLibMCStore", "PyMemcacheStore", "close_clients"]

LONG_AGO = 60 * 60 * 24 * 30 + 1
"""An expiry above thirty days is a date: this one was in 1970, and to store is to delete."""

OUT_OF_REACH = "Memcached is out of reach, and was not asked again yet."


class Flagged(NamedTuple):
    """A value as memcached keeps it: bytes, and flags that tell the client how to read them."""

    data: bytes
    flags: int

    def __repr__(self) -> str:
        return "Flagged()"  # what is stored is secret


class _Clients(threading.local):
    """The clients for raw values of one thread, by the cache they belong to.

    No client may be used by two threads at once, and a session can be handed to another thread.
    """

    def __init__(self) -> None:
        self.by_cache: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


_clients = _Clients()


class _Memcached(LeasedCacheStore):
    @property
    def client(self) -> Any:
        """Return this thread's client for raw values."""
        client = _clients.by_cache.get(self.cache)
        if client is None:
            client = _clients.by_cache[self.cache] = self.make_client()
        return client

    @abstractmethod
    def make_client(self) -> Any:
        """Return a client as the cache's, but for raw values."""

    @abstractmethod
    def gets(self, key: str) -> tuple[Flagged | None, Any]:
        """Return the value under a key and its token; None if there is none."""

    @abstractmethod
    def cas(self, key: str, raw: Flagged, token: Any, expires: int) -> bool | None:
        """Write a value; False if the token is no longer that of the key, None if it is gone."""

    @abstractmethod
    def append(self, key: str, raw: Flagged) -> None:
        """Write something behind a value, if there is one."""

    def pickled(self, raw: Flagged) -> bytes:
        """Return the value without its flags."""
        return raw.data

    def fetch(self, key: str) -> Any:
        """Return the raw value under a key; None if there is none."""
        return self.gets(key)[0]

    def swap(self, key: str, base: Any, draft: Draft, *, touch: bool) -> Stored | Changed | Gone:
        """Write the draft, or with ``touch`` its age only, if ``base`` is still stored.

        Memcached tells nobody how long an entry still has to live, so that each begins anew.
        """
        return super().swap(key, base, replace(draft, content_only=False), touch=touch)

    def exchange(self, key: str, old: Any, new: Any, age: int | None) -> Stored | Changed | Gone:
        """Replace ``old`` by ``new``, or delete it if ``new`` is None; else say what is there."""
        while True:
            held, token = self.gets(key)
            if held is None:
                return Gone()
            if self.fence is not None and not self.fence.is_held():
                raise lease_is_over()
            if held != old:
                return Changed(held)
            expires = LONG_AGO if new is None else self.cache.get_backend_timeout(age)
            stored = self.cas(key, old if new is None else new, token, expires)
            if stored:
                return Stored()
            # Somebody was faster: what did they leave?

    def lock(self, key: str, lease: int) -> LeaseLock:
        """Return a lock that lapses after so many seconds: memcached's may be one too short."""
        return super().lock(key, lease + 1)

    def void_tokens(self, key: str) -> None:
        """Give the session a new token.

        Whoever was asked for the fence and has not written yet writes with an older one, in vain.
        To append nothing changes the token, and neither the value nor how long it lives.
        """
        self.append(self.key(key), Flagged(b"", 0))


class PyMemcacheStore(_Memcached):
    """The sessions in ``django.core.cache.backends.memcached.PyMemcacheCache``.

    For a while after a failure pymemcache answers "no" without asking the server. Of such an
    answer ``gets`` alone is unlike a true one, so that it is asked wherever another says no.
    """

    def make_client(self) -> Any:
        """Return a client as the cache's, but for raw values."""
        options = {**self.cache._options, "serde": _Verbatim(), "ignore_exc": False}
        return self.cache._class(self.cache.client_servers, **options)

    def dumps(self, value: object, trailer: bytes = b"") -> Flagged:
        """Return the value as the cache's serde writes it."""
        data, flags = self.cache._options["serde"].serialize("", value)
        return Flagged(data + trailer, flags)

    def loads(self, raw: Flagged) -> object:
        """Return the value as the cache's serde reads it."""
        return self.cache._options["serde"].deserialize("", raw.data, raw.flags)

    def gets(self, key: str) -> tuple[Flagged | None, Any]:
        """Return the value under a key and its token; None if there is none."""
        answer = self.client.gets(key)
        if answer is None:
            raise StoreUnavailableError(OUT_OF_REACH)
        value: tuple[Flagged | None, Any] = answer
        return value

    def cas(self, key: str, raw: Flagged, token: Any, expires: int) -> bool | None:
        """Write a value; False if the token is no longer that of the key, None if it is gone."""
        stored: bool | None = self._store("cas", key, raw, token, expires)
        return stored

    def append(self, key: str, raw: Flagged) -> None:
        """Write something behind a value, if there is one."""
        if not self._store("append", key, raw):
            self.gets(key)  # tells of a server that is out of reach

    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""
        expires = self.cache.get_backend_timeout(age)
        while not self._store("add", key, raw, expires):
            if self.gets(key)[0] is not None:
                return False
        return True

    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""
        if not self._store("set", key, raw, self.cache.get_backend_timeout(age)):
            raise StoreUnavailableError(OUT_OF_REACH)

    def discard(self, key: str) -> None:
        """Delete whatever there is."""
        while not self.client.delete(key, noreply=False) and self.gets(key)[0] is not None:
            pass  # it came back in between

    def _store(self, command: str, key: str, raw: Flagged, *arguments: Any) -> Any:
        from pymemcache.exceptions import MemcacheServerError

        try:
            return getattr(self.client, command)(key, raw, *arguments, noreply=False)
        except MemcacheServerError as error:
            if b"too large" in error.args[0]:
                raise _too_large() from None
            raise


class PyLibMCStore(_Memcached):
    """The sessions in ``django.core.cache.backends.memcached.PyLibMCCache``.

    Keys are given to pylibmc as bytes that live until it returns. Of a text it makes bytes of its
    own, and ``gets`` (in 1.6.3) frees them before it uses them: with several threads it may then
    ask for any other key.
    """

    def make_client(self) -> Any:
        """Return a client as the cache's, but for raw values."""
        from pylibmc import Client

        class RawClient(Client):  # type: ignore[misc]
            def serialize(self, value: Flagged) -> tuple[bytes, int]:
                return value.data, value.flags

            def deserialize(self, data: bytes, flags: int) -> Flagged:
                return Flagged(data, flags)

        return RawClient(self.cache.client_servers, **self.cache._options)

    def dumps(self, value: object, trailer: bytes = b"") -> Flagged:
        """Return the value as pylibmc writes it."""
        data, flags = self.cache._cache.serialize(value)
        return Flagged(data + trailer, flags)

    def loads(self, raw: Flagged) -> object:
        """Return the value as pylibmc reads it."""
        return self.cache._cache.deserialize(raw.data, raw.flags)

    def gets(self, key: str) -> tuple[Flagged | None, Any]:
        """Return the value under a key and its token; None if there is none."""
        encoded = key.encode()
        value: tuple[Flagged | None, Any] = self.client.gets(encoded)
        return value

    def cas(self, key: str, raw: Flagged, token: Any, expires: int) -> bool | None:
        """Write a value; False if the token is no longer that of the key, None if it is gone."""
        from pylibmc import NotFound

        try:
            return bool(self._store("cas", key, raw, token, expires))
        except NotFound:
            return None

    def append(self, key: str, raw: Flagged) -> None:
        """Write something behind a value, if there is one."""
        self._store("append", key, raw)

    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""
        return bool(self._store("add", key, raw, self.cache.get_backend_timeout(age)))

    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""
        self._store("set", key, raw, self.cache.get_backend_timeout(age))

    def discard(self, key: str) -> None:
        """Delete whatever there is."""
        encoded = key.encode()
        self.client.delete(encoded)

    def _store(self, command: str, key: str, raw: Flagged, *arguments: Any) -> Any:
        from pylibmc import TooBig

        encoded = key.encode()
        try:
            return getattr(self.client, command)(encoded, raw, *arguments)
        except TooBig:
            raise _too_large() from None


class _Verbatim:
    """A serde that leaves values as they are stored."""

    def serialize(self, key: Any, value: Flagged) -> tuple[bytes, int]:
        return value.data, value.flags

    def deserialize(self, key: Any, value: bytes, flags: int) -> Flagged:
        return Flagged(value, flags)


def _too_large() -> SessionTooLargeError:
    return SessionTooLargeError(
        "The session is larger than memcached takes (1 MB, unless its option -I says otherwise). "
        "What was stored before is unharmed."
    )


def close_clients(**kwargs: object) -> None:
    """Close this thread's pymemcache clients after a request, as Django closes its own."""
    for cache, client in list(_clients.by_cache.items()):
        if isinstance(cache, PyMemcacheCache):
            client.close()


request_finished.connect(close_clients, dispatch_uid="session_merge.django.caches.memcached")
