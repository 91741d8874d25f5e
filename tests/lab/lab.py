"""Measures every fix for lost updates that is in circulation, and ours, under the same load.

    python tests/lab/lab.py [--stores sqlite ...] [--fixes atomic ...] [--requests 80] [--turns 3]

Clients share one session; each request adds a key of its own, counts, and appends to a list, with
some work between reading the session and writing it. Every fix runs on every store that it exists
on. Only a run of everything is recorded: in docs/lab/, and in the figures of docs/fixes.md.

Exits with 1 if session-merge lost or doubled an update, or failed to answer; and if Django's own
engine lost none in the whole run, for then the load shows nothing.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

import record
from fixes import BY_NAME, EVERYWHERE, FIXES, STOCK, Fix
from measuring import Cell, Plan, measure
from private_servers import SERVERS, Missing
from stores import STORES

FORMAT = "{:<12}{:<19}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>10}"
HEADER = ("store", "fix", "threads", "work", "acked", "lost", "errors", "req/s", "to stock")


def main() -> int:
    """Run the lab; return the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, _leave)
    plan, fixes = _plan(options), _fixes(options.fixes)
    print(FORMAT.format(*HEADER), flush=True)
    cells: list[Cell] = []
    skipped = 0
    for store in STORES:
        if store.name not in options.stores:
            continue
        with ExitStack() as running:
            try:
                urls = {name: running.enter_context(SERVERS[name]()).url for name in store.servers}
            except Missing as reason:
                print(f"SKIPPED {store.name}: {reason}", flush=True)
                skipped += 1
                continue
            for cell in measure(store, fixes, plan, urls):
                print(_line(cell), flush=True)
                cells.append(cell)
    if not skipped and _is_everything(options):
        record.keep(cells, plan)
    return _verdict(cells)


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave all ``with`` blocks when told to terminate, so that nothing is left running."""
    sys.exit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])

    def option(
        name: str, kind: Callable[[str], object], default: str, text: str, many: bool = False
    ) -> None:
        variable = f"LAB_{name.upper().replace('-', '_')}"
        given = os.environ.get(variable, default)
        words = [kind(word) for word in given.split()]
        parser.add_argument(
            f"--{name}", type=kind, default=words if many else words[0],
            nargs="+" if many else None, help=f"{text} (or {variable}; {given})",
        )  # fmt: skip

    option("stores", str, " ".join(EVERYWHERE), "where sessions are kept", many=True)
    option("fixes", str, " ".join(BY_NAME), "what to measure", many=True)
    option("threads", int, "1 4", "threads of each process", many=True)
    option("work-ms", float, "0 10", "milliseconds between reading and writing", many=True)
    option("processes", int, "2", "gunicorn worker processes")
    option("clients", int, "8", "clients at once")
    option("requests", int, "80", "requests of each turn")
    option("turns", int, "3", "turns of each fix")
    return parser.parse_args()


def _is_everything(options: argparse.Namespace) -> bool:
    return (
        set(options.stores) == set(EVERYWHERE)
        and set(options.fixes) == set(BY_NAME)
        and set(options.threads) >= {1, 4}
        and set(options.work_ms) >= {0, 10}
    )


def _plan(options: argparse.Namespace) -> Plan:
    return Plan(
        options.processes, options.threads, options.work_ms, options.clients, options.requests,
        options.turns,
    )  # fmt: skip


def _fixes(names: list[str]) -> list[Fix]:
    """Return the fixes asked for, and Django's own engine, which all others are compared with."""
    return [fix for fix in FIXES if fix.name in names or fix is STOCK]


def _line(cell: Cell) -> str:
    return FORMAT.format(
        cell.store, cell.fix, cell.threads, f"{cell.work_ms:g} ms", cell.acknowledged, cell.lost,
        cell.errors, f"{cell.per_second:.0f}", f"{cell.to_stock:.2f}",
    )  # fmt: skip


def _verdict(cells: list[Cell]) -> int:
    failed = False
    for cell in cells:
        if BY_NAME[cell.fix].merging and (cell.lost or cell.surplus or cell.errors):
            print(
                f"{cell.fix} on {cell.store}, {cell.threads} threads, {cell.work_ms:g} ms: lost "
                f"{cell.lost}, {cell.surplus} too many, {cell.errors} errors"
            )
            failed = True
    if not any(cell.lost for cell in cells if cell.fix == STOCK.name):
        print("Django's engine lost nothing: the requests never met, and this shows nothing.")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
