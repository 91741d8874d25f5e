"""The shop under gunicorn, with processes and a folder of its own, on a free port."""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from private_servers import gunicorn
from stores import Setup

PROJECT = Path(__file__).resolve().parent / "project"
WORKERS, THREADS = 4, 8
PATIENCE = 120


@dataclass(frozen=True)
class Answer:
    """What a view has said."""

    status: int
    text: str
    cookie: str


@dataclass(frozen=True)
class Shop:
    """Where the running shop is, and where it writes."""

    port: int
    folder: Path

    def post(self, view: str, session: str = "") -> Answer:
        """Ask a view, with this cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Cookie": f"sessionid={session}"} if session else {}
            connection.request("POST", f"/{view}", headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
            cookie = response.getheader("Set-Cookie", "").partition(";")[0]
            return Answer(response.status, text, cookie.partition("=")[2])
        finally:
            connection.close()

    def post_together(self, view: str, session: str, times: int) -> list[Answer]:
        """Ask a view so many times at once, with the same cookie."""
        together, answers = threading.Barrier(times), []

        def ask() -> None:
            together.wait(PATIENCE)
            answers.append(self.post(view, session))

        threads = [threading.Thread(target=ask) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def holder(self) -> int:
        """Wait for a process that is in a block, and return its id."""
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / "holder").exists() or not self._holder_line().endswith("\n"):
            if time.monotonic() > deadline:
                raise TimeoutError("nobody has entered the block")
            time.sleep(0.02)
        return int(self._holder_line())

    def _holder_line(self) -> str:
        return (self.folder / "holder").read_text()

    def take_charges(self) -> int:
        """Return how many charges there were since this was asked last."""
        file = self.folder / "charges"
        charges = file.read_bytes().count(b"\n") if file.exists() else 0
        file.unlink(missing_ok=True)
        return charges


@contextmanager
def serve(setup: Setup, urls: dict[str, str]) -> Iterator[Shop]:
    """Run the shop on this setup. All that it stores outside of servers is in a new folder."""
    with tempfile.TemporaryDirectory(prefix="locks-") as name:
        folder = Path(name)
        settings = setup.settings("calm", urls, folder)
        environment = {
            **os.environ,
            "SHOP_SETTINGS": json.dumps(settings),
            "CHARGES": str(folder / "charges"),
            "HOLDER": str(folder / "holder"),
        }
        subprocess.run(
            [sys.executable, "shop_settings.py"],
            cwd=PROJECT, env=environment, check=True, timeout=PATIENCE,
        )  # fmt: skip
        workers, threads = (1, WORKERS * THREADS) if setup.one_process else (WORKERS, THREADS)
        flags = [f"--workers={workers}", f"--threads={threads}", "--preload"]
        flags += ["--log-level=critical", f"--timeout={PATIENCE}", "--graceful-timeout=1"]
        with gunicorn("shop:application", name, *flags, cwd=PROJECT, env=environment) as site:
            yield Shop(site[0], folder)
