"""The project under gunicorn, and its Celery worker, as processes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from celery import Celery
from celery.result import AsyncResult
from private_servers import gunicorn, running
from stores import Settings

PROJECT = Path(__file__).resolve().parent / "project"
PATIENCE = 120
POLLING = 0.005


def environment(settings: Settings, queue: str) -> dict[str, str]:
    """Return the environment in which the project has these settings."""
    return {**os.environ, "LAB_SETTINGS": json.dumps(settings), "LAB_QUEUE": queue}


@contextmanager
def serve(environ: dict[str, str], workers: int, threads: int, folder: str) -> Iterator[int]:
    """Run the project on a free port of the loopback interface; give the port."""
    subprocess.run(
        [sys.executable, "lab_settings.py"], cwd=PROJECT, env=environ, check=True, timeout=PATIENCE
    )
    flags = [f"--workers={workers}", f"--threads={threads}", "--preload"]
    flags += ["--log-level=critical", f"--timeout={PATIENCE}"]
    with gunicorn("lab_views:application", folder, *flags, cwd=PROJECT, env=environ) as site:
        yield site[0]


class Worker:
    """A Celery worker with as many processes as the site answers requests at once."""

    def __init__(self, environ: dict[str, str], concurrency: int) -> None:
        queue = environ["LAB_QUEUE"]
        self._app = Celery(broker=queue, backend=queue)
        command = ["-m", "celery", "--app=tasks", "worker", "--pool=prefork"]
        command += [f"--concurrency={concurrency}", "--loglevel=CRITICAL"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        # It warns of being run by root, and greets.
        quiet = {**environ, "PYTHONWARNINGS": "ignore"}
        self._until = ExitStack()
        self._until.enter_context(
            running(command, cwd=PROJECT, env=quiet, stdout=subprocess.DEVNULL)
        )
        self._until.callback(self._app.close)

    def wait_for(self, task: str) -> None:
        """Wait until a task has ended, in whatever way."""
        result, deadline = AsyncResult(task, app=self._app), time.monotonic() + PATIENCE
        while not result.ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"a task is {result.state} after {PATIENCE} seconds")
            time.sleep(POLLING)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *error: object) -> None:
        self._until.close()
