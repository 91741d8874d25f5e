"""Everybody at once on one session, and an account of what became of each update."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from running import HAS_TASKS, Site
from websockets.sync.client import connect

WAIT_SECONDS = 60


class Visitor:
    """A browser: it has a cookie, and sends requests and opens sockets with it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.cookie = ""
        self.key: str = self.get("/start")["key"]
        self.cookie = f"sessionid={self.key}"

    def get(self, path: str) -> dict:
        """Return what a page says; raise if it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self._site.http, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise RuntimeError(f"{path} answered {response.status}")
        is_json = "json" in (response.getheader("Content-Type") or "")
        return json.loads(text) if is_json else {}

    def socket(self, path: str):
        """Open a WebSocket."""
        return connect(
            f"ws://127.0.0.1:{self._site.websockets}{path}",
            additional_headers={"Cookie": self.cookie},
            open_timeout=60,
        )


@dataclass
class Outcome:
    """Which updates were acknowledged, by whom, and what the session holds in the end."""

    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    session: dict = field(default_factory=dict)
    merged: int = 0
    failed: int = 0
    seconds: float = 0

    @property
    def names(self) -> list[str]:
        """All that were acknowledged."""
        return [name for names in self.acknowledged.values() for name in names]

    @property
    def keys_lost(self) -> list[str]:
        """The acknowledged updates whose key is not there."""
        return [name for name in self.names if f"k{name}" not in self.session]

    @property
    def log_differs(self) -> Counter:
        """What the log has too few of or too many times, by name."""
        log, expected = Counter(self.session["log"]), Counter(self.names)
        return (log - expected) + (expected - log)

    @property
    def increments_lost(self) -> int:
        """How many acknowledged increments are missing; negative for too many."""
        return len(self.names) - self.session["count"]

    def __str__(self) -> str:
        by_way = ", ".join(
            f"{way} {len(names)}" for way, names in sorted(self.acknowledged.items())
        )
        return (
            f"{len(self.names)} updates in {self.seconds:.1f} s ({by_way}): {self.merged} merged, "
            f"{len(self.keys_lost)} keys, {self.increments_lost} increments and "
            f"{sum(self.log_differs.values())} entries lost"
        )


def rush(site: Site, each: int) -> Outcome:
    """Send so many updates by every way there is, all at once, and wait until all are done."""
    visitor, outcome = Visitor(site), Outcome()
    ways: dict[str, Callable[[Visitor, list[str]], None]] = {
        "request a": _by_requests("/add?"),
        "request b": _by_requests("/add?"),
        "socket, scope": _by_socket("/scope"),
        "socket, aedit": _by_socket("/edit"),
        "celery, own": _by_requests("/celery?"),
        "celery, ready": _by_requests("/celery?ready=1&"),
    }
    if HAS_TASKS:
        ways["django, own"] = _by_requests("/django?")
        ways["django, ready"] = _by_requests("/django?ready=1&")
    before, began = visitor.get("/progress"), time.perf_counter()
    errors = _at_once([_worker(visitor, outcome, *item, each) for item in enumerate(ways.items())])
    if errors:
        raise errors[0]
    tasks = {kind: sum(kind in way for way in ways) * each for kind in ("celery", "django")}
    after = await_tasks(visitor, before, tasks)
    outcome.seconds = time.perf_counter() - began
    outcome.failed = sum(after[f"{kind} failed"] - before[f"{kind} failed"] for kind in tasks)
    outcome.merged = after["merged"] - before["merged"]
    outcome.session = visitor.get("/show")
    return outcome


def await_tasks(
    visitor: Visitor, before: dict[str, int], expected: dict[str, int]
) -> dict[str, int]:
    """Wait until so many tasks more than before are done or have failed; return all counts."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        after = visitor.get("/progress")
        ended = {
            kind: sum(
                after[f"{kind} {end}"] - before[f"{kind} {end}"] for end in ("done", "failed")
            )
            for kind in expected
        }
        if ended == expected:
            return after
        if time.monotonic() > deadline:
            raise TimeoutError(f"of the tasks {expected} these ended: {ended}")
        time.sleep(0.1)


def _worker(visitor: Visitor, outcome: Outcome, place: int, item: tuple, each: int):
    way, send = item
    names = [f"{place}x{number}" for number in range(each)]

    def work() -> None:
        send(visitor, names)
        outcome.acknowledged[way] = names

    return work


def _by_requests(path: str) -> Callable[[Visitor, list[str]], None]:
    def send(visitor: Visitor, names: list[str]) -> None:
        for name in names:
            visitor.get(f"{path}name={name}")

    return send


def _by_socket(path: str) -> Callable[[Visitor, list[str]], None]:
    def send(visitor: Visitor, names: list[str]) -> None:
        with visitor.socket(path) as socket:
            for name in names:
                socket.send(json.dumps({"name": name}))
                answer = json.loads(socket.recv(timeout=60))
                assert answer == {"done": name}, answer

    return send


def _at_once(works: list[Callable[[], None]]) -> list[BaseException]:
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # it is raised in the main thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
