"""Every engine with every store that a storm is run on, and the settings for each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from private_servers import Settings, in_file, on_server

MERGING = "session_merge.django"
STOCK = "django.contrib.sessions.backends"
RULES = {"/count": "counter", "/log": "append"}

Urls = dict[str, str]


@dataclass(frozen=True)
class Setup:
    """An engine and its store."""

    engine: str
    store: str
    servers: tuple[str, ...] = ()
    """The private servers that it needs (tests/servers)."""
    restarts: str | None = None
    """Which of them has written down all that it acknowledged, so that it may be killed."""
    loses_copies: bool = False
    """Whether that one holds nothing but copies, which may then be behind until the next save."""
    one_process: bool = False
    """Whether the sessions live in the memory of one web server process."""

    @property
    def name(self) -> str:
        """The name by which a storm is asked for."""
        return f"{self.engine}/{self.store}"

    def settings(self, mode: str, urls: Urls, folder: Path) -> Settings:
        """Return Django's settings for a mode of storms."""
        package = STOCK if mode == "stock" else MERGING
        settings: Settings = {
            "SESSION_MERGE": {"mode": "observe" if mode == "observe" else "merge", "rules": RULES},
            "SESSION_ENGINE": f"{package}.{self.engine}",
            "DATABASES": {"default": _database(self.store, urls, folder)},
        }
        for part in self.store.split("+"):
            if part in CACHES:
                settings["CACHES"] = {"default": CACHES[part](urls, folder)}
        if self.engine == "file":
            settings["SESSION_FILE_PATH"] = str(_make(folder / "sessions"))
        return settings


def _database(store: str, urls: Urls, folder: Path) -> Settings:
    for part in store.split("+"):
        if part in ("postgresql", "pgbouncer", "mariadb"):
            return {**on_server(urls[part]), "CONN_HEALTH_CHECKS": True}
    return in_file(folder / "storm.sqlite3", timeout_seconds=30)


def _memcached(client: str, **options: object) -> Callable[[Urls, Path], Settings]:
    def settings(urls: Urls, folder: Path) -> Settings:
        return {
            "BACKEND": f"django.core.cache.backends.memcached.{client}",
            "LOCATION": urlsplit(urls["memcached"]).netloc,
            **options,
        }

    return settings


def _make(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


ROOMY = {"MAX_ENTRIES": 100_000}
"""Django's own caches drop entries beyond 300, which is not what a storm is to find."""

CACHES: dict[str, Callable[[Urls, Path], Settings]] = {
    "locmem": lambda urls, folder: {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": ROOMY,
    },
    "redis": lambda urls, folder: {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": urls["redis"],
    },
    "django-redis": lambda urls, folder: {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": urls["redis"],
    },
    "pymemcache": _memcached("PyMemcacheCache"),
    "pylibmc": _memcached("PyLibMCCache", OPTIONS={"behaviors": {"cas": True}}),
    "database": lambda urls, folder: {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sessions_in_cache",
        "OPTIONS": ROOMY,
    },
    "files": lambda urls, folder: {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(_make(folder / "cache")),
        "OPTIONS": ROOMY,
    },
}

SETUPS = [
    Setup("db", "sqlite"),
    Setup("db", "postgresql", ("postgresql",), restarts="postgresql"),
    Setup("db", "mariadb", ("mariadb",)),
    Setup("cached_db", "sqlite+pymemcache", ("memcached",)),
    Setup("cached_db", "postgresql+redis", ("postgresql", "redis"), restarts="postgresql"),
    Setup("cached_db", "mariadb+redis", ("mariadb", "redis"), restarts="redis", loses_copies=True),
    Setup("cache", "locmem", one_process=True),
    Setup("cache", "redis", ("redis",), restarts="redis"),
    Setup("cache", "django-redis", ("redis",), restarts="redis"),
    Setup("cache", "pymemcache", ("memcached",)),
    Setup("cache", "pylibmc", ("memcached",)),
    Setup("cache", "database"),
    Setup("cache", "files"),
    Setup("file", "files"),
]

POOLED = Setup("db", "pgbouncer", ("pgbouncer",), restarts="pgbouncer")
"""PostgreSQL behind a pooler of transactions, where a lock of the connection is anybody's."""
