"""A private PostgreSQL."""

import os
import signal
import subprocess
from pathlib import Path

from servers.server import Command, Server, find_program

VERSIONS = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs, one folder a version, out of the PATH."""


class PostgreSQL(Server):
    """A cluster of its own, with the empty database ``sessions``; its superuser has no password."""

    name = "postgresql"
    user = "postgres"
    stop_signal = signal.SIGINT  # ends connections; SIGTERM would wait for the clients to leave

    @property
    def url(self) -> str:
        """Where a client finds the database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/sessions"

    def programs(self) -> list[Path]:
        """Return initdb, postgres and pg_isready."""
        return [_program(name) for name in ("initdb", "postgres", "pg_isready")]

    def prepare(self) -> None:
        """Make the cluster and the database."""
        initdb, postgres, _ = self.programs()
        data = self.folder / "data"
        self.run_to_end(
            [initdb, "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
             "--locale=C", "--no-sync"]
        )  # fmt: skip
        self.run_to_end([postgres, "--single", "-D", data, "postgres"], "CREATE DATABASE sessions")

    def command(self) -> Command:
        """Return the command that runs the server in the foreground."""
        return [
            self.programs()[1], "-D", self.folder / "data", "-k", self.folder,
            "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Return whether it takes connections, as it does not while it recovers from a crash."""
        return takes_connections(self.port)

    def kill(self) -> None:
        """Kill all processes of the cluster at once.

        Those that serve connections would outlive the first process for a while, and while they
        do, no other may open the data.
        """
        os.kill(self.pid, signal.SIGSTOP)  # so that it starts no further ones
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        super().kill()
        for child in map(int, children):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it saw that the first process is gone, and went too


def takes_connections(port: int) -> bool:
    """Return whether a PostgreSQL, or what speaks for one, takes connections at this port."""
    question: Command = [_program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
    return subprocess.run(question, check=False).returncode == 0


def _program(name: str) -> Path:
    return find_program(name, *sorted(VERSIONS.glob("*/bin"), key=_version, reverse=True))


def _version(folder: Path) -> float:
    return float(folder.parent.name)
