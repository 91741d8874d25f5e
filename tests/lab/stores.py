"""The stores, and Django's settings for each."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fixes import Fix
from private_servers import Settings, in_file, on_server

MERGING = "session_merge.django"
STOCK = "django.contrib.sessions.backends"
RULES = {"/count": "counter", "/log": "append"}

Urls = dict[str, str]


@dataclass(frozen=True)
class Store:
    """Where a site keeps its sessions."""

    name: str
    title: str
    engine: str
    server: str | None = None
    """The private server that holds the sessions (tests/servers)."""

    @property
    def servers(self) -> list[str]:
        """What has to run: the store itself, and a Redis for the copies and for Celery's queue."""
        return sorted({"redis", self.server or "redis"})

    def settings(self, fix: Fix, urls: Urls, folder: Path) -> Settings:
        """Return the settings of a site that has this fix."""
        settings: Settings = {
            "SESSION_ENGINE": f"{MERGING if fix.merging else STOCK}.{self.engine}",
            "DATABASES": {"default": self._database(urls, folder)},
            "CACHES": {"default": self._cache(urls)},
        }
        if self.engine == "file":
            (folder / "sessions").mkdir(exist_ok=True)
            settings["SESSION_FILE_PATH"] = str(folder / "sessions")
        if fix.merging:
            settings["SESSION_MERGE"] = {"rules": RULES}
        return settings

    def _database(self, urls: Urls, folder: Path) -> Settings:
        if self.name in ("postgresql", "mariadb"):
            return on_server(urls[self.name])
        return in_file(folder / "lab.sqlite3", timeout_seconds=20)

    def _cache(self, urls: Urls) -> Settings:
        if self.name == "memcached":
            return {
                "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
                "LOCATION": urlsplit(urls["memcached"]).netloc,
            }
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": urls["redis"],
        }


STORES = [
    Store("sqlite", "SQLite", "db"),
    Store("postgresql", "PostgreSQL", "db", "postgresql"),
    Store("mariadb", "MariaDB", "db", "mariadb"),
    Store("redis", "Redis", "cache", "redis"),
    Store("memcached", "Memcached", "cache", "memcached"),
    Store("files", "files", "file"),
]
