"""The arena under gunicorn, with processes and folders of its own, on a free port."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from private_servers import gunicorn
from stores import Setup

PROJECT = Path(__file__).resolve().parent / "project"


@dataclass(frozen=True)
class Site:
    """Where the running arena is."""

    port: int
    master: int
    """The process id of gunicorn's master, whose children are the workers."""
    environment: dict[str, str]
    """With which a program of the project sees the same settings."""

    def workers(self) -> list[int]:
        """Return the process ids of the workers that run now."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return [int(child) for child in children.split()]


@contextmanager
def serve(setup: Setup, mode: str, urls: dict[str, str], workers: int) -> Iterator[Site]:
    """Run the arena on this setup. All that it stores outside of servers is in a new folder."""
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        settings = setup.settings(mode, urls, Path(folder))
        environment = {**os.environ, "STORM_SETTINGS": json.dumps(settings)}
        subprocess.run(
            [sys.executable, "arena_settings.py"],
            cwd=PROJECT, env=environment, check=True, timeout=120,
        )  # fmt: skip
        flags = ["--workers=1", "--threads=8"] if setup.one_process else [f"--workers={workers}"]
        flags += ["--preload", "--log-level=critical"]
        flags += ["--timeout=120"]  # a busy machine is no reason to kill a worker
        arena = gunicorn("arena:application", folder, *flags, cwd=PROJECT, env=environment)
        with arena as (port, master):
            yield Site(port, master.pid, environment)


class Writer:
    """A background writer: a process of the project that takes one operation at a time."""

    def __init__(self, site: Site) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "outside.py"], cwd=PROJECT, env=site.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def work(self, operation: dict[str, object]) -> dict[str, object]:
        """Have the operation done and return what became of it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(operation) + "\n")
        self._process.stdin.flush()
        answer: dict[str, object] = json.loads(self._process.stdout.readline())
        return answer

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error: object) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()
