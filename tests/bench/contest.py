"""Measures merges of live objects and of texts beside what a Python program could do instead.

    python tests/bench/contest.py TRIPLES [--smoke] [--only PREFIX,PREFIX]

All take turns in one process, round after round, and each round begins with another one. Prints
JSON: for each triple the median, quartiles and minimum of each contender in nanoseconds.
"""

import argparse
import contextlib
import copy
import gc
import importlib.metadata
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import session_merge
from by_hand import equal_merge, strict_merge

Contenders = dict[str, Callable[[], object]]
PEERS = ("session-merge", "orjson", "jsonpatch", "fastjsonpatch", "dictdiffer", "nbdime")
SHAPES = ("session", "only-theirs", "only-mine")
# Without the peers, which take seconds to minutes for some of these, as they do at a megabyte.
HOSTILE = [f"{shape}-50KB" for shape in ("busy", "members", "deep", "prefixes", "escapes")]
# Merges by hand take lists as a whole.
LISTS = ["list-ordered-50KB", "list-scattered-50KB"]
HOSTILE += LISTS
NANOSECONDS = 1_000_000_000


def live(base: dict, theirs: dict, mine: dict, peers: bool) -> Contenders:
    """Return what merges live objects: by hand, and the peers as far as they are installed."""
    contenders: Contenders = {
        "merge": lambda: session_merge.merge(base, theirs, mine),
        "by hand, ==": lambda: equal_merge(base, theirs, mine),
        "by hand, strict": lambda: strict_merge(base, theirs, mine),
        "copy.deepcopy": lambda: copy.deepcopy(base),
    }
    if not peers:
        return contenders
    for module in ("jsonpatch", "fastjsonpatch"):
        try:
            peer = __import__(module)
        except ImportError:
            continue
        contenders[module] = lambda peer=peer: peer.make_patch(base, mine).apply(theirs)
    with contextlib.suppress(ImportError):
        contenders["dictdiffer"] = _dictdiffer(base, theirs, mine)
    with contextlib.suppress(ImportError):
        contenders["nbdime"] = _nbdime(base, theirs, mine)
    return contenders


def _dictdiffer(base: dict, theirs: dict, mine: dict) -> Callable[[], object]:
    from dictdiffer import patch
    from dictdiffer.merge import Merger, UnresolvedConflictsException

    def merge() -> object:
        merger = Merger(base, theirs, mine, {})
        try:
            merger.run()
        except UnresolvedConflictsException as unresolved:
            merger.continue_run(["s"] * len(unresolved.content))
        return patch(merger.unified_patches, base)

    return merge


def _nbdime(base: dict, theirs: dict, mine: dict) -> Callable[[], object]:
    from nbdime.merging.decisions import apply_decisions
    from nbdime.merging.generic import decide_merge

    return lambda: apply_decisions(base, decide_merge(base, mine, theirs))


def text(base: str, theirs: str, mine: str) -> Contenders:
    """Return what merges JSON text, as far as it is installed."""
    texts = base, theirs, mine
    as_bytes = tuple(side.encode() for side in texts)
    contenders: Contenders = {
        "merge_json": lambda: session_merge.merge_json(*texts),
        "merge_json, bytes": lambda: session_merge.merge_json(*as_bytes),
        "json x3, strict, dumps": lambda: json.dumps(
            strict_merge(*map(json.loads, texts)), separators=(",", ":")
        ),
    }
    try:
        import orjson
    except ImportError:
        return contenders
    contenders["orjson x3, strict, dumps"] = lambda: orjson.dumps(
        strict_merge(*map(orjson.loads, as_bytes))
    )
    return contenders


def agree(base: dict, theirs: dict, mine: dict) -> None:
    """Raise AssertionError if the merges by hand have another result than ours."""
    merged = session_merge.merge(base, theirs, mine).value
    for other in (equal_merge, strict_merge):
        assert other(base, theirs, mine) == merged, other.__name__


def timed(run: Callable[[], object], runs: int) -> float:
    """Return the nanoseconds that one run takes."""
    turns = range(runs)
    started = time.perf_counter_ns()
    for _ in turns:
        run()
    return (time.perf_counter_ns() - started) / runs


def measure(contenders: Contenders, smoke: bool) -> dict[str, dict]:
    """Measure contenders in rounds; whoever is very slow sits out all but the first few."""
    sample, budget = (200_000, 0) if smoke else (500_000, 6 * NANOSECONDS)
    least, most = (3, 3) if smoke else (9, 201)
    runs = {}
    for name, run in contenders.items():
        once = timed(run, 1)
        if once < sample:
            once = min(timed(run, 1) for _ in range(5))
        runs[name] = max(1, int(sample / once))
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    started = time.perf_counter_ns()
    gc.collect()
    gc.disable()
    for turn in range(most):
        if turn >= least and time.perf_counter_ns() - started > budget:
            break
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            if turn < least or samples[name][0] < NANOSECONDS / 50:
                samples[name].append(timed(contenders[name], runs[name]))
        gc.collect()
    gc.enable()
    return {name: summary(times, runs[name]) for name, times in samples.items()}


def summary(times: list[float], runs: int) -> dict:
    """Return what the record says about one contender, in nanoseconds."""
    low, _, high = statistics.quantiles(times, n=4)
    return {
        "median": statistics.median(times),
        "low": low,
        "high": high,
        "least": min(times),
        "rounds": len(times),
        "runs": runs,
    }


def contest(folder: Path, smoke: bool, only: str) -> dict:
    """Return the record of this interpreter."""
    record = {"python": platform.python_version(), "versions": {}, "missing": [], "triples": {}}
    for peer in PEERS:
        try:
            record["versions"][peer] = importlib.metadata.version(peer)
        except importlib.metadata.PackageNotFoundError:
            record["missing"].append(peer)
    sizes = ("300B", "2KB") if smoke else ("300B", "2KB", "50KB", "1MB")
    names = [f"{shape}-{size}" for size in sizes for shape in SHAPES]
    for name in names if smoke else names + HOSTILE:
        if not name.startswith(tuple(only.split(","))):
            continue
        texts = [
            (folder / name / f"{side}.json").read_text() for side in ("base", "theirs", "mine")
        ]
        documents = [json.loads(side) for side in texts]
        if name not in LISTS:
            agree(*documents)
        record["triples"][name] = {
            "live": measure(live(*documents, name not in HOSTILE and name[-2:] != "MB"), smoke),
            "text": measure(text(*texts), smoke),
        }
    return record


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("triples", type=Path)
    parser.add_argument("--smoke", action="store_true", help="three short rounds, up to 2 KB")
    parser.add_argument("--only", default="", help="triples whose names begin so")
    arguments = parser.parse_args()
    json.dump(contest(arguments.triples, arguments.smoke, arguments.only), sys.stdout)
