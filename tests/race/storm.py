"""Clients that share one session cookie and all write to the session at once."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count


@dataclass
class Outcome:
    """What the clients were told, and what was in the session afterwards."""

    sent: int
    seconds: float
    acknowledged: list[str] = field(default_factory=list)
    merged: int = 0
    session: dict[str, object] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Acknowledged requests per second."""
        return len(self.acknowledged) / self.seconds

    @property
    def keys_lost(self) -> int:
        """Acknowledged requests whose key is not in the session."""
        return sum(name not in self.session for name in self.acknowledged)

    @property
    def increments_lost(self) -> int:
        """Acknowledged increments that are missing; negative if some were counted twice."""
        counted = int(str(self.session["count"]))
        return len(self.acknowledged) - counted if counted <= self.sent else self.sent - counted

    @property
    def entries_lost(self) -> int:
        """Acknowledged entries that are not in the list."""
        log = self.session["log"]
        assert isinstance(log, list)
        return len(set(self.acknowledged) - set(log))

    @property
    def lossless(self) -> bool:
        """Whether all that was acknowledged is there, once."""
        counted_right = len(self.acknowledged) <= int(str(self.session["count"])) <= self.sent
        return counted_right and not self.keys_lost and not self.entries_lost


def storm(
    port: int, clients: int, requests: int, work_ms: float, progress: Callable[[int], None]
) -> Outcome:
    """Send this many requests from this many clients at once and read the session afterwards."""
    response, _ = _get(port, "/start", "")
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    for _ in range(8 * clients):  # let every worker load the project before the clock starts
        _get(port, "/show", cookie)
    outcome = Outcome(sent=requests, seconds=0)
    numbers, lock = count(), threading.Lock()

    def client() -> None:
        while (number := next(numbers)) < requests:
            name = f"key{number}"
            try:
                response, _ = _get(port, f"/add?name={name}&work={work_ms / 1000}", cookie)
            except OSError:
                continue
            with lock:
                if response.status == http.client.OK:
                    outcome.acknowledged.append(name)
                    outcome.merged += int(response.getheader("X-Merged") or 0)
                progress(len(outcome.acknowledged))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - began
    outcome.session = json.loads(_get(port, "/show", cookie)[1])
    return outcome


def _get(port: int, path: str, cookie: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
