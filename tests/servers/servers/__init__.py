"""Private servers for tests: PostgreSQL, pgbouncer before one, MariaDB, Redis, Memcached.

Each is a process of its own on a free port of 127.0.0.1 with a temporary folder, and is gone, with
its data, when the ``with`` block ends:

    from servers import Redis

    with Redis() as server:
        server.url        # "redis://127.0.0.1:28431/0"
        server.restart()  # kill -9, then start again, with the same port and data

``start()``, which ``with`` calls, raises ``Missing`` where the server is not installed: a
``unittest.SkipTest``, so that unittest and pytest skip what needs it, with the reason. With
REQUIRE_ALL=1 it is a ``RequiredError`` instead, which nothing skips.

Nothing but the standard library is needed. The folder to put on ``sys.path`` is ``tests/servers``
and not ``tests``, in which the folder ``django`` would hide Django.
"""

from servers.mariadb import MariaDB
from servers.memcached import Memcached
from servers.pgbouncer import PgBouncer
from servers.postgresql import PostgreSQL
from servers.redis import Redis
from servers.server import Missing, RequiredError, Server

__all__ = [
    "SERVERS",
    "MariaDB",
    "Memcached",
    "Missing",
    "PgBouncer",
    "PostgreSQL",
    "Redis",
    "RequiredError",
    "Server",
]

SERVERS: dict[str, type[Server]] = {
    server.name: server for server in (PostgreSQL, PgBouncer, MariaDB, Redis, Memcached)
}
