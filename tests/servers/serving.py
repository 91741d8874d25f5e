"""Web servers and other processes that a test starts, and their end.

Nothing but the standard library is needed. The folder to put on ``sys.path`` is ``tests/servers``.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

STOP_SECONDS = 20


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Run Python with these arguments; at the end have it end, by force if it does not.

    ``options`` are those of ``Popen``.
    """
    process = subprocess.Popen([sys.executable, *command], **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen on a free port of 127.0.0.1, for a process that is handed the socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        listener.set_inheritable(True)
        yield listener


@contextmanager
def gunicorn(
    application: str, folder: str, *flags: str, **options: Any
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Run an application under gunicorn; give its port and gunicorn's master process.

    What gunicorn itself writes is in ``folder``. ``options`` are those of ``Popen``.
    """
    with listening() as listener:
        descriptor = listener.fileno()
        command = ["-m", "gunicorn", application, f"--bind=fd://{descriptor}"]
        command += ["--no-control-socket", "--worker-tmp-dir", folder, *flags]
        with running(command, pass_fds=[descriptor], **options) as master:
            yield listener.getsockname()[1], master
