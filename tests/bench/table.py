"""What the record must show: ratios of medians of one run, beside what is asked of them."""

from dataclasses import dataclass

PARSE = "serde_json x3"
VALIDATIONS = "validate serde_json", "validate sonic-rs", "validate simd-json"


@dataclass(frozen=True)
class Row:
    """One ratio, or one count, and its bounds."""

    what: str
    where: str
    must: float | None
    aim: float | None
    value: float | None

    @property
    def verdict(self) -> str:
        """Say which bound holds."""
        if self.value is None:
            return "not measured"
        if self.must is None or self.aim is None:
            return ""
        return "aim" if self.value <= self.aim else "must" if self.value <= self.must else "MISSED"


def rows(record: dict) -> list[Row]:
    """Return all rows of the table."""
    return [*_rust(record), *_python(record), *_growth(record), _allocations(record)]


def _rust(record: dict) -> list[Row]:
    bounds = {
        PARSE: [
            ("session-300B", 0.25, 0.18),
            ("session-2KB", 0.12, 0.06),
            ("session-50KB", 0.08, 0.04),
            ("session-1MB", 0.08, 0.04),
        ],
        "suture-driver-json": [("clean-2KB", 0.06, 0.03)],
        "lazy RawValue": [("session-2KB", 0.35, 0.15), ("session-50KB", 0.35, 0.15)],
    }
    found = [
        Row(f"merge_json / {peer}", name, must, aim, _ratio(_times(record, name), peer))
        for peer, cases in bounds.items()
        for name, must, aim in cases
    ]
    for shape in ("only-theirs", "only-mine"):
        for size in ("300B", "2KB", "50KB"):
            times = _times(record, f"{shape}-{size}")
            known = [peer for peer in VALIDATIONS if peer in times]
            peer = min(known, key=lambda peer: times[peer]["median"], default="")
            what = "merge_json / fastest validation of one text"
            found.append(Row(what, f"{shape}-{size}", 1.5, 1, _ratio(times, peer)))
    return found


def _python(record: dict) -> list[Row]:
    bounds = [
        ("live", "merge", "by hand, ==", [("2KB", 0.50, 0.30), ("50KB", 0.9, 0.6)]),
        ("live", "merge", "by hand, strict", [("2KB", 0.10, 0.06), ("50KB", 0.10, 0.06)]),
        ("text", "merge_json", "json x3, strict, dumps", [("2KB", 0.06, 0.03)]),
    ]
    found = []
    for python in record["python"]:
        for kind, ours, peer, cases in bounds:
            for size, must, aim in cases:
                name = f"session-{size}"
                times = python["triples"].get(name, {}).get(kind, {})
                what = f"Python {python['python']}: {ours} / {peer}"
                found.append(Row(what, name, must, aim, _ratio(times, peer, ours)))
    return found


def _growth(record: dict) -> list[Row]:
    """Return how much dearer a byte is at 10 MB than at 50 KB, by itself and over memcpy's.

    What is copied at 50 KB stays in the caches, so that memcpy's bytes become several times dearer:
    the divided ratio alone would let much pass that is far from linear.
    """
    shapes = [name[: -len("-10MB")] for name in record["rust"] if name.endswith("-10MB")]
    found = []
    for shape in shapes:
        small, large = (record["rust"].get(f"{shape}-{size}") for size in ("50KB", "10MB"))
        by_itself = _dearer(small, large, "merge_json")
        copied = _dearer(small, large, "memcpy")
        what = "time per byte, 10 MB / 50 KB"
        found.append(Row(f"{what}, over memcpy's", shape, 2, 1.2, by_itself / copied))
        found.append(Row(f"{what}, by itself", shape, None, None, by_itself))
    return found


def _dearer(small: dict, large: dict, who: str) -> float:
    each = [triple["times"][who]["median"] / triple["bytes"] for triple in (small, large)]
    return each[1] / each[0]


def _allocations(record: dict) -> Row:
    counts = record["allocations"].get("session-2KB", {})
    count = counts.get("merge_json", {}).get("count")
    return Row("allocations of merge_json", "session-2KB", 40, 12, count)


def _times(record: dict, name: str) -> dict:
    return record["rust"].get(name, {}).get("times", {})


def _ratio(times: dict, peer: str, ours: str = "merge_json") -> float | None:
    if peer not in times:
        return None
    return times[ours]["median"] / times[peer]["median"]


def text(table: list[Row], judged: bool) -> str:
    """Return the table for people, with or without a judgement of each row."""
    lines = [f"{'':58} {'triple':15} {'ratio':>8} {'must':>6} {'aim':>5}"]
    for row in table:
        value = "-" if row.value is None else f"{row.value:.3g}"
        must, aim = ("" if bound is None else f"{bound:g}" for bound in (row.must, row.aim))
        bounds = f"{value:>8} {must:>6} {aim:>5}"
        verdict = f"  {row.verdict}" if judged else ""
        lines.append(f"{row.what:58} {row.where:15} {bounds}{verdict}")
    return "\n".join(lines)
