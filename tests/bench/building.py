"""Builds what is measured: the Rust binaries, and the wheel with its peers in an environment."""

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "bench"


def binaries(smoke: bool, native: bool) -> Path:
    """Build the Rust side and return the folder of its programs.

    A smoke run does without the peers that take minutes to build, and without optimisation.
    """
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "bench-peers"
    environment = dict(os.environ)
    command = ["cargo", "build", "--quiet", "--manifest-path", HERE / "rust" / "Cargo.toml"]
    if native:
        target = target / "native"
        flags = environment.get("RUSTFLAGS", "")
        environment["RUSTFLAGS"] = f"{flags} -C target-cpu=native".strip()
    command += ["--no-default-features"] if smoke else ["--release"]
    environment["CARGO_TARGET_DIR"] = str(target)
    subprocess.run(command, check=True, env=environment)
    return target / ("debug" if smoke else "release")


def interpreter(python: str, wheel: Path | None) -> Path:
    """Return an interpreter that has the wheel and the peers installed.

    Without a wheel, one is built from these sources.
    """
    tag = output(python, "-c", "import sys; print(sys.implementation.cache_tag)")
    place = CACHE / f"venv-{tag}"
    inside = place / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", place], check=True)
    pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", HERE / "requirements.txt"], check=True)
    built = wheel or build_wheel(place, inside)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", built], check=True)
    return inside


def build_wheel(place: Path, inside: Path) -> Path:
    """Build these sources for an interpreter, with the maturin of its environment."""
    wheels = CACHE / "wheels"
    for old in wheels.glob("*.whl"):
        old.unlink()
    maturin = [place / "bin" / "maturin", "build", "--release", "--quiet"]
    manifest = ROOT / "bindings-py" / "Cargo.toml"
    subprocess.run([*maturin, "-i", inside, "-m", manifest, "-o", wheels], check=True)
    return next(wheels.glob("*.whl"))


def output(*command) -> str:
    """Return what a command prints."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()
