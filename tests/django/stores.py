"""The stores that the engines are tested on, and where a test finds them.

``settings.py`` takes the databases and caches from here. The servers' addresses are in the
environment: ``matrix.py`` starts private ones (``tests/servers``) and tells of those that are not
installed. What needs one of them is skipped; with REQUIRE_ALL=1 that is an error.
"""

import os
import unittest
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
SQLITE = DATABASE == "sqlite"

CACHES = ["locmem", "filebased", "database", "redis", "django_redis", "pymemcache", "pylibmc"]
"""The caches that are tested, by alias: those with a server are named as their client is."""

NEEDS = {
    "redis": "REDIS",
    "django_redis": "REDIS",
    "pymemcache": "MEMCACHED",
    "pylibmc": "MEMCACHED",
}


def cache_settings(folder):
    """Return ``CACHES`` for all that there is a server for."""
    url = os.environ.get("REDIS_URL", "")
    backends = "django.core.cache.backends"
    redis = {"LOCATION": f"{url.rpartition('/')[0]}/1"}
    memcached = {"LOCATION": urlsplit(os.environ.get("MEMCACHED_URL", "")).netloc}
    cas = {"OPTIONS": {"behaviors": {"cas": True}}}
    found = {
        "default": {"BACKEND": f"{backends}.locmem.LocMemCache", "LOCATION": "default"},
        "locmem": {"BACKEND": f"{backends}.locmem.LocMemCache", "LOCATION": "sessions"},
        "filebased": {"BACKEND": f"{backends}.filebased.FileBasedCache", "LOCATION": folder},
        "database": {"BACKEND": f"{backends}.db.DatabaseCache", "LOCATION": "cache_table"},
        "redis": {"BACKEND": f"{backends}.redis.RedisCache", **redis},
        "django_redis": {"BACKEND": "django_redis.cache.RedisCache", **redis},
        "pymemcache": {"BACKEND": f"{backends}.memcached.PyMemcacheCache", **memcached},
        "pylibmc": {"BACKEND": f"{backends}.memcached.PyLibMCCache", **memcached, **cas},
    }
    for alias, options in found.items():
        options["KEY_PREFIX"] = alias
    return {alias: found[alias] for alias in found if _has_server(alias)}


def _has_server(alias):
    return alias not in NEEDS or (
        f"{NEEDS[alias]}_URL" in os.environ and find_spec(alias) is not None
    )


def needs_cache(alias):
    """Return a decorator that skips a test class, with the reason, where the cache is missing."""
    if _has_server(alias):
        return lambda test: test
    server = NEEDS[alias]
    reason = os.environ.get(f"{server}_MISSING", f"{server}_URL is not set, or no client installed")
    if os.environ.get("REQUIRE_ALL") == "1":
        raise RuntimeError(f"the cache {alias!r} is required, but {reason}")
    return unittest.skip(reason)


def database(name, folder):
    """Return the settings of one test database, on the server that ``TEST_DATABASE`` names."""
    if SQLITE:
        file = str(folder / f"{name}.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "OPTIONS": {
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
            },
            "TEST": {"NAME": file},
        }
    parts = urlsplit(DATABASE)
    return {
        "ENGINE": f"django.db.backends.{parts.scheme}",
        "NAME": f"{parts.path.lstrip('/')}_{name}",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
