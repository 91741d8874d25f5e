"""A private Memcached."""

from pathlib import Path

from servers.server import Command, Server, find_program


class Memcached(Server):
    """A server of its own, for TCP. What it holds is gone when it is killed."""

    name = "memcached"
    user = "nobody"

    @property
    def url(self) -> str:
        """Where a client finds the server."""
        return f"memcached://127.0.0.1:{self.port}"

    def programs(self) -> list[Path]:
        """Return memcached."""
        return [find_program("memcached")]

    def command(self) -> Command:
        """Return the command that runs the server in the foreground."""
        return [
            *self.programs(), "--listen=127.0.0.1", f"--port={self.port}", "--udp-port=0",
            "--memory-limit=64", "--conn-limit=512",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Return whether it tells its version."""
        return self.ask(b"version\r\n").startswith(b"VERSION")
