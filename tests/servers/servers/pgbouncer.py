"""A private pgbouncer that pools transactions, with a private PostgreSQL behind it."""

from pathlib import Path

from servers.postgresql import PostgreSQL, takes_connections
from servers.server import Command, Server, find_program

SETTINGS = """\
[databases]
sessions = host=127.0.0.1 port={database_port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
"""


class PgBouncer(Server):
    """A pooler whose clients are many more than its connections to the database ``sessions``.

    A connection is a client's for one transaction, and then the next one's that asks.
    """

    name = "pgbouncer"
    user = "postgres"

    def __init__(self) -> None:
        super().__init__()
        self._database = PostgreSQL()

    @property
    def url(self) -> str:
        """Where a client finds the database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/sessions"

    def programs(self) -> list[Path]:
        """Return pgbouncer, and what its database needs."""
        return [find_program("pgbouncer"), *self._database.programs()]

    def prepare(self) -> None:
        """Start the database."""
        self._database.start()

    def command(self) -> Command:
        """Return the command that runs the pooler. Its port is in its settings and nowhere else."""
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(port=self.port, database_port=self._database.port), encoding="ascii"
        )
        return [self.programs()[0], "--quiet", settings]

    def is_ready(self) -> bool:
        """Return whether it takes connections."""
        return takes_connections(self.port)

    def stop(self) -> None:
        """End the pooler, then the database."""
        try:
            super().stop()
        finally:
            self._database.stop()
