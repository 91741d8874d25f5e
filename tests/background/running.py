"""The site with all its processes: web servers, WebSocket server, and workers of tasks.

Every process writes its output into a file, for ``logs()``. The database server, Redis and their
addresses come from ``tests/servers``.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from examples import write_examples

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
from databases import on_server
from serving import listening, running

PROJECT = Path(__file__).resolve().parent / "project"
HAS_TASKS = find_spec("django.tasks") is not None
START_SECONDS = 60
Command = list[str]


@dataclass(frozen=True)
class Site:
    """Where the running site is."""

    http: int
    """The port of the web server."""
    websockets: int
    """The port of the WebSocket server."""
    redis: str
    folder: Path

    def logs(self) -> dict[str, str]:
        """Return what each process has written so far, by its name."""
        return {file.stem: file.read_text() for file in self.folder.glob("*.log")}


@contextmanager
def running_site(engine: str) -> Iterator[Site]:
    """Run the site on an engine, in a new database and a Redis that is emptied."""
    with ExitStack() as processes:
        folder = Path(processes.enter_context(tempfile.TemporaryDirectory(prefix="background-")))
        redis = os.environ["REDIS_URL"].rpartition("/")[0]
        settings = {
            "engine": engine,
            "redis": redis,
            "database": on_server(os.environ["POSTGRESQL_URL"]),
        }
        environment = {
            **os.environ,
            "DEPOT": json.dumps(settings),
            "DJANGO_SETTINGS_MODULE": "depot.settings",
            "PYTHONPATH": os.pathsep.join([str(PROJECT), str(folder)]),
            "PYTHONUNBUFFERED": "1",
        }
        write_examples(folder)
        _empty(redis)
        prepare = [sys.executable, "-m", "depot.prepare"]
        subprocess.run(prepare, cwd=folder, env=environment, check=True, timeout=120)
        ports = []
        for server in (_gunicorn, _uvicorn):
            listener = processes.enter_context(listening())
            ports.append(listener.getsockname()[1])
            descriptor = listener.fileno()
            command = server(descriptor, folder)
            processes.enter_context(_logged(command, environment, folder, pass_fds=[descriptor]))
        for worker in (_celery(), _db_worker()) if HAS_TASKS else (_celery(),):
            processes.enter_context(_logged(worker, environment, folder))
        site = Site(*ports, redis, folder)
        _wait_for_celery(site)
        yield site


def _gunicorn(descriptor: int, folder: Path) -> Command:
    command = ["-m", "gunicorn", "depot.wsgi:application", "--workers=2", "--timeout=120"]
    command += [f"--bind=fd://{descriptor}", "--no-control-socket"]
    return [*command, "--worker-tmp-dir", str(folder)]


def _uvicorn(descriptor: int, folder: Path) -> Command:
    return ["-m", "uvicorn", "depot.asgi:application", f"--fd={descriptor}", "--lifespan=off"]


def _celery() -> Command:
    return ["-m", "celery", "--app=depot", "worker", "--concurrency=2", "--loglevel=INFO", "-E"]


def _db_worker() -> Command:
    command = ["-m", "django", "db_worker", "--interval=0.05", "--no-startup-delay"]
    return [*command, "--no-reload", "--verbosity=2"]


@contextmanager
def _logged(
    command: Command, environment: dict[str, str], folder: Path, pass_fds: Sequence[int] = ()
) -> Iterator[None]:
    name = command[2] if command[1] == "django" else command[1]
    with (folder / f"{name}.log").open("wb") as log:
        options = {"cwd": folder, "env": environment, "pass_fds": pass_fds}
        options |= {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        with running(command, **options):
            yield


def _empty(url: str) -> None:
    import redis

    with redis.Redis.from_url(url) as client:
        client.flushall()


def _wait_for_celery(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while " ready." not in site.logs()["celery"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the Celery worker does not start: {site.logs()['celery']}")
        time.sleep(0.1)
