"""What is in ``tests/servers``, which is not installed anywhere."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
from databases import Settings, in_file, on_server
from servers import SERVERS, Missing, Server
from serving import gunicorn

__all__ = [
    "SERVERS",
    "Missing",
    "Server",
    "Settings",
    "gunicorn",
    "in_file",
    "on_server",
]
