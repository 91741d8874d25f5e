"""What goes wrong on purpose: workers are killed, and once the server that keeps the sessions."""

import os
import random
import signal
import threading
from collections.abc import Callable

from private_servers import Server
from running import Site

KILL_SECONDS = 0.5
LOOK_SECONDS = 0.05


class Chaos:
    """Kills a worker every half second for the time of a ``with`` block, and the server once.

    The server is killed in the middle of the storm: when ``is_time()`` says so.
    """

    def __init__(self, site: Site, server: Server | None, is_time: Callable[[], bool]) -> None:
        self._site = site
        self._is_time = is_time
        self._server = server
        self._end = threading.Event()
        self._kills = 0
        self._restarts = 0
        self._error: BaseException | None = None
        self._threads = [threading.Thread(target=self._guarded, args=[self._kill_workers])]
        if server is not None:
            self._threads.append(threading.Thread(target=self._guarded, args=[self._kill_server]))

    def __enter__(self) -> "Chaos":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()
        if self._error is not None:
            raise self._error
        if not self._kills or self._restarts != len(self._threads) - 1:
            raise RuntimeError("the storm was over before anything was killed")

    @property
    def summary(self) -> str:
        """What was killed, in words."""
        restarts = f", {self._server.name} killed once" if self._server else ""
        return f" ({self._kills} workers killed{restarts})"

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._error = error

    def _kill_workers(self) -> None:
        while not self._end.wait(KILL_SECONDS):
            worker = random.choice(self._site.workers())
            os.kill(worker, signal.SIGKILL)
            self._kills += 1

    def _kill_server(self) -> None:
        while not self._end.wait(LOOK_SECONDS):
            if self._is_time():
                assert self._server is not None
                self._server.restart()
                self._restarts += 1
                return
