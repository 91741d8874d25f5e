"""Run the tests of background work, on the newest Django that a Python at hand can run.

    python tests/background/run.py --package target/wheels/session_merge-*.whl [test_background ...]

A virtual environment is made under ``target/venvs``, with the pinned requirements and the package;
the servers are private ones (``tests/servers``). Django 6.1, which has tasks of its own, needs
Python 3.12; with an older one all but those is tested, on Django 5.2.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from interpreters import Version, find_interpreters  # noqa: E402

SERVERS = HERE.parent / "servers"
VENVS = HERE.parents[1] / "target" / "venvs"
FITS: dict[str, tuple[Version, ...]] = {
    "6.1": ((3, 13), (3, 12)),
    "5.2": ((3, 11), (3, 10)),
}


def main() -> int:
    """Install what is needed and run the tests; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--package", required=True, help="the wheel to test")
    parser.add_argument("tests", nargs="*", default=["test_background"])
    options = parser.parse_args()
    django, python = choose()
    if django != "6.1":
        print("SKIPPED django.tasks: no Python >= 3.12 at hand", flush=True)
    inside = install(django, python, options.package)
    print(f"Django {django}", flush=True)
    tests = [inside, "-m", "unittest", "--verbose", *options.tests]
    command = [sys.executable, SERVERS, "postgresql", "redis", "--", *tests]
    return subprocess.run(command, cwd=HERE, check=False).returncode


def choose() -> tuple[str, Path]:
    """Return the newest Django that can be run here, and the Python to run it with."""
    interpreters = find_interpreters()
    for django, versions in FITS.items():
        for version in versions:
            if version in interpreters:
                return django, interpreters[version]
    raise SystemExit("no Python at hand that runs a supported Django")


def install(django: str, python: Path, package: str) -> Path:
    """Make the environment and return its Python."""
    environment = VENVS / f"background-{django}"
    inside = environment / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", "--clear", environment], check=True)
    pip = [inside, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", HERE / f"requirements-{django}.txt"], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", package], check=True)
    return inside


if __name__ == "__main__":
    sys.exit(main())
