"""Django's own session tests, taken from its source distribution.

Wheels do not hold them. The source distribution of the very version that is installed is fetched
by pip and unpacked, once, to ``target/django-tests`` (or ``DJANGO_TESTS``).
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]


def session_tests() -> Path:
    """Return the folder that holds the package ``sessions_tests`` of the installed Django."""
    cache = Path(os.environ.get("DJANGO_TESTS", ROOT / "target" / "django-tests"))
    folder = cache / django.__version__
    if not (folder / "sessions_tests" / "tests.py").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        requirement = f"django=={django.__version__}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", scratch, requirement]
        subprocess.run(command, check=True)
        (archive,) = Path(scratch).glob("*.tar.gz")
        with tarfile.open(archive) as source:
            for member in source.getmembers():
                _, found, name = member.name.partition("/tests/sessions_tests/")
                if found and name.endswith(".py") and "/" not in name:
                    content = source.extractfile(member)
                    assert content is not None
                    (folder / "sessions_tests").mkdir(exist_ok=True)
                    (folder / "sessions_tests" / name).write_bytes(content.read())
