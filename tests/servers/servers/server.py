"""What all private servers have in common: a process, a folder, a port, and how they end."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, TypeVar

Command = list[str | Path]
AnyServer = TypeVar("AnyServer", bound="Server")

ATTEMPTS = 5
START_SECONDS = 60
STOP_SECONDS = 30
# Below the ports that the system gives to outgoing connections, of which a test may make thousands:
# one of them could otherwise sit on a server's port while it restarts.
PORTS = range(20000, 32000)


class Missing(unittest.SkipTest):
    """The server is not installed here. Test runners skip the test, with this reason."""


class RequiredError(RuntimeError):
    """The server is not installed here, and REQUIRE_ALL=1 says that it has to be."""


class Server:
    """One server process. A subclass says how it is set up, started, and asked for life."""

    name: str
    user: str
    """The Debian user that it runs as when root starts it."""
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.port = 0
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    # What a subclass defines.

    @property
    def url(self) -> str:
        """Where a client finds the server."""
        raise NotImplementedError

    def programs(self) -> list[Path]:
        """Return the programs needed; raise ``Missing`` if there are none."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the data folder, once."""

    def command(self) -> Command:
        """Return the command that runs the server in the foreground."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Return whether the server answers."""
        raise NotImplementedError

    # What a test uses.

    def __enter__(self: AnyServer) -> AnyServer:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        """The temporary folder that holds all the server writes."""
        assert self._folder is not None, "not started"
        return self._folder

    @property
    def pid(self) -> int:
        """The process id of the server."""
        assert self._process is not None, "not running"
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers: for the first time, or after ``kill()``."""
        if self._folder is None:
            self._check()
            self._make_folder()
            try:
                self.prepare()
                self._start_on_a_free_port()
            except BaseException:
                self.stop()
                raise
        else:
            self._start_again()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL). Its data stay."""
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """Kill the server and start it again, with the same port and data."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End the server in its own good order and remove its folder."""
        try:
            if self._process is not None:
                self._signal(self.stop_signal)
        finally:
            if self._folder is not None:
                shutil.rmtree(self._folder)
                self._folder = None

    # How it is done.

    def run_to_end(self, command: Command, text: str = "") -> None:
        """Run one of the server's tools, as the server's user; raise with its output if it fails.

        ``text`` is what it reads as its standard input.
        """
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, cwd=self.folder,
            timeout=START_SECONDS, **self._identity(),
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.name}: {command[0]} failed: {done.stdout}{done.stderr}")

    def ask(self, question: bytes) -> bytes:
        """Send a line to the server and return the beginning of the answer; empty if none comes."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(question)
                return connection.recv(64)
        except OSError:
            return b""

    def _check(self) -> None:
        try:
            self.programs()
            if os.geteuid() == 0 and not self._user_exists():
                raise Missing(f"{self.name}: there is no user {self.user!r} to run it as")
        except Missing as reason:
            if os.environ.get("REQUIRE_ALL") == "1":
                raise RequiredError(str(reason)) from None
            raise

    def _user_exists(self) -> bool:
        return any(entry.pw_name == self.user for entry in pwd.getpwall())

    def _identity(self) -> dict[str, Any]:
        """Return whom to run as: some servers refuse to run as root."""
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _make_folder(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, self.user)

    def _start_on_a_free_port(self) -> None:
        """Start the server; on another port if somebody else took the first one meanwhile."""
        for _ in range(ATTEMPTS):
            self.port = _free_port()
            if self._run():
                return
        raise RuntimeError(f"{self.name} did not start: {self._log_end()}")

    def _start_again(self) -> None:
        """Start the server on its port; try again while what was killed is not quite gone."""
        for _ in range(ATTEMPTS):
            if self._run():
                return
            time.sleep(0.2)
        raise RuntimeError(f"{self.name} did not start again: {self._log_end()}")

    def _run(self) -> bool:
        """Start the process and return whether it came to life (not if it ended at once)."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self._identity(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None:
            if self.is_ready():
                return True
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} gives no answer: {self._log_end()}")
            time.sleep(0.05)
        self._process = None
        return False

    def _signal(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        assert process is not None, "not running"
        process.send_signal(number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _log_end(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def find_program(name: str, *folders: Path) -> Path:
    """Return a program, from these folders or the PATH; raise ``Missing`` if there is none."""
    places = [*map(str, folders), os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise Missing(f"{name} is not installed")
    return Path(found)


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
