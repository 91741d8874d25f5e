"""Redis, by Django's own ``RedisCache`` and by django-redis: one script, one round trip."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import Any

from redis.exceptions import NoScriptError, ResponseError
from session_merge.django.caches.leased import LeasedCacheStore
from session_merge.django.locks.lease import lease_is_over
from session_merge.django.store import Changed, Gone, Stored

__all__ = ["DjangoRedisStore", "RedisStore"]

EXCHANGE = b"""
if KEYS[2] and redis.call('GET', KEYS[2]) ~= ARGV[4] then
    return 0
end
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then
    return held
elseif ARGV[3] == 'delete' then
    redis.call('DEL', KEYS[1])
elseif ARGV[3] == 'for ever' then
    redis.call('SET', KEYS[1], ARGV[2])
elseif ARGV[3] == 'as before' then
    local left = redis.call('PTTL', KEYS[1])
    redis.call('SET', KEYS[1], ARGV[2])
    if left >= 0 then
        redis.call('PEXPIRE', KEYS[1], left)
    end
else
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
"""
DIGEST = hashlib.sha1(EXCHANGE, usedforsecurity=False).hexdigest()


class _Redis(LeasedCacheStore):
    """What both have in common. All is read and written on the primary, never on a replica."""

    @abstractmethod
    def client(self, key: str) -> Any:
        """Return redis-py's client of the server that is written to."""

    @abstractmethod
    def milliseconds(self, age: int) -> int | None:
        """Return how long a value is to live; None for ever, 0 or less not at all."""

    def fetch(self, key: str) -> Any:
        """Return the raw value under a key; None if there is none."""
        return self.client(key).get(key)

    def exchange(self, key: str, old: Any, new: Any, age: int | None) -> Stored | Changed | Gone:
        """Replace ``old`` by ``new``, or delete it if ``new`` is None; else say what is there."""
        life = "delete" if new is None else self._life(age)
        keys, values = [key], [old, b"" if new is None else new, life]
        if self.fence is not None:
            keys.append(self.fence.entry)
            values.append(self.fence.token)
        arguments = (len(keys), *keys, *values)
        client = self.client(key)
        try:
            answer = _once(client, "EVALSHA", DIGEST, *arguments)
        except NoScriptError:
            answer = _once(client, "EVAL", EXCHANGE, *arguments)
        if answer is None:
            return Gone()
        if answer == 0:
            raise lease_is_over()
        return Stored() if answer == 1 else Changed(answer)

    def void_tokens(self, key: str) -> None:
        """Do nothing: the fence is asked in the very step that writes."""

    def _life(self, age: int | None) -> Any:
        if age is None:
            return "as before"
        life = self.milliseconds(age)
        if life is None:
            return "for ever"
        return life if life > 0 else "delete"

    def add(self, key: str, raw: Any, age: int) -> bool:
        """Write a value where there is none; return whether there was none."""
        life = self.milliseconds(age)
        if life is not None and life <= 0:
            return not self.client(key).exists(key)
        return bool(self.client(key).set(key, raw, nx=True, px=life))

    def set(self, key: str, raw: Any, age: int) -> None:
        """Write a value whatever there is."""
        life = self.milliseconds(age)
        if life is not None and life <= 0:
            self.discard(key)
        else:
            self.client(key).set(key, raw, px=life)

    def discard(self, key: str) -> None:
        """Delete whatever there is."""
        self.client(key).delete(key)


class RedisStore(_Redis):
    """The sessions in ``django.core.cache.backends.redis.RedisCache``."""

    def client(self, key: str) -> Any:
        """Return redis-py's client of the first server."""
        return self.cache._cache.get_client(key, write=True)

    def milliseconds(self, age: int) -> int | None:
        """Return how long a value is to live."""
        seconds = self.cache.get_backend_timeout(age)
        return None if seconds is None else int(seconds) * 1000

    def dumps(self, value: object, trailer: bytes = b"") -> bytes:
        """Return the value as the cache's serializer writes it."""
        raw: bytes = self.cache._cache._serializer.dumps(value)
        return raw + trailer

    def loads(self, raw: bytes) -> object:
        """Return the value as the cache's serializer reads it."""
        return self.cache._cache._serializer.loads(raw)

    def pickled(self, raw: bytes) -> bytes:
        """Return the value itself: it is not wrapped."""
        return raw


class DjangoRedisStore(_Redis):
    """The sessions in ``django_redis.cache.RedisCache``."""

    def key(self, session_key: str) -> str:
        """Return the key under which django-redis keeps a session."""
        key: str = self.cache.client.make_key(self.prefix + session_key)
        return key

    def client(self, key: str) -> Any:
        """Return redis-py's client of the primary."""
        return self.cache.client.get_client(write=True)

    def milliseconds(self, age: int) -> int | None:
        """Return how long a value is to live."""
        return int(age * 1000)

    def dumps(self, value: object, trailer: bytes = b"") -> bytes:
        """Return the value as django-redis serializes and compresses it."""
        client = self.cache.client
        raw: bytes = client._compressor.compress(client._serializer.dumps(value) + trailer)
        return raw

    def loads(self, raw: bytes) -> object:
        """Return the value as django-redis reads it."""
        return self.cache.client.decode(raw)

    def pickled(self, raw: bytes) -> bytes:
        """Return the value without its compression. A short value has none."""
        from django_redis.exceptions import CompressorError

        try:
            return bytes(self.cache.client._compressor.decompress(raw))
        except CompressorError:
            return raw


def _once(client: Any, *command: Any) -> Any:
    """Send a command and return the answer; never send it twice.

    redis-py sends a command again if the connection breaks before the answer. A swap whose answer
    was lost would then find its own value, take it for somebody else's, and merge the same changes
    a second time.
    """
    pool = client.connection_pool
    connection = pool.get_connection()
    try:
        connection.send_command(*command)
        return client.parse_response(connection, command[0])
    except ResponseError:
        raise  # a complete answer: nothing is left on the line
    except BaseException:
        connection.disconnect()
        raise
    finally:
        pool.release(connection)
