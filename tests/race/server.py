"""The project under gunicorn, with processes and a database of its own, on a free port."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
from serving import gunicorn

PROJECT = Path(__file__).resolve().parent / "project"


@contextmanager
def serve(engine: str, workers: int) -> Iterator[int]:
    """Run the project with this session engine; give the port on the loopback interface."""
    with tempfile.TemporaryDirectory(prefix="race-") as folder:
        environment = {
            **os.environ,
            "RACE_ENGINE": engine,
            "RACE_DATABASE": str(Path(folder) / "race.sqlite3"),
        }
        subprocess.run(
            [sys.executable, "shop.py"], cwd=PROJECT, env=environment, check=True, timeout=60
        )
        flags = [f"--workers={workers}", "--log-level=warning"]
        with gunicorn("shop:application", folder, *flags, cwd=PROJECT, env=environment) as site:
            yield site[0]
