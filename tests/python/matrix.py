"""Run the Python tests on every supported interpreter at hand.

    python tests/python/matrix.py --package target/wheels/session_merge-*.whl

For each, a virtual environment is made under ``target/venvs``, the pinned requirements and the
package are installed into it, and pytest runs there, on as many interpreters at once as there are
processors. The reference implementation's own tests run once, on the interpreter that this is
started with. Versions that are not at hand are named.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENVS = HERE.parents[1] / "target" / "venvs"
sys.path.insert(0, str(HERE.parent))
from interpreters import Version, find_interpreters  # noqa: E402

SUPPORTED: list[Version] = [(3, minor) for minor in range(10, 15)]


def main() -> int:
    """Run all interpreters; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--package", required=True, help="the wheel to test")
    package = parser.parse_args().package
    interpreters = find_interpreters()
    runs = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for version in SUPPORTED:
            if version not in interpreters:
                name = "Python {}.{}".format(*version)
                print(f"SKIPPED {name}: not at hand, and no package installs it", flush=True)
                continue
            suites = [HERE]
            if version == sys.version_info[:2]:
                suites.append(HERE.parent / "reference")
            runs.append(pool.submit(run, version, interpreters[version], package, suites))
    return 0 if all(done.result() for done in runs) else 1


def run(version: Version, python: Path, package: str, suites: list[Path]) -> bool:
    """Run the suites in the interpreter's virtual environment; return whether they passed."""
    environment = VENVS / "python-{}.{}".format(*version)
    inside = environment / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", "--clear", environment], check=True)
    install: list[str | Path] = [inside, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "-r", HERE / "requirements.txt"], check=True)
    subprocess.run([*install, "--force-reinstall", "--no-deps", package], check=True)
    tests = [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suites]
    done = subprocess.run(
        tests, check=False, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True
    )
    # In one piece, as others run beside it.
    print("Python {}.{}\n{}".format(*version, done.stdout), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
