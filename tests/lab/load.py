"""Clients that share one session cookie and all change the session at once."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

PATIENCE = 60


@dataclass
class Outcome:
    """What the clients were told, and what was in the session afterwards."""

    sent: int
    acknowledged: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    seconds: float = 0
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """Requests that were not answered by 200."""
        return self.sent - len(self.acknowledged)

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
        """How much the counter lags behind what was acknowledged.

        It may be ahead: a request that failed after its save has been counted.
        """
        return max(0, len(self.acknowledged) - self.session.get("count", 0))

    @property
    def entries_lost(self) -> int:
        """Acknowledged entries that are not in the list."""
        return len(set(self.acknowledged) - set(self.session.get("log", [])))

    @property
    def surplus(self) -> int:
        """How much the counter is ahead of what was sent: an update that was made twice."""
        return max(0, self.session.get("count", 0) - self.sent)


@dataclass(frozen=True)
class Load:
    """So many requests by so many clients."""

    clients: int
    requests: int
    work_ms: float


def run(port: int, path: str, load: Load, settle: Callable[[Outcome], None]) -> Outcome:
    """Let the clients loose on a new session and read it afterwards.

    ``settle`` waits for what the answers have only promised, and counts as time.
    """
    response, _ = _get(port, "/start", "")
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    for _ in range(load.clients):  # every worker opens its connections before the clock starts
        _get(port, "/show", cookie)
    outcome = Outcome(sent=load.requests)
    numbers, lock = count(), threading.Lock()

    def client() -> None:
        while (number := next(numbers)) < load.requests:
            name = f"key{number}"
            query = f"name={name}&work={load.work_ms / 1000}"
            try:
                response, body = _get(port, f"/{path}?{query}", cookie)
            except (OSError, http.client.HTTPException):
                continue  # counts as an error, for it was not acknowledged
            if response.status == http.client.OK:
                with lock:
                    outcome.acknowledged.append(name)
                    outcome.answers.append(body.decode())

    threads = [threading.Thread(target=client) for _ in range(load.clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(outcome)
    outcome.seconds = time.perf_counter() - began
    outcome.session = json.loads(_get(port, "/show", cookie)[1])
    return outcome


def _get(port: int, path: str, cookie: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
