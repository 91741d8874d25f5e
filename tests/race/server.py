"""The project under gunicorn, with processes and a database of its own, on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent / "project"


@contextmanager
def serve(engine: str, workers: int) -> Iterator[int]:
    """Run the project with this session engine; give the port on the loopback interface."""
    with tempfile.TemporaryDirectory(prefix="race-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        environment = {
            **os.environ,
            "RACE_ENGINE": engine,
            "RACE_DATABASE": str(Path(folder) / "race.sqlite3"),
        }
        subprocess.run(
            [sys.executable, "shop.py"], cwd=PROJECT, env=environment, check=True, timeout=60
        )
        command = [sys.executable, "-m", "gunicorn", "shop:application"]
        command += [f"--workers={workers}", f"--bind=fd://{listener.fileno()}"]
        command += ["--log-level=warning", "--no-control-socket", "--worker-tmp-dir", folder]
        server = subprocess.Popen(
            command, cwd=PROJECT, env=environment, pass_fds=[listener.fileno()]
        )
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
