"""The project under gunicorn, and its Celery worker, as processes of their own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery
from celery.result import AsyncResult
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
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        command = [sys.executable, "-m", "gunicorn", "lab_views:application", "--preload"]
        command += [f"--workers={workers}", f"--threads={threads}"]
        command += [f"--bind=fd://{listener.fileno()}", "--log-level=critical"]
        command += ["--no-control-socket", "--worker-tmp-dir", folder, f"--timeout={PATIENCE}"]
        process = subprocess.Popen(command, cwd=PROJECT, env=environ, pass_fds=[listener.fileno()])
        with _ending(process):
            yield listener.getsockname()[1]


class Worker:
    """A Celery worker with as many processes as the site answers requests at once."""

    def __init__(self, environ: dict[str, str], concurrency: int) -> None:
        queue = environ["LAB_QUEUE"]
        self._app = Celery(broker=queue, backend=queue)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app=tasks", "worker", "--pool=prefork",
             f"--concurrency={concurrency}", "--loglevel=CRITICAL",
             "--without-gossip", "--without-mingle", "--without-heartbeat"],
            # It warns of being run by root, and greets.
            cwd=PROJECT, env={**environ, "PYTHONWARNINGS": "ignore"}, stdout=subprocess.DEVNULL,
        )  # fmt: skip

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
        with _ending(self._process):
            self._app.close()


@contextmanager
def _ending(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
