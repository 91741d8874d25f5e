"""Fifty requests at once that charge a card, or use a token, in real processes on every store.

    python tests/locks/locks.py [--only db/sqlite ...]

For each engine and store a shop runs under gunicorn, 4 processes with 8 threads each, and is asked

- to pay, 50 times at once, without a lock: it must charge more than once, or this shows nothing;
- the same in an exclusive view, sync and async, and in an exclusive block after ``request.user``
  and the session were read: it must charge exactly once;
- to pay while somebody else is in a block, and does not wait: it must answer 409;
- the same when that process has been killed (SIGKILL): it must charge after all;
- to use a token, 50 times at once, by ``session.pop()``: more than one must get it, or this shows
  nothing; by ``claim()``: exactly one.
"""

import argparse
import http.client
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

sys.path.append(str(Path(__file__).resolve().parents[1] / "storm"))
from private_servers import SERVERS, Missing
from running import Shop, serve
from stores import POOLED, SETUPS, Setup

TOGETHER = 50
LOOKS = 4
OK, BUSY = 200, 409
COLUMNS = ("unlocked", "exclusive", "user first", "async", "busy", "freed after", "pop", "claim")
FORMAT = "{:<26}{:>9}{:>11}{:>12}{:>7}{:>6}{:>13}{:>5}{:>7}  {}"


@dataclass(frozen=True)
class Finding:
    """What was seen, for one column of the table, and whether it is what must be."""

    column: str
    figure: object
    held: bool


def main() -> int:
    """Ask the shop on all stores, or those that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    setups = [*SETUPS, POOLED]
    names = [setup.name for setup in setups]
    parser.add_argument("--only", nargs="+", choices=names, help="engine/store; all if not given")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    failed = passed = skipped = 0
    print(FORMAT.format("engine/store", *COLUMNS, ""), flush=True)
    with ExitStack() as running:
        urls: dict[str, str] = {}
        for setup in setups:
            if options.only and setup.name not in options.only:
                continue
            try:
                for name in set(setup.servers) - set(urls):
                    urls[name] = running.enter_context(SERVERS[name]()).url
            except Missing as reason:
                print(f"SKIPPED {setup.name}: {reason}", flush=True)
                skipped += 1
                continue
            held = _report(setup, _findings(setup, urls))
            passed += held
            failed += not held
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed + skipped else 0


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave all ``with`` blocks when told to terminate, so that nothing is left running."""
    sys.exit(128 + number)


def _report(setup: Setup, findings: list[Finding]) -> bool:
    """Print a line of the table and return whether all went as it must."""
    figures = {finding.column: finding.figure for finding in findings}
    wrong = [finding.column for finding in findings if not finding.held]
    verdict = f"WRONG: {', '.join(wrong)}" if wrong else "as it must be"
    cells = [str(figures.get(column, "-")) for column in COLUMNS]
    print(FORMAT.format(setup.name, *cells, verdict), flush=True)
    return not wrong


def _findings(setup: Setup, urls: dict[str, str]) -> list[Finding]:
    with serve(setup, urls) as shop:
        found = [
            _charge(shop, "unlocked", "pay_unlocked", once=False),
            _charge(shop, "exclusive", "pay", once=True),
            _charge(shop, "user first", "pay_as_user", once=True),
            _charge(shop, "async", "pay_async", once=True),
            _use_token(shop, "pop", "pop_token", once=False),
            _use_token(shop, "claim", "claim_token", once=True),
        ]
        if not setup.one_process:  # whose memory, sessions and all, would be gone
            found += _kill_the_holder(shop)
        return found


def _charge(shop: Shop, column: str, view: str, *, once: bool) -> Finding:
    """Pay many times at once; say how often the card was charged."""

    def charge() -> Finding:
        session = shop.post("start").cookie
        answers = shop.post_together(view, session, TOGETHER)
        charges = shop.take_charges()
        answered = all(answer.status == OK for answer in answers)
        stored = _show(shop, session)["paid"] is True
        return Finding(column, charges, answered and stored and _is_right(charges, once))

    return charge() if once else _until_it_holds(charge)


def _use_token(shop: Shop, column: str, view: str, *, once: bool) -> Finding:
    """Use a token many times at once; say how many got it."""

    def use() -> Finding:
        session = shop.post("start").cookie
        answers = shop.post_together(view, session, TOGETHER)
        winners = sum(answer.text == "got it" for answer in answers)
        answered = all(answer.status == OK for answer in answers)
        gone = _show(shop, session)["token"] is None
        return Finding(column, winners, answered and gone and _is_right(winners, once))

    return use() if once else _until_it_holds(use)


def _until_it_holds(look: Callable[[], Finding]) -> Finding:
    """Look again if nobody met anybody: a busy machine may answer one after the other."""
    for _ in range(LOOKS - 1):
        if (finding := look()).held:
            return finding
    return look()


def _is_right(times: int, once: bool) -> bool:
    return times == 1 if once else times > 1


def _kill_the_holder(shop: Shop) -> list[Finding]:
    """Pay while somebody is in a block, and again when that process has been killed."""
    session = shop.post("start").cookie
    thread = threading.Thread(target=_hold, args=[shop, session])
    thread.start()
    holder = shop.holder()
    busy = shop.post("pay_at_once", session).status
    kept_out = busy == BUSY and shop.take_charges() == 0
    os.kill(holder, signal.SIGKILL)
    thread.join()
    began = time.monotonic()
    answer = shop.post("pay", session)
    seconds = time.monotonic() - began
    freed = answer.text == "paid" and shop.take_charges() == 1
    shown = _show(shop, session)
    unharmed = shown["cart"] == [1, 2, 3] and shown["paid"] is True
    return [
        Finding("busy", busy, kept_out),
        Finding("freed after", f"{seconds:.1f} s", freed and unharmed),
    ]


def _hold(shop: Shop, session: str) -> None:
    """Enter a block in which the process is killed, so that there is no answer."""
    with suppress(OSError, http.client.HTTPException):
        shop.post("hold", session)


def _show(shop: Shop, session: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(shop.post("show", session).text)
    return content


if __name__ == "__main__":
    sys.exit(main())
