"""Builds and measures everything, and says how merges compare with what else one could do.

    python tests/bench/run.py [--python PYTHON]... [--native] [--only rust|python]
    python tests/bench/run.py --smoke [--wheel WHEEL]

Writes docs/bench/record.json and docs/bench/chart.svg. Unless interpreters are named, Python is
measured with the running one and, since not all peers run on older ones, with the newest at hand.
`--smoke` does a little of everything, judges nothing and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import building
import chart
import generate
import table

sys.path.insert(0, str(building.HERE.parent))
from interpreters import find_interpreters

FIGURES = building.ROOT / "docs" / "bench"


def machine() -> dict:
    """Return what there is to know about this machine."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        cpu = names[0] if names else cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": os.getloadavg()[0],
    }


def crates() -> dict[str, str]:
    """Return the versions of the Rust peers."""
    lock = (building.HERE / "rust" / "Cargo.lock").read_text()
    wanted = ("json-patch", "serde_json", "session-merge", "simd-json", "sonic-rs")
    versions = {}
    for package in lock.split("[[package]]")[1:]:
        name, version = (line.split('"')[1] for line in package.strip().splitlines()[:2])
        if name in (*wanted, "suture-driver-json"):
            versions[name] = version
    return versions


def pythons() -> list[str]:
    """Return the running interpreter, and the newest at hand if that is another."""
    found = find_interpreters()
    newest = max(found)
    return [sys.executable] + [str(found[newest])] * (newest > sys.version_info[:2])


def measure(arguments: argparse.Namespace) -> dict:
    """Return the record of this run."""
    smoke = arguments.smoke
    generate.generate(smoke=smoke)
    record = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine(),
        "commit": building.output("git", "-C", building.ROOT, "describe", "--always", "--dirty"),
        "rustc": building.output("rustc", "--version"),
        "target_cpu": "native" if arguments.native else "default",
        "crates": crates(),
        "rust": {},
        "allocations": {},
        "python": [],
    }
    flags = ["--smoke"] if smoke else []
    if arguments.only != "python":
        programs = building.binaries(smoke, arguments.native)
        record["rust"] = json.loads(building.output(programs / "ratios", "--json", *flags))
        counted = building.output(programs / "allocations", "--json")
        record["allocations"] = json.loads(counted)
    if arguments.only != "rust":
        contest = building.HERE / "contest.py"
        for python in arguments.python or ([sys.executable] if smoke else pythons()):
            inside = building.interpreter(python, arguments.wheel)
            result = building.output(inside, contest, generate.FOLDER, *flags)
            record["python"].append(json.loads(result))
    return record


def main() -> None:
    """Run, print the table, and keep the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="a little of everything")
    parser.add_argument("--native", action="store_true", help="compile for this very processor")
    parser.add_argument("--only", choices=("rust", "python"), help="one half, which is not kept")
    parser.add_argument("--wheel", type=Path, help="the package to measure, if it is built")
    parser.add_argument("--python", action="append", help="an interpreter to measure with")
    arguments = parser.parse_args()
    record = measure(arguments)
    table_rows = table.rows(record)
    drawing = chart.draw(record)
    print(table.text(table_rows, judged=not arguments.smoke))
    for python in record["python"]:
        if python["missing"]:
            print(f"Python {python['python']} without {', '.join(python['missing'])}")
    if arguments.smoke:
        print("A smoke run: these numbers say nothing.")
    elif not arguments.only and not arguments.native:
        ratios = [{**vars(row), "verdict": row.verdict} for row in table_rows]
        FIGURES.mkdir(parents=True, exist_ok=True)
        kept = json.dumps({**record, "ratios": ratios}, indent=1) + "\n"
        (FIGURES / "record.json").write_text(kept)
        (FIGURES / "chart.svg").write_text(drawing)


if __name__ == "__main__":
    main()
