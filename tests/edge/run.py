"""Test the npm package with real servers, real runtimes and real Django.

    python tests/edge/run.py --package target/npm/session-merge-*.tgz \
        --wheel target/wheels/session_merge-*.whl [stores.test.js ...]

What the tests need of npm is installed here from the lock file, the packed package beside it. For
each Django there is a virtual environment under ``target/venvs``; one that no Python at hand can
run is skipped, with the reason. The servers are those that ``tests/servers`` starts. With
REQUIRE_ALL=1 a skipped test is a failure.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from interpreters import Version, find_interpreters  # noqa: E402

VENVS = HERE.parents[1] / "target" / "venvs"
SERVERS = HERE.parent / "servers"
OLDEST: dict[str, Version] = {"5.2": (3, 11), "6.1": (3, 12)}
SKIPPED = "# skipped "
TELLING = re.compile(r"^ *(ok .*# SKIP|# (?! *Subtest))|^# Subtest")


def main() -> int:
    """Run the tests; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--package", required=True, help="the packed npm package")
    parser.add_argument("--wheel", required=True, help="the Python wheel")
    parser.add_argument("files", nargs="*", help="test files; all if none is given")
    options = parser.parse_args()
    install_package(Path(options.package).resolve())
    environment = dict(os.environ)
    for django, oldest in OLDEST.items():
        name = f"DJANGO_{django.replace('.', '_')}"
        python = environment_for(django, oldest, Path(options.wheel).resolve())
        if python is None:
            needed = ".".join(map(str, oldest))
            environment[f"{name}_MISSING"] = f"no Python >= {needed} at hand"
        else:
            environment[f"{name}_PYTHON"] = str(python)
    return run(options.files, environment)


def install_package(package: Path) -> None:
    """Install what the lock file names, and the package itself."""
    npm = ["npm", "--silent", "--no-fund", "--no-audit"]
    subprocess.run([*npm, "ci"], cwd=HERE, check=True)
    install = [*npm, "install", "--no-save", "--no-package-lock"]
    subprocess.run([*install, str(package)], cwd=HERE, check=True)


def environment_for(django: str, oldest: Version, wheel: Path) -> Path | None:
    """Return the Python of a virtual environment with this Django and the wheel."""
    interpreters = find_interpreters()
    fits = [version for version in interpreters if version >= oldest]
    if not fits:
        return None
    folder = VENVS / f"edge-{django}"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreters[min(fits)], "-m", "venv", "--clear", folder], check=True)
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", HERE / f"requirements-{django}.txt"], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", wheel], check=True)
    return python


def run(files: list[str], environment: dict[str, str]) -> int:
    """Run Node's tests with the servers started; with REQUIRE_ALL=1 none may be skipped."""
    tests = files or sorted(path.name for path in HERE.glob("*.test.*js"))
    servers = [sys.executable, str(SERVERS), "redis", "postgresql", "--"]
    node = ["node", "--test", "--test-reporter=tap", *tests]
    process = subprocess.Popen(
        [*servers, *node], cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    skipped, failing = 0, False
    for line in process.stdout:
        failing = failing or "not ok" in line
        if failing or TELLING.search(line):
            print(line, end="", flush=True)
        failing = failing and line.strip() != "..."  # the end of what is said about a failure
        if line.startswith(SKIPPED):
            skipped = int(line.removeprefix(SKIPPED))
    status = process.wait()
    if skipped and environment.get("REQUIRE_ALL") == "1":
        print("tests were skipped, and REQUIRE_ALL is set")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
