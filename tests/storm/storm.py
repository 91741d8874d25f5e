"""Storms: many clients at once on few sessions, for every engine and store.

    python tests/storm/storm.py [--scale 1] [--only db/sqlite ...] [--mode calm ...]

For each engine and store, 4 client processes send 2,000 requests each (times ``--scale``), to one
session and then to 50, to a site under gunicorn; background writers join in. At the end every
operation is accounted for (``audit``).

- ``calm``: nothing is killed. Nothing may be lost, and every request must be answered.
- ``chaos``: a worker is killed every half second, and a server that keeps what it acknowledged
  once. Nothing acknowledged may be lost.
- ``stock``: the same as ``calm`` on Django's own engine, which must be caught losing updates:
  it shows that a storm can fail.
- ``observe``: the same in the mode that loses updates as Django does, and tells of each.

A storm without retries and conflicts proves nothing and fails.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from types import FrameType

import traffic
from audit import Problem, audit, count_kinds, unreported
from chaos import Chaos
from client import Client
from history import sessions_of
from operations import REFUSED, Journal, Operation, read_journals
from private_servers import SERVERS, Missing, Server
from running import Site, serve
from stores import POOLED, SETUPS, Setup

MODES = ("calm", "chaos", "stock", "observe")
SLOTS = (1, 50)
CLIENTS = 4
REQUESTS = 2000
WRITERS = 2
WORKERS = 4
LONGEST_WORK_MS = 6
FORMAT = "{:<26}{:<7}{:>3}{:>7}{:>7}{:>8}{:>8}{:>8}{:>10}{:>8}{:>7}{:>7}  {}"
HEADER = (
    "engine/store", "mode", "on", "sent", "acked", "refused", "failed", "merged", "conflicts",
    "retries", "probes", "req/s", "",
)  # fmt: skip


@dataclass(frozen=True)
class Storm:
    """One storm to come."""

    setup: Setup
    mode: str
    plan: traffic.Plan


@dataclass(frozen=True)
class Result:
    """What came of a storm."""

    operations: list[Operation]
    problems: list[Problem]
    seconds: float
    events: str

    @property
    def merges(self) -> int:
        """How many saves met somebody else's, and were merged."""
        return sum(len(one.merges) for one in self.operations)

    @property
    def conflicts(self) -> int:
        """How many members were changed by both."""
        return sum(merge["conflicts"] for one in self.operations for merge in one.merges)

    @property
    def retries(self) -> int:
        """How many times a save was tried once more."""
        return sum(merge["attempts"] - 1 for one in self.operations for merge in one.merges)

    @property
    def probes(self) -> int:
        """How many logouts were followed by a look at what the old cookie still shows."""
        logouts = (one for one in self.operations if one.kind == "logout")
        return sum(one.acknowledged and one.found for one in logouts)


def main() -> int:
    """Run the storms that the arguments name; return the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, _leave)
    failed = passed = skipped = 0
    print(FORMAT.format(*HEADER), flush=True)
    for setup in [*SETUPS, POOLED]:
        if setup.name not in options.only:
            continue
        with ExitStack() as running:
            try:
                servers = {name: running.enter_context(SERVERS[name]()) for name in setup.servers}
            except Missing as reason:
                print(f"SKIPPED {setup.name}: {reason}", flush=True)
                skipped += 1
                continue
            for storm in _storms(setup, options.mode, options.scale):
                result = rage(storm, servers)
                held = _report(storm, result)
                if options.journals:
                    _keep(options.journals, storm, result)
                passed += held
                failed += not held
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed + skipped else 0


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave all ``with`` blocks when told to terminate, so that nothing is left running."""
    sys.exit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    usual = [setup.name for setup in SETUPS]
    parser.add_argument("--scale", type=float, default=1, help="1 is 4 x 2,000 requests")
    parser.add_argument(
        "--only", nargs="+", choices=[*usual, POOLED.name], default=usual, metavar="ENGINE/STORE",
        help=f"if not given, all but {POOLED.name}",
    )  # fmt: skip
    parser.add_argument("--mode", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--journals", type=Path, help="keep the journals in this folder")
    return parser.parse_args()


def _storms(setup: Setup, modes: list[str], scale: float) -> list[Storm]:
    """Return the storms for a setup. What is in the memory of a process does not survive it."""
    storms = []
    for mode in modes:
        if mode == "chaos" and setup.one_process:
            continue
        for slots in SLOTS:
            if mode in ("stock", "observe") and slots > 1:
                continue
            plan = traffic.Plan(
                CLIENTS, int(REQUESTS * scale), WRITERS, slots, LONGEST_WORK_MS,
                one_process=setup.one_process, evicting=setup.engine == "cached_db",
            )  # fmt: skip
            storms.append(Storm(setup, mode, plan))
    return storms


def rage(storm: Storm, servers: dict[str, Server]) -> Result:
    """Run a storm on these servers and account for it."""
    setup, plan = storm.setup, storm.plan
    urls = {name: server.url for name, server in servers.items()}
    with (
        tempfile.TemporaryDirectory(prefix="storm-journals-") as folder,
        serve(setup, storm.mode, urls, WORKERS) as site,
    ):
        journals = Path(folder)
        with Journal(journals / "first.jsonl") as journal:
            first = Client("first", site, journal)
            slots = traffic.Slots([first.start() for _ in range(plan.slots)])
        began = time.monotonic()
        chaos = None
        if storm.mode == "chaos":
            half = plan.clients * plan.requests // 2
            server = servers.get(setup.restarts or "")
            chaos = Chaos(site, server, lambda: slots.uses >= half)
        with chaos or ExitStack():
            traffic.run(site, plan, slots, journals)
        seconds = time.monotonic() - began
        behind = chaos is not None and setup.loses_copies
        behind_until = _look_at_all(site, journals, save_before=behind)
        operations = read_journals(journals.iterdir())
    problems = audit(operations, calm=chaos is None, behind_until=behind_until)
    return Result(operations, problems, seconds, chaos.summary if chaos else "")


def _look_at_all(site: Site, journals: Path, *, save_before: bool) -> float:
    """See what is left in every session there ever was, the ended ones too.

    Return the time until when somebody may have seen less, because nobody had saved the session
    since its copy was left behind.
    """
    sessions = sessions_of(read_journals(journals.iterdir()))
    behind_until = -inf
    with Journal(journals / "final.jsonl") as journal:
        client = Client("final", site, journal)
        if save_before:
            behind_until = max(client.insist("add", key).answered for key in sessions)
        for key in sessions:
            client.insist("inspect", key)
    return behind_until


def _report(storm: Storm, result: Result) -> bool:
    """Print a line of the table and return whether the storm went as it must."""
    operations = result.operations
    problems = count_kinds(result.problems)
    told = ", ".join(f"{times} {kind}" for kind, times in problems.most_common())
    collided = bool(result.retries and result.conflicts)
    if storm.mode == "stock":
        held = _caught(problems)
        verdict = f"caught: {told}" if held else f"NOT CAUGHT losing updates: {told or 'nothing'}"
    elif storm.mode == "observe":
        silent = len(unreported(result.problems, operations))
        held = _caught(problems) and not silent
        verdict = f"told of all: {told}" if held else f"DID NOT TELL of {silent}: {told}"
    else:
        held = collided and not problems
        verdict = "lost nothing" if held else told or "NO COLLISIONS: this storm shows nothing"
    print(
        FORMAT.format(
            storm.setup.name, storm.mode, storm.plan.slots, len(operations),
            sum(one.acknowledged for one in operations),
            sum(one.status == REFUSED for one in operations),
            sum(one.failed for one in operations),
            result.merges, result.conflicts, result.retries, result.probes,
            f"{len(operations) / result.seconds:.0f}", f"{verdict}{result.events}",
        ),
        flush=True,
    )  # fmt: skip
    return held


def _keep(folder: Path, storm: Storm, result: Result) -> None:
    """Write down all operations and problems, for somebody to find the cause."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{storm.setup.name.replace('/', '-')}-{storm.mode}-{storm.plan.slots}.json"
    record = {
        "problems": [asdict(problem) for problem in result.problems],
        "operations": [asdict(operation) for operation in result.operations],
    }
    (folder / name).write_text(json.dumps(record, indent=1))


def _caught(problems: Counter[str]) -> bool:
    return all(problems[kind] for kind in ("key lost", "list entry lost", "increments lost"))


if __name__ == "__main__":
    sys.exit(main())
