"""System checks of the settings that sessions depend on beside ``SESSION_MERGE``.

- ``session_merge.W003``: the engine signs sessions with another name than Django's;
- ``session_merge.W004``: sessions are pickled, and whoever can write one can run code;
- ``session_merge.W005``: requests are transactions that cannot go on after another's save;
- ``session_merge.W006``: the same of SQLite, whose transactions only begin to write late;
- ``session_merge.W007``: there is a ``SESSION_MERGE``, and an engine that does not read it.

With ``check --deploy`` only:

- ``session_merge.W008``: the cache is in the memory of one process;
- ``session_merge.W009``: updates are lost, as the mode ``observe`` has it;
- ``session_merge.W010``: the files are in the system's folder for temporary ones;
- ``session_merge.W011``: the cache drops sessions as soon as there are a few hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.file import SessionStore as FileSession
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.utils.module_loading import import_string
from session_merge.django.conf import get_config
from session_merge.django.merging import MergingSession
from session_merge.django.rows import RowStore

__all__ = ["find_deployment_warnings", "find_warnings"]

DJANGOS_SALT = "django.contrib.sessions.SessionStore"
PICKLE = b"\x80"
"""What a pickle begins with, from its second protocol on."""

SNAPSHOT_LEVELS = {
    "postgresql": ("REPEATABLE_READ", "SERIALIZABLE"),
    "mysql": ("SERIALIZABLE",),
}
"""The isolation levels at which a transaction cannot write what another wrote since it began."""


CULLING = (BaseDatabaseCache, FileBasedCache)
DJANGOS_MOST = 300
"""How many entries Django's own caches keep, unless told otherwise."""


def find_warnings(engine: Any) -> Iterator[CheckMessage]:
    """Yield what is odd about the settings, whoever runs them."""
    if not issubclass(engine, MergingSession):
        if getattr(settings, "SESSION_MERGE", None):
            yield _other_engine()
        return
    if engine.stores_text:
        yield from _salt(engine)
        yield from _serializer()
    alias = _database(engine)
    if alias is not None and connections.settings[alias]["ATOMIC_REQUESTS"]:
        yield from _transactions(alias)


def find_deployment_warnings(engine: Any) -> Iterator[CheckMessage]:
    """Yield what a site in production cannot want."""
    if not issubclass(engine, MergingSession):
        return
    cache = _cache(engine)
    if isinstance(cache, LocMemCache):
        yield Warning(
            f"The sessions are in the cache {settings.SESSION_CACHE_ALIAS!r}, a LocMemCache: each "
            "process has sessions of its own, and a logout in one is none in the others.",
            hint="Share one cache between all processes, or choose session_merge.django.db.",
            id="session_merge.W008",
        )
    elif _drops_sessions(engine, cache):
        yield Warning(
            f"The sessions are in the cache {settings.SESSION_CACHE_ALIAS!r}, which keeps "
            f"{cache._max_entries} entries and drops others to make room, expired or not.",
            hint="Set 'MAX_ENTRIES' in the OPTIONS of the cache to more than there ever are.",
            id="session_merge.W011",
        )
    if _observes():
        yield Warning(
            "SESSION_MERGE['mode'] is 'observe': updates that are lost are told of, and lost.",
            hint="Take it out when you have seen enough.",
            id="session_merge.W009",
        )
    if issubclass(engine, FileSession) and not getattr(settings, "SESSION_FILE_PATH", None):
        yield Warning(
            "The sessions are in the system's folder for temporary files, which one machine has "
            "for itself and may empty.",
            hint="Set SESSION_FILE_PATH.",
            id="session_merge.W010",
        )


def _salt(engine: Any) -> Iterator[CheckMessage]:
    salt = object.__new__(engine).key_salt
    if salt != DJANGOS_SALT:
        yield Warning(
            f"The engine {settings.SESSION_ENGINE!r} signs sessions with the salt {salt!r}, and "
            "Django's engines with another: sessions that those have stored count as empty, and "
            "its own will if you switch back.",
            hint="Call the class SessionStore, at the top level of its module: Django makes the "
            "salt of the class's name.",
            id="session_merge.W003",
        )


def _serializer() -> Iterator[CheckMessage]:
    if bytes(import_string(settings.SESSION_SERIALIZER)().dumps({})).startswith(PICKLE):
        yield Warning(
            f"SESSION_SERIALIZER, {settings.SESSION_SERIALIZER!r}, pickles sessions: whoever knows "
            "SECRET_KEY or can write to the store can run code here.",
            hint="Use django.contrib.sessions.serializers.JSONSerializer. Its sessions merge as "
            "text, digit for digit.",
            id="session_merge.W004",
        )


def _transactions(alias: str) -> Iterator[CheckMessage]:
    vendor, options = connections[alias].vendor, connections.settings[alias]["OPTIONS"]
    level = _level(options.get("isolation_level"))
    if level in SNAPSHOT_LEVELS.get(vendor, ()):
        yield Warning(
            f"The database {alias!r} of the sessions has ATOMIC_REQUESTS and the isolation level "
            f"{level.replace('_', ' ')}: where a view itself saves the session, as login() does, "
            "and another request has saved it since the view began, the database refuses.",
            hint="Use READ COMMITTED, Django's own choice, or repeat requests that fail so.",
            id="session_merge.W005",
        )
    is_deferred = str(options.get("transaction_mode") or "DEFERRED").upper() == "DEFERRED"
    if vendor == "sqlite" and is_deferred:
        yield Warning(
            f"The SQLite database {alias!r} of the sessions has ATOMIC_REQUESTS, and transactions "
            "that begin by reading: where a view itself saves the session, as login() does, and "
            "anybody has written since the view began, SQLite says at once that it is locked.",
            hint="Add 'transaction_mode': 'IMMEDIATE' to the OPTIONS of the database.",
            id="session_merge.W006",
        )


def _level(level: Any) -> str:
    """Return the name of an isolation level: PostgreSQL's are members of an enumeration."""
    if isinstance(level, int):
        from django.db.backends.postgresql.psycopg_any import IsolationLevel

        level = IsolationLevel(level).name
    return str(level or "").upper().replace(" ", "_")


def _other_engine() -> CheckMessage:
    return Warning(
        f"There is a SESSION_MERGE, but SESSION_ENGINE is {settings.SESSION_ENGINE!r}, which does "
        "not merge: updates are lost as ever.",
        hint="Choose session_merge.django.db, .cached_db, .cache or .file.",
        id="session_merge.W007",
    )


def _cache(engine: Any) -> Any:
    """Return the cache that an engine keeps sessions, or copies of them, in; None without one."""
    return caches[settings.SESSION_CACHE_ALIAS] if hasattr(engine, "cache_key_prefix") else None


def _has_rows(engine: Any) -> bool:
    return hasattr(engine, "get_model_class")


def _database(engine: Any) -> str | None:
    """Return the alias of the database in which sessions are written; None without one."""
    if _has_rows(engine):
        return str(router.db_for_write(engine.get_model_class()))
    cache = _cache(engine)
    if isinstance(cache, BaseDatabaseCache):
        return str(router.db_for_write(cache.cache_model_class))
    if cache is not None or issubclass(engine, FileSession):
        return None
    try:
        store = engine().merge_store()  # an engine of a way of its own
    except ImproperlyConfigured:
        return None  # it is told of as an error
    return store.using if isinstance(store, RowStore) else None


def _drops_sessions(engine: Any, cache: Any) -> bool:
    is_soon_full = isinstance(cache, CULLING) and cache._max_entries <= DJANGOS_MOST
    return is_soon_full and not _has_rows(engine)


def _observes() -> bool:
    try:
        return get_config().observe
    except ImproperlyConfigured:
        return False  # it is told of as an error
