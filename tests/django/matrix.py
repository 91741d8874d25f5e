"""Run the Django tests on every supported Django, and there on every supported database.

    python tests/django/matrix.py --package target/wheels/session_merge-*.whl [test_races ...]

The servers are private ones, started for each run (``tests/servers``). Interpreters are looked for
beside the running one: on the PATH, and among pyenv's versions. For each Django a virtual
environment is made under ``target/venvs``, the pinned requirements and the package are installed
into it, and ``run.py`` runs there. A Django that no interpreter at hand can run is skipped, with
the reason; with REQUIRE_ALL=1 that is a failure where ``must`` says so. So is a server, or a client
library, that is missing.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from interpreters import Version, find_interpreters  # noqa: E402

SERVERS = HERE.parent / "servers"
VENVS = HERE.parents[1] / "target" / "venvs"
DATABASES = {"sqlite": [], "postgresql": ["postgresql"], "mariadb": ["mariadb"]}
CACHES = ["redis", "memcached"]


@dataclass(frozen=True)
class Release:
    """A Django release: the Pythons that run it, best first the one that users run it on."""

    django: str
    preferred: Version
    oldest: Version
    newest: Version
    must: bool

    def choose(self, interpreters: dict[Version, Path]) -> Path | None:
        """Return the interpreter to test on; None if none at hand will do."""
        fits = [version for version in interpreters if self.oldest <= version <= self.newest]
        if self.preferred in fits:
            return interpreters[self.preferred]
        return interpreters[max(fits)] if fits else None


RELEASES = [
    Release("5.2", preferred=(3, 11), oldest=(3, 10), newest=(3, 14), must=True),
    Release("6.1", preferred=(3, 13), oldest=(3, 12), newest=(3, 14), must=False),
]


def main() -> int:
    """Run all releases; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--package", required=True, help="the wheel to test, or a folder to build")
    parser.add_argument("labels", nargs="*", help="test modules; all if none is given")
    options = parser.parse_args()
    interpreters = find_interpreters()
    failed = False
    for release in RELEASES:
        python = release.choose(interpreters)
        if python is not None:
            failed |= not run(release, python, options.package, options.labels)
            continue
        oldest = ".".join(map(str, release.oldest))
        print(f"SKIPPED Django {release.django}: no Python >= {oldest} at hand", flush=True)
        failed |= release.must and os.environ.get("REQUIRE_ALL") == "1"
    return 1 if failed else 0


def run(release: Release, python: Path, package: str, labels: list[str]) -> bool:
    """Run the tests in the release's environment, on each database; return whether they passed."""
    environment = VENVS / f"django-{release.django}"
    inside = environment / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", "--clear", environment], check=True)
    install: list[str | Path] = [inside, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "-r", HERE / f"requirements-{release.django}.txt"], check=True)
    # Built from source, against headers of their servers' libraries.
    compiled = subprocess.run([*install, "-r", HERE / "requirements-compiled.txt"], check=False)
    if compiled.returncode and os.environ.get("REQUIRE_ALL") == "1":
        return False
    subprocess.run([*install, "--force-reinstall", "--no-deps", package], check=True)
    passed = True
    for database, servers in DATABASES.items():
        tests = [inside, HERE / "run.py", f"--database={database}", *labels]
        command = [sys.executable, SERVERS, *servers, *CACHES, "--", *tests]
        passed &= subprocess.run(command, check=False).returncode == 0
    return passed


if __name__ == "__main__":
    sys.exit(main())
