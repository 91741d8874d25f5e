"""Django's settings for a database: of one of the private servers, or of SQLite in a file.

Nothing but the standard library is needed. The folder to put on ``sys.path`` is ``tests/servers``.
"""

from pathlib import Path
from urllib.parse import urlsplit

Settings = dict[str, object]


def on_server(url: str) -> Settings:
    """Return the settings for a server's database, with connections that persist."""
    parts = urlsplit(url)
    return {
        "ENGINE": f"django.db.backends.{parts.scheme}",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": str(parts.port),
        "CONN_MAX_AGE": None,
    }


def in_file(file: Path, timeout_seconds: int) -> Settings:
    """Return the settings for SQLite as it serves sites: with a write-ahead log, and patient."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": timeout_seconds,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
