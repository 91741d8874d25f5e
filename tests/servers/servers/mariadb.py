"""A private MariaDB."""

import subprocess
from pathlib import Path

from servers.server import Command, Server, find_program


class MariaDB(Server):
    """A server of its own, with the empty database ``sessions``; its root has no password."""

    name = "mariadb"
    user = "mysql"

    @property
    def url(self) -> str:
        """Where a client finds the database."""
        return f"mysql://root@127.0.0.1:{self.port}/sessions"

    def programs(self) -> list[Path]:
        """Return mariadb-install-db, mariadbd and mariadb-admin."""
        return list(map(find_program, ("mariadb-install-db", "mariadbd", "mariadb-admin")))

    def prepare(self) -> None:
        """Make the data folder, and the script that makes the database."""
        self.run_to_end(
            [self.programs()[0], "--no-defaults", f"--datadir={self.folder / 'data'}",
             "--auth-root-authentication-method=normal", "--skip-test-db"]
        )  # fmt: skip
        script = "CREATE DATABASE IF NOT EXISTS sessions CHARACTER SET utf8mb4;\n"
        (self.folder / "init.sql").write_text(script)

    def command(self) -> Command:
        """Return the command that runs the server in the foreground."""
        return [
            self.programs()[1], "--no-defaults", f"--datadir={self.folder / 'data'}",
            f"--init-file={self.folder / 'init.sql'}", f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}", f"--tmpdir={self.folder}",
            "--bind-address=127.0.0.1", f"--port={self.port}", "--max-connections=200",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Return whether it answers a ping."""
        ping: Command = [
            self.programs()[2], "--no-defaults", "--host=127.0.0.1", f"--port={self.port}",
            "--user=root", "--connect-timeout=2", "ping",
        ]  # fmt: skip
        return subprocess.run(ping, capture_output=True, check=False).returncode == 0
