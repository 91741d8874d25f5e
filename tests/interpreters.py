"""The Python interpreters at hand: the running one, those on the PATH, and pyenv's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

Version = tuple[int, int]


def find_interpreters() -> dict[Version, Path]:
    """Return one working interpreter for each version of Python that is at hand."""
    found: dict[Version, Path] = {}
    for candidate in _candidates():
        version = _probe(candidate)
        if version is not None:
            found.setdefault(version, candidate)
    return found


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    for minor in range(10, 15):
        on_path = shutil.which(f"python3.{minor}")
        if on_path:
            yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/3.*/bin/python"))


def _probe(python: Path) -> Version | None:
    """Return an interpreter's version; None if it does not run, as pyenv's shims may not."""
    code = "import sys, venv, ensurepip, sqlite3; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=30, check=True
        )
        major, minor = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return major, minor
