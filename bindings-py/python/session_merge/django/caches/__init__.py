"""One adapter for each cache backend whose way to compare and swap is known.

Any other backend is refused, with the reason: to write through Django's cache API alone would lose
updates as Django's own engines do.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from session_merge.django.caches.base import CacheStore
from session_merge.django.errors import StoreUnsupportedError

__all__ = ["CacheStore", "cache_store", "cached_row_store"]

ADAPTERS = {
    "django.core.cache.backends.locmem.LocMemCache": "locmem.LocMemStore",
    "django.core.cache.backends.filebased.FileBasedCache": "filebased.FileBasedStore",
    "django.core.cache.backends.db.DatabaseCache": "database.DatabaseStore",
    "django.core.cache.backends.redis.RedisCache": "redis.RedisStore",
    "django_redis.cache.RedisCache": "redis.DjangoRedisStore",
    "django.core.cache.backends.memcached.PyMemcacheCache": "memcached.PyMemcacheStore",
    "django.core.cache.backends.memcached.PyLibMCCache": "memcached.PyLibMCStore",
}
DUMMY = "django.core.cache.backends.dummy.DummyCache"
REDIS_CLIENTS = ("DefaultClient", "SentinelClient")

UNKNOWN_REASON = (
    "The sessions are kept in the cache {backend}, of which it is not known how to compare and "
    "swap. Known are {known}, and subclasses that change nothing but how keys are made."
)
DUMMY_REASON = (
    "The sessions are kept in DummyCache, which stores nothing. Choose session_merge.django.db, or "
    "a cache."
)
CAS_REASON = (
    "The sessions are kept in PyLibMCCache without the behaviour 'cas', and memcached then gives "
    "no token to compare. Add 'OPTIONS': {'behaviors': {'cas': True}} to the cache."
)
ERRORS_REASON = (
    "The cache that keeps the sessions hides errors ({option}), so that a server out of reach "
    "looks like a visitor who has no session, and a logout like one that was done."
)
CLIENT_REASON = (
    "The sessions are kept in django-redis with the client {client}. Values can be compared and "
    "swapped with DefaultClient and SentinelClient only."
)
TRAILER_REASON = (
    "session_merge.django.cached_db keeps the text of the row behind the pickled session, and the "
    "serializer of this cache does not read past it. Use the cache's pickle serializer."
)


_adapters: WeakKeyDictionary[Any, type[CacheStore]] = WeakKeyDictionary()
_with_trailers: WeakSet[Any] = WeakSet()


def cache_store(cache: Any, prefix: str) -> CacheStore:
    """Return the adapter for a cache; raise ``StoreUnsupportedError`` if there is none."""
    adapter = _adapters.get(cache)
    if adapter is None:
        adapter = _adapters[cache] = _find_adapter(cache)
    return adapter(cache, prefix)


def cached_row_store(cache: Any, prefix: str) -> CacheStore:
    """Return the adapter for a cache beside the rows, whose values carry the row's text."""
    store = cache_store(cache, prefix)
    if cache not in _with_trailers:
        if not _reads_past_trailers(store):
            raise StoreUnsupportedError("E008", TRAILER_REASON)
        _with_trailers.add(cache)
    return store


def _reads_past_trailers(store: CacheStore) -> bool:
    probe, trailer = {"a": [1]}, b"\x00trailer"
    try:
        raw = store.dumps(probe, trailer)
        return store.pickled(raw).endswith(trailer) and store.loads(raw) == probe
    except Exception:  # each serializer has its own way to say no
        return False


def _find_adapter(cache: Any) -> type[CacheStore]:
    name = _known_backend(type(cache))
    _refuse_settings(name, cache)
    module, _, adapter = ADAPTERS[name].partition(".")
    found: type[CacheStore] = getattr(import_module(f"{__name__}.{module}"), adapter)
    return found


def _known_backend(backend: type) -> str:
    for base in backend.__mro__:
        name = f"{base.__module__}.{base.__qualname__}"
        if name == DUMMY:
            raise StoreUnsupportedError("E004", DUMMY_REASON)
        if name in ADAPTERS and _stores_alike(backend, base):
            return name
    raise StoreUnsupportedError(
        "E003",
        UNKNOWN_REASON.format(
            backend=f"{backend.__module__}.{backend.__qualname__}",
            known=", ".join(name.rpartition(".")[2] for name in ADAPTERS),
        ),
    )


def _stores_alike(backend: type, base: type) -> bool:
    """Return whether a subclass leaves it to the known backend how values are stored."""
    methods = ("get", "set", "add", "touch", "delete", "get_backend_timeout")
    return all(getattr(backend, method) is getattr(base, method) for method in methods)


def _refuse_settings(name: str, cache: Any) -> None:
    if name.endswith("PyLibMCCache"):
        if not (cache._options.get("behaviors") or {}).get("cas"):
            raise StoreUnsupportedError("E005", CAS_REASON)
    elif name.endswith("PyMemcacheCache"):
        if cache._options.get("ignore_exc"):
            raise StoreUnsupportedError("E006", ERRORS_REASON.format(option="ignore_exc"))
    elif name.startswith("django_redis"):
        if cache._ignore_exceptions:
            raise StoreUnsupportedError("E006", ERRORS_REASON.format(option="IGNORE_EXCEPTIONS"))
        client = cache._client_cls.__name__
        if client not in REDIS_CLIENTS:
            raise StoreUnsupportedError("E007", CLIENT_REASON.format(client=client))
