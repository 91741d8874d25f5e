"""What the clients of a storm do: one thing after the other, at once, to sessions they share.

A *slot* is a session that all clients use, as the tabs of a browser do; its cookie is in memory
that they share. A login gives the slot another cookie, a logout another session.
"""

import ctypes
import multiprocessing
import random
import time
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from client import PAUSE, BackgroundClient, Client
from operations import Journal, Operation
from running import Site, Writer

PROCESSES = multiprocessing.get_context("spawn")
USERS = 3
KINDS = {"add": 60, "drop": 12, "expire": 8, "show": 15, "login": 3, "logout": 2}
OUTSIDE = {"add": 75, "drop": 15, "expire": 10}
EVICTING = {**OUTSIDE, "evict": 100}
SAVED_TWICE = 0.1
LONGEST_KEY = 64
EXPIRY_STEP = 1000
PAUSE_OF_WRITERS = 0.01


@dataclass(frozen=True)
class Plan:
    """How large a storm is."""

    clients: int
    requests: int
    """For each client."""
    writers: int
    slots: int
    work_ms: float
    """The longest time between reading a session and saving it."""
    one_process: bool
    """Whether the writers are threads of the web server."""
    evicting: bool
    """Whether the writers also evict sessions from the cache."""


class Cookie(ctypes.Structure):
    """A session key in memory that processes share."""

    _fields_ = (("text", ctypes.c_char * LONGEST_KEY),)


class Slots:
    """The cookies of the shared sessions, for all processes, and how often they were used."""

    def __init__(self, keys: list[str]) -> None:
        self._uses = PROCESSES.Value(ctypes.c_int)
        self._keys: Any = PROCESSES.RawArray(Cookie, len(keys))
        self._lock = PROCESSES.Lock()
        for slot, key in enumerate(keys):
            self._keys[slot].text = key.encode()

    def key(self, slot: int) -> str:
        """Return the cookie to use now, for one more use."""
        with self._lock:
            self._uses.value += 1
            value: bytes = self._keys[slot].text
            return value.decode()

    def replace(self, slot: int, old: str, new: str) -> None:
        """Let all use another cookie, unless somebody else was faster to say so."""
        with self._lock:
            if self._keys[slot].text == old.encode():
                self._keys[slot].text = new.encode()

    @property
    def uses(self) -> int:
        """How many cookies were asked for until now."""
        return int(self._uses.value)


class Visitor:
    """Somebody who does things at random."""

    def __init__(self, client: Client, number: int, plan: Plan, slots: Slots) -> None:
        self._client = client
        self._number = number
        self._plan = plan
        self._slots = slots
        self._dice = random.Random(number)
        self._expiries = 0
        self._added: dict[str, list[str]] = defaultdict(list)

    def act(self, kinds: dict[str, int]) -> None:
        """Do one thing."""
        slot = self._dice.randrange(self._plan.slots)
        key = self._slots.key(slot)
        (kind,) = self._dice.choices(list(kinds), list(kinds.values()))
        if kind == "drop" and not self._added[key]:
            kind = "add"
        operation = self._client.send(kind, key, **self._detail(kind, key))
        if operation.acknowledged:
            self._follow(operation, slot, key)
        elif operation.failed:
            time.sleep(PAUSE)
            if kind in ("login", "logout") and not self._client.insist("show", key).found:
                self._begin_again(slot, key)

    def _detail(self, kind: str, key: str) -> dict[str, str]:
        work = {"work": f"{self._dice.uniform(0, self._plan.work_ms) / 1000:.4f}"}
        if kind == "drop":
            names = self._added[key]
            return {"name": names.pop(self._dice.randrange(len(names))), **work}
        if kind == "expire":
            self._expiries += 1
            return {"age": str(EXPIRY_STEP * (100 * self._expiries + self._number)), **work}
        if kind == "login":
            return {"user": str(self._dice.randrange(USERS))}
        if kind == "add" and self._dice.random() < SAVED_TWICE:
            return {"twice": "1", **work}
        return work if kind == "add" else {}

    def _follow(self, operation: Operation, slot: int, key: str) -> None:
        if not operation.found:
            return  # the session has ended, and whoever ended it takes care of the slot
        if operation.kind == "add":
            self._added[key].append(operation.id)
        elif operation.kind == "login" and operation.new_key:
            self._slots.replace(slot, key, operation.new_key)
        elif operation.kind == "logout":
            self._client.insist("show", key)  # must not come back
            self._begin_again(slot, key)

    def _begin_again(self, slot: int, key: str) -> None:
        if self._slots.key(slot) == key:
            self._slots.replace(slot, key, self._client.start())


def _visit(number: int, site: Site, plan: Plan, slots: Slots, folder: Path) -> None:
    """Be one client process."""
    with Journal(folder / f"client{number}.jsonl") as journal:
        visitor = Visitor(Client(f"c{number}", site, journal), number, plan, slots)
        for _ in range(plan.requests):
            visitor.act(KINDS)


def _write(number: int, site: Site, plan: Plan, slots: Slots, folder: Path, end: Event) -> None:
    """Be one background writer, until the clients have finished."""
    with (
        Journal(folder / f"writer{number}.jsonl") as journal,
        nullcontext() if plan.one_process else Writer(site) as process,
    ):
        client = BackgroundClient(f"w{number}", site, journal, process)
        visitor = Visitor(client, plan.clients + number, plan, slots)
        for _ in range(plan.requests):
            if end.is_set():
                break
            visitor.act(EVICTING if plan.evicting else OUTSIDE)
            time.sleep(PAUSE_OF_WRITERS)


def run(site: Site, plan: Plan, slots: Slots, folder: Path) -> None:
    """Run all clients to their end."""
    end = PROCESSES.Event()
    writers = [
        PROCESSES.Process(target=_write, args=(number, site, plan, slots, folder, end))
        for number in range(plan.writers)
    ]
    clients = [
        PROCESSES.Process(target=_visit, args=(number, site, plan, slots, folder))
        for number in range(plan.clients)
    ]
    for process in writers + clients:
        process.daemon = True  # none outlives a storm that is broken off
        process.start()
    for process in clients:
        process.join()
    end.set()
    for process in writers:
        process.join()
    if any(process.exitcode for process in writers + clients):
        raise RuntimeError("a client of the storm failed")
