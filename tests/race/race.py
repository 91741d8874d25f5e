"""Race real HTTP requests for one session: on Django's engine, then on session-merge.

    python tests/race/race.py [--clients 4] [--requests 400] [--work-ms 10] [--runs 1]

Every request adds a key of its own to the session, increments a counter and appends to a list.
Exits with 1 if the session-merge run lost anything that was acknowledged. With several runs the
two engines take turns, and the median of their ratios of requests per second is printed.
Needs what ``requirements.txt`` lists, and ``session_merge`` installed.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable

from server import serve
from storm import Outcome, storm

STOCK = "django.contrib.sessions.backends.db"
MERGING = "session_merge.django.db"
BAR = 30


def main() -> int:
    """Run the race and print the table; return the exit status."""
    options = _options()
    lossless, ratios = True, []
    outcomes: dict[str, Outcome] = {}
    for run in range(1, options.runs + 1):
        engines = [STOCK, MERGING] if run % 2 else [MERGING, STOCK]
        for engine in engines:
            label = engine if options.runs == 1 else f"{run}/{options.runs} {engine}"
            with serve(engine, options.workers) as port:
                bar = _progress(label, options.requests)
                outcomes[engine] = storm(
                    port, options.clients, options.requests, options.work_ms, bar
                )
        merging = outcomes[MERGING]
        lossless = lossless and merging.lossless and bool(merging.acknowledged)
        ratios.append(merging.per_second / outcomes[STOCK].per_second)
        print(_table(outcomes), flush=True)
    if options.runs > 1:
        print(
            f"requests/s, session-merge to Django: median {statistics.median(ratios):.3f}", end=""
        )
        print(f" of {options.runs} runs ({', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))})")
    if not outcomes[STOCK].keys_lost:
        print("Django's engine lost nothing: the requests never met. Try more clients or work.")
    if not lossless:
        print("session-merge LOST acknowledged updates.")
    return 0 if lossless else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])

    def option(name: str, kind: Callable[[str], object], default: str, text: str) -> None:
        variable = f"RACE_{name.upper().replace('-', '_')}"
        default = os.environ.get(variable, default)
        text = f"{text} (or {variable}; {default})"
        parser.add_argument(f"--{name}", type=kind, default=default, help=text)

    option("clients", int, "4", "clients at once")
    option("requests", int, "400", "requests per engine")
    option("work-ms", float, "10", "milliseconds between reading the session and saving it")
    option("workers", int, "2", "gunicorn worker processes")
    option("runs", int, "1", "races, with the engines taking turns")
    return parser.parse_args()


def _progress(label: str, total: int) -> Callable[[int], None]:
    """Return a function that draws how many requests were acknowledged."""
    drawn = -1

    def draw(done: int) -> None:
        nonlocal drawn
        filled = BAR * done // total
        if sys.stderr.isatty() and (filled != drawn or done == total):
            drawn = filled
            bar = "█" * filled + "░" * (BAR - filled)
            end = "\n" if done == total else ""
            print(f"\r{label:40} {bar} {done}/{total}", end=end, file=sys.stderr, flush=True)
        elif done == total:
            print(f"{label:40} {done}/{total}", file=sys.stderr, flush=True)

    return draw


def _table(outcomes: dict[str, Outcome]) -> str:
    stock, merging = outcomes[STOCK], outcomes[MERGING]
    rows = [
        ("", "Django's db engine", "session-merge"),
        ("acknowledged requests", len(stock.acknowledged), len(merging.acknowledged)),
        ("keys lost", stock.keys_lost, merging.keys_lost),
        ("increments lost", stock.increments_lost, merging.increments_lost),
        ("list entries lost", stock.entries_lost, merging.entries_lost),
        ("conflicts merged", "-", merging.merged),
        ("requests per second", f"{stock.per_second:.0f}", f"{merging.per_second:.0f}"),
    ]
    lines = [f"{name:<22}{one!s:>20}{two!s:>16}" for name, one, two in rows]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(["", *lines, ""])


if __name__ == "__main__":
    sys.exit(main())
