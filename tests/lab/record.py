"""What a run of everything leaves behind: its figures, the tables, the chart."""

import json
import os
import platform
import subprocess
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chart
import figures
import tables
from measuring import Cell, Plan

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "lab"
FIXES = ROOT / "docs" / "fixes.md"

PACKAGES = ("Django", "gunicorn", "celery", "psycopg", "mysqlclient", "redis", "pymemcache")

Record = dict[str, Any]


def keep(cells: list[Cell], plan: Plan) -> None:
    """Write the record, and everything that shows its figures."""
    record = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": "make lab",
        "machine": machine(),
        "versions": {name: version(name) for name in PACKAGES},
        "plan": asdict(plan),
        "cells": [{**asdict(cell), "lost": cell.lost} for cell in cells],
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "record.json").write_text(json.dumps(record, indent=1) + "\n")
    render(record)


def read() -> Record:
    """Return the record of the last run of everything."""
    found: Record = json.loads((FOLDER / "record.json").read_text())
    return found


def render(record: Record) -> None:
    """Write everything that shows the figures of a record."""
    (FOLDER / "table.md").write_text(tables.markdown(record))
    (FOLDER / "chart.svg").write_text(chart.draw(record))
    FIXES.write_text(figures.fill(FIXES.read_text(), record))


def machine() -> Record:
    """Return what there is to know about this machine."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    described = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "commit": subprocess.run(
            described, capture_output=True, text=True, check=False
        ).stdout.strip(),
    }


if __name__ == "__main__":
    render(read())
