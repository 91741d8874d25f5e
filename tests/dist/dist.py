"""Builds what is published and can be built here, and looks into it.

    python tests/dist/dist.py --maturin MATURIN --wheel WHEEL --npm TARBALL

The sdist is installed into an empty environment and merges there; cargo builds the crate from what
it packs. Every package must have its licences, its README and its metadata, and nothing that does
not belong there. All of them are gathered in target/dist.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIST = ROOT / "target" / "dist"
LICENCES = ("LICENSE-MIT", "LICENSE-APACHE")
LICENCE = "MIT OR Apache-2.0"
STRAY = ("/target/", "/node_modules/", "__pycache__", ".so.", "/.git/", ".DS_Store", "/.cache/")

Files = dict[str, bytes]


def main() -> int:
    """Build, look, and say what is wrong; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--maturin", type=Path, required=True)
    parser.add_argument("--wheel", type=Path, required=True, help="a wheel that was built")
    parser.add_argument("--npm", type=Path, required=True, help="the tarball of npm pack")
    options = parser.parse_args()
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    wheel, npm = (Path(shutil.copy(path, DIST)) for path in (options.wheel, options.npm))
    crate, sdist = pack_crate(), build_sdist(options.maturin.resolve())
    version = workspace_version()
    complaints = [
        *look_into_wheel(wheel, version),
        *look_into_sdist(sdist, version),
        *look_into_npm(npm, version),
        *look_into_crate(crate, version),
    ]
    for complaint in complaints:
        print(complaint)
    if not complaints:
        try_sdist(sdist)
    return 1 if complaints else 0


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def cargo_metadata() -> dict[str, object]:
    """Return what cargo knows of the workspace."""
    found: dict[str, object] = json.loads(
        run("cargo", "metadata", "--no-deps", "--format-version=1", "--locked")
    )
    return found


def workspace_version() -> str:
    """Return the version that all packages have."""
    packages = cargo_metadata()["packages"]
    assert isinstance(packages, list)
    versions = {package["version"] for package in packages}
    assert len(versions) == 1, versions
    return str(versions.pop())


def pack_crate() -> Path:
    """Pack the crate, build it from what is packed, and return the file."""
    run("cargo", "package", "--package=session-merge", "--locked", "--allow-dirty")
    folder = Path(str(cargo_metadata()["target_directory"])) / "package"
    (crate,) = folder.glob(f"session-merge-{workspace_version()}.crate")
    return Path(shutil.copy(crate, DIST))


def build_sdist(maturin: Path) -> Path:
    """Build the source distribution and return the file."""
    run(maturin, "sdist", "--out", DIST, cwd=ROOT / "bindings-py")
    (sdist,) = DIST.glob("*.tar.gz")
    return sdist


def try_sdist(sdist: Path) -> None:
    """Install the source distribution into an empty environment, and merge."""
    venv = ROOT / "target" / "venvs" / "sdist"
    run(sys.executable, "-m", "venv", "--clear", venv)
    python = venv / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-cache-dir", sdist)
    print(run(python, HERE / "try_it.py"), end="")


def read_tar(path: Path) -> Files:
    """Return the files of a tarball, without the folder that all of them are in."""
    files = {}
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                files[member.name.partition("/")[2]] = content.read()
    return files


def read_zip(path: Path) -> Files:
    """Return the files of a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def look_into(path: Path, files: Files, *needed: str) -> list[str]:
    """Return what is missing from a package, and what should not be there."""
    print(f"{path.name}: {len(files)} files, {path.stat().st_size:,} bytes")
    wrong = [f"{path.name} lacks {name}" for name in needed if name not in files]
    for name, content in files.items():
        if any(part in f"/{name}" for part in STRAY):
            wrong.append(f"{path.name} has the stray {name}")
        if name.endswith(LICENCES) and b"WITHOUT WARRANT" not in content:
            wrong.append(f"{path.name}: {name} is no licence")
    return wrong


def look_into_metadata(path: Path, content: bytes, version: str) -> list[str]:
    """Return what is wrong with the metadata of a Python package."""
    metadata = message_from_bytes(content)
    expected = {
        "Name": "session-merge",
        "Version": version,
        "License-Expression": LICENCE,
        "Requires-Python": ">=3.10",
    }
    wrong = [
        f"{path.name}: {key} is {metadata[key]!r}"
        for key, value in expected.items()
        if metadata[key] != value
    ]
    if sorted(metadata.get_all("License-File", [])) != sorted(LICENCES):
        wrong.append(f"{path.name} does not name its licences")
    if any("extra ==" not in needed for needed in metadata.get_all("Requires-Dist", [])):
        wrong.append(f"{path.name} installs other packages")
    if "three-way merges" not in str(metadata.get_payload()):
        wrong.append(f"{path.name} does not describe itself")
    return wrong


def look_into_wheel(path: Path, version: str) -> list[str]:
    """Return what is wrong with a wheel."""
    files, info = read_zip(path), f"session_merge-{version}.dist-info"
    return [
        *look_into(
            path, files, "session_merge/py.typed", "session_merge/_session_merge.pyi",
            *(f"{info}/licenses/{name}" for name in LICENCES),
        ),
        *look_into_metadata(path, files.get(f"{info}/METADATA", b""), version),
    ]  # fmt: skip


def look_into_sdist(path: Path, version: str) -> list[str]:
    """Return what is wrong with the source distribution."""
    files = read_tar(path)
    return [
        *look_into(path, files, "README.md", "Cargo.lock", "core/src/lib.rs", *LICENCES),
        *look_into_metadata(path, files.get("PKG-INFO", b""), version),
    ]


def look_into_npm(path: Path, version: str) -> list[str]:
    """Return what is wrong with the npm tarball."""
    files = read_tar(path)
    package = json.loads(files["package.json"])
    wrong = look_into(path, files, "README.md", "index.d.ts", "dist/core.wasm", *LICENCES)
    if (package["version"], package["license"]) != (version, LICENCE):
        wrong.append(f"{path.name} is {package['version']}, {package['license']}")
    if package.get("dependencies"):
        wrong.append(f"{path.name} installs other packages")
    return wrong


def look_into_crate(path: Path, version: str) -> list[str]:
    """Return what is wrong with the crate."""
    files = read_tar(path)
    wrong = look_into(path, files, "README.md", "Cargo.toml", "src/lib.rs", *LICENCES)
    manifest = files["Cargo.toml"].decode()
    for line in (f'version = "{version}"', f'license = "{LICENCE}"', 'readme = "README.md"'):
        if line not in manifest:
            wrong.append(f"{path.name}: its Cargo.toml does not say {line}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
