"""A private Redis."""

import re
import subprocess
from pathlib import Path

from servers.server import Command, Missing, Server, find_program

OLDEST = 5


class Redis(Server):
    """A server of its own that has written down what it acknowledges, and so loses nothing."""

    name = "redis"
    user = "redis"

    @property
    def url(self) -> str:
        """Where a client finds the server."""
        return f"redis://127.0.0.1:{self.port}/0"

    def programs(self) -> list[Path]:
        """Return redis-server, if it is not too old."""
        program = find_program("redis-server")
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        version = re.search(r"v=(\d+)", answer.stdout)
        if version is None or int(version[1]) < OLDEST:
            raise Missing(f"redis-server is older than version {OLDEST}")
        return [program]

    def command(self) -> Command:
        """Return the command that runs the server in the foreground."""
        return [
            *self.programs(), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.folder,
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Return whether it answers a ping, as it does not while it reads its file."""
        return self.ask(b"PING\r\n").startswith(b"+PONG")
