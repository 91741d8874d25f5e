"""Fuzz every target for a while, beginning with the committed seeds.

    python fuzz/run.py --seconds 1200 [--record FILE] [TARGET]...
    python fuzz/run.py --runs 50000 [TARGET]...

As many targets as there are processors run side by side. What is found in a run of so many seconds
is kept under target/fuzz and built upon by the next one. A run of so many executions keeps nothing,
and is the same each time. A crash ends its target with a failure, and libFuzzer says where the
input lies. cargo-fuzz is installed under target/ unless it is there.

The crate is fuzzed with coverage but without sanitizers: its only `unsafe` code is arithmetic on
arrays, which they would not look into, and without them no nightly compiler is needed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
CARGO_FUZZ = "0.13.2"
BUILD = ["--fuzz-dir", HERE, "--sanitizer", "none", "--release", "--debug-assertions"]


def targets() -> list[str]:
    """Return the names of all targets."""
    return sorted(path.stem for path in (HERE / "fuzz_targets").glob("*.rs"))


def environment() -> dict[str, str] | None:
    """Return an environment in which `cargo fuzz` runs; None if it cannot be installed."""
    local = ROOT / "target" / "cargo-fuzz"
    places = os.pathsep.join([str(local / "bin"), os.environ["PATH"]])
    found = {**os.environ, "PATH": places, "CARGO_TARGET_DIR": str(TARGET / "fuzz-build")}
    if shutil.which("cargo-fuzz", path=places) is None:
        command = ["cargo", "install", "--quiet", "--locked", "--root", local]
        done = subprocess.run([*command, "--version", CARGO_FUZZ, "cargo-fuzz"], check=False)
        if done.returncode != 0:
            return None
    return found


def fuzz(target: str, limit: list[str], corpora: Path, env: dict[str, str]) -> dict | None:
    """Fuzz one target and return what it did; None if it found a fault."""
    corpus = corpora / target
    corpus.mkdir(parents=True, exist_ok=True)
    options = [*limit, "-print_final_stats=1", "-timeout=20", f"-dict={HERE / 'json.dict'}"]
    command = ["cargo", "fuzz", "run", *BUILD, target, corpus, HERE / "seeds" / target]
    started = time.monotonic()
    done = subprocess.run(
        [*command, "--", *options],
        env=env,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stderr[-10_000:], flush=True)
        print(f"{target}: FAILED", flush=True)
        return None
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    covered = re.findall(r" cov: (\d+) ", done.stderr)
    assert runs and covered, done.stderr[-10_000:]
    result = {
        "target": target,
        "seconds": round(time.monotonic() - started),
        "executions": int(runs.group(1)),
        "edges": int(covered[-1]),
    }
    print("{target}: {executions:,} executions in {seconds} s, {edges} edges".format(**result))
    return result


def main() -> int:
    """Fuzz and report; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    limits = parser.add_mutually_exclusive_group(required=True)
    limits.add_argument("--seconds", type=int, help="for each target")
    limits.add_argument("--runs", type=int, help="the same ones each time, for each target")
    parser.add_argument("--record", type=Path, help="a JSON file to write the totals to")
    parser.add_argument("target", nargs="*", help="all if none is named")
    arguments = parser.parse_args()
    env = environment()
    if env is None:
        print("SKIPPED fuzzing: cargo-fuzz is not there and cannot be installed")
        return 1 if os.environ.get("REQUIRE_ALL") == "1" else 0
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.check_output(describe, cwd=ROOT, text=True)
    subprocess.run(["cargo", "fuzz", "build", *BUILD], env=env, cwd=ROOT, check=True)
    if arguments.runs:
        limit = [f"-runs={arguments.runs}", "-seed=1"]
        kept = TemporaryDirectory()
    else:
        limit = [f"-max_total_time={arguments.seconds}"]
        kept = nullcontext(ROOT / "target" / "fuzz")
    with kept as corpora, ThreadPoolExecutor(os.cpu_count()) as pool:
        chosen = arguments.target or targets()
        found = list(pool.map(lambda target: fuzz(target, limit, Path(corpora), env), chosen))
    totals = [result for result in found if result is not None]
    if len(totals) < len(found):
        return 1
    executions = sum(result["executions"] for result in totals)
    print(f"{executions:,} executions of {len(totals)} targets, and nothing found")
    if arguments.record:
        date = time.strftime("%Y-%m-%d", time.gmtime())
        record = {"date": date, "commit": commit.strip(), "targets": totals}
        arguments.record.parent.mkdir(parents=True, exist_ok=True)
        arguments.record.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
