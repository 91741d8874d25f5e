"""Writes the triples that every benchmark reads: the same bytes for all languages.

    python tests/bench/generate.py [--smoke] [--into FOLDER]

Each triple is a folder `SHAPE-SIZE` with base.json, theirs.json, mine.json and rules.json.
"""

import argparse
import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import hostile
import session
from dice import Dice

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".cache" / "bench" / "triples"
SIZES = {"300B": 300, "2KB": 2_000, "50KB": 50_000, "1MB": 1_000_000, "10MB": 10_000_000}
EDITS = {"300B": 2, "2KB": 5, "50KB": 10, "1MB": 25, "10MB": 50}
KEYED = {"/list": {"merge": "keyed", "key": "id"}}
STEPS = "50KB", "10MB"

# Shape: how it is written, at which sizes, under which rules.
Shape = tuple[Callable[[str], list[str]], tuple[str, ...], dict]


@functools.cache
def _base(size: str) -> dict:
    dice = Dice(SIZES[size])
    return session.small(dice) if size == "300B" else session.session(dice, SIZES[size])


def _session(size: str, conflict: bool = True) -> list[str]:
    base = _base(size)
    theirs, mine = session.edited(base, EDITS[size], conflict)
    return [session.compact(side) for side in (base, theirs, mine)]


def _clean(size: str) -> list[str]:
    return _session(size, conflict=False)


def _only_theirs(size: str) -> list[str]:
    base, theirs, _ = _session(size)
    return [base, theirs, base]


def _only_mine(size: str) -> list[str]:
    base, _, mine = _session(size)
    return [base, base, mine]


def _spaced(size: str) -> list[str]:
    return [json.dumps(json.loads(text)) for text in _session(size)]


def _respelled(size: str) -> list[str]:
    return hostile.respelled(_session(size))


def _busy(size: str) -> list[str]:
    base = _base(size)
    return [session.compact(side) for side in (base, *session.busy(base))]


def _hostile(shape: Callable[[Dice, int], list[dict]]) -> Callable[[str], list[str]]:
    def texts(size: str) -> list[str]:
        return [session.compact(side) for side in shape(Dice(SIZES[size]), SIZES[size])]

    return texts


SHAPES: dict[str, Shape] = {
    "session": (_session, tuple(SIZES), {}),
    "clean": (_clean, ("300B", "2KB", "50KB", "1MB"), {}),
    "only-theirs": (_only_theirs, tuple(SIZES), {}),
    "only-mine": (_only_mine, tuple(SIZES), {}),
    "spaced": (_spaced, ("2KB", *STEPS), {}),
    "respelled": (_respelled, ("2KB", *STEPS), {}),
    "busy": (_busy, STEPS, {}),
    "members": (_hostile(hostile.members), STEPS, {}),
    "deep": (_hostile(hostile.deep), STEPS, {}),
    "list-keyed": (_hostile(hostile.everywhere), ("50KB", "1MB", "10MB"), KEYED),
    "list-ordered": (_hostile(hostile.everywhere), ("50KB", "1MB", "10MB"), {}),
    "list-scattered": (_hostile(hostile.scattered), STEPS, {}),
    "prefixes": (_hostile(hostile.prefixes), STEPS, {}),
    "escapes": (_hostile(hostile.escapes), STEPS, {}),
}


def generate(folder: Path = FOLDER, smoke: bool = False) -> None:
    """Write every triple, in a smoke run those up to 50 KB, unless it is there already."""
    sources = sorted(HERE.glob("*.py"))
    names = ("dice.py", "session.py", "hostile.py", "generate.py")
    recipe = b"".join(path.read_bytes() for path in sources if path.name in names)
    stamp = hashlib.sha256(recipe).hexdigest()
    for shape, (texts, sizes, rules) in SHAPES.items():
        for size in sizes:
            if smoke and SIZES[size] > SIZES["50KB"]:
                continue
            place = folder / f"{shape}-{size}"
            made = place / "made-by"
            if made.exists() and made.read_text() == stamp:
                continue
            place.mkdir(parents=True, exist_ok=True)
            for side, text in zip(("base", "theirs", "mine"), texts(size), strict=True):
                (place / f"{side}.json").write_bytes(text.encode())
            (place / "rules.json").write_text(json.dumps(rules))
            made.write_text(stamp)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="only up to 50 KB")
    parser.add_argument("--into", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    generate(arguments.into, arguments.smoke)
