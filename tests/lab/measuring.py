"""Measures every fix on one store, in turns, so that they share what the machine is going through.

A turn lets each fix have one session and one load; the next turn begins with another fix. Of the
turns, counts are added up. Requests per second, and their ratio to Django's own engine in the same
turn, are medians.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fixes import STOCK, Fix
from load import Load, Outcome, run
from running import Worker, environment, serve
from stores import Store, Urls

WARMING_UP = 8


@dataclass(frozen=True)
class Plan:
    """What is asked for."""

    processes: int
    threads: list[int]
    work_ms: list[float]
    clients: int
    requests: int
    turns: int


@dataclass(frozen=True)
class Cell:
    """What one fix did on one store, with so many threads and so much work."""

    store: str
    fix: str
    threads: int
    work_ms: float
    sent: int
    acknowledged: int
    keys_lost: int
    increments_lost: int
    entries_lost: int
    surplus: int
    errors: int
    per_second: float
    to_stock: float

    @property
    def lost(self) -> int:
        """Updates that were acknowledged and are not there, by whichever sign shows most."""
        return max(self.keys_lost, self.increments_lost, self.entries_lost)


def measure(store: Store, fixes: list[Fix], plan: Plan, urls: Urls) -> Iterator[Cell]:
    """Yield the cells of a store as they are done."""
    here = [fix for fix in fixes if store.name in fix.stores]
    for threads in plan.threads:
        with ExitStack() as running:
            runners = _start(store, here, plan, threads, urls, running)
            for fix in here:
                runners[fix](Load(plan.clients, WARMING_UP, 0))
            for work_ms in plan.work_ms:
                load = Load(plan.clients, plan.requests, work_ms)
                turns = [_turn(here, number, runners, load) for number in range(plan.turns)]
                for fix in here:
                    yield _cell(store, fix, threads, work_ms, turns)


Runner = Callable[[Load], Outcome]
Turn = dict[Fix, Outcome]


def _start(
    store: Store, fixes: list[Fix], plan: Plan, threads: int, urls: Urls, running: ExitStack
) -> dict[Fix, Runner]:
    """Start the sites that the fixes need, at most two; return how each fix is put under load."""
    queue = urls["redis"].rpartition("/")[0] + "/1"
    ports: dict[bool, int] = {}
    runners: dict[Fix, Runner] = {}
    for fix in fixes:
        if fix.merging not in ports:
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="lab-"))
            environ = environment(store.settings(fix, urls, Path(folder)), queue)
            site = serve(environ, plan.processes, threads, folder)
            ports[fix.merging] = running.enter_context(site)
        settle: Callable[[Outcome], None] = _nothing_to_wait_for
        if fix.in_background:
            worker = running.enter_context(Worker(environ, plan.processes * threads))
            settle = _waiting_for(worker)
        runners[fix] = _runner(ports[fix.merging], fix.name, settle)
    return runners


def _runner(port: int, path: str, settle: Callable[[Outcome], None]) -> Runner:
    return lambda load: run(port, path, load, settle)


def _nothing_to_wait_for(outcome: Outcome) -> None:
    """All is done when it is answered."""


def _waiting_for(worker: Worker) -> Callable[[Outcome], None]:
    def settle(outcome: Outcome) -> None:
        for task in outcome.answers:
            worker.wait_for(task)

    return settle


def _turn(fixes: list[Fix], number: int, runners: dict[Fix, Runner], load: Load) -> Turn:
    first = number % len(fixes)
    return {fix: runners[fix](load) for fix in [*fixes[first:], *fixes[:first]]}


def _cell(store: Store, fix: Fix, threads: int, work_ms: float, turns: list[Turn]) -> Cell:
    mine = [turn[fix] for turn in turns]
    ratios = [turn[fix].per_second / turn[STOCK].per_second for turn in turns]
    return Cell(
        store.name, fix.name, threads, work_ms,
        sent=sum(one.sent for one in mine),
        acknowledged=sum(len(one.acknowledged) for one in mine),
        keys_lost=sum(one.keys_lost for one in mine),
        increments_lost=sum(one.increments_lost for one in mine),
        entries_lost=sum(one.entries_lost for one in mine),
        surplus=sum(one.surplus for one in mine),
        errors=sum(one.errors for one in mine),
        per_second=round(statistics.median(one.per_second for one in mine), 1),
        to_stock=round(statistics.median(ratios), 3),
    )  # fmt: skip
