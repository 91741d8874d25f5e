"""What is in ``tests/servers``, which is not installed anywhere."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
from databases import Settings, in_file, on_server
from servers import SERVERS, Missing
from serving import gunicorn, running

__all__ = [
    "SERVERS",
    "Missing",
    "Settings",
    "gunicorn",
    "in_file",
    "on_server",
    "running",
]
