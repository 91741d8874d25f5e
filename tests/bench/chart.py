"""Draws the record: horizontal bars on a logarithmic scale, readable on light and dark pages."""

import math
from html import escape

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .faint { fill: #57606a; font-size: 12px }
  .line { stroke: #d0d7de }
  .peer { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #9198a1 }
    .line { stroke: #3d444d }
    .peer { fill: #6e7681 }
    .ours { fill: #4493f8 }
  }
"""
NAMES, SCALE, VALUES, BAR, GAP = 220, 420, 90, 18, 26
OURS = "merge", "merge, of parsed values", "merge_json", "merge_json, bytes", "merge_slice"
WITHOUT = "memcpy", "merge_json, bytes", "merge_slice"
LABELS = {"serde_json x3": "serde_json x3, only parse", "copy.deepcopy": "copy.deepcopy of base"}


def panels(record: dict) -> list[tuple[str, dict[str, float]]]:
    """Return a title and the medians in nanoseconds for each part of the chart."""
    found = []
    for name, title in (
        ("clean-2KB", "Rust, text of 2 KB, 5 edits a side"),
        ("session-50KB", "Rust, text of 50 KB, 10 edits a side"),
    ):
        times = record["rust"].get(name, {}).get("times", {})
        renamed = {"merge": "merge, of parsed values"}
        for peer in times:
            if peer.startswith("validate"):
                renamed[peer] = f"{peer}, one text"
        found.append((title, {renamed.get(who, who): it for who, it in times.items()}))
    for python in record["python"][:1]:
        kinds = python["triples"].get("session-2KB", {})
        found.append((f"Python {python['python']}, text of 2 KB", kinds.get("text", {})))
        found.append((f"Python {python['python']}, dicts of 2 KB", kinds.get("live", {})))
    return [
        (title, {name: it["median"] for name, it in times.items() if name not in WITHOUT})
        for title, times in found
        if times
    ]


def draw(record: dict) -> str:
    """Return the chart as SVG."""
    note = "Time of one run, logarithmic scale: a bar twice as long is far more than twice as slow."
    parts, y = [f'<text class="faint" x="0" y="14">{note}</text>'], 30
    for title, medians in panels(record):
        drawn, y = _panel(title, medians, y)
        parts += drawn
    width = NAMES + SCALE + VALUES
    about = "Time of one merge of three documents, medians of one run, shorter is better"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" '
        f'width="{width}" height="{y}" role="img" aria-label="{about}">'
    )
    return "\n".join(
        [head, f"<title>{about}</title>", f"<style>{STYLE}</style>", *parts, "</svg>\n"]
    )


def _panel(title: str, medians: dict[str, float], y: int) -> tuple[list[str], int]:
    least = 10 ** math.floor(math.log10(min(medians.values())))
    decades = math.ceil(math.log10(max(medians.values()) / least)) or 1
    across = SCALE / decades
    parts = [f'<text class="title" x="0" y="{y + 14}">{escape(title)}</text>']
    top, bottom = y + 28, y + 28 + GAP * len(medians)
    for decade in range(decades + 1):
        x = NAMES + decade * across
        parts.append(f'<path class="line" d="M{x:.1f} {top}V{bottom}"/>')
        label = _time(least * 10**decade)
        parts.append(
            f'<text class="faint" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{label}</text>'
        )
    for index, (name, median) in enumerate(sorted(medians.items(), key=lambda item: item[1])):
        middle = top + GAP * index + GAP / 2
        length = max(1.5, math.log10(median / least) * across)
        kind = "ours" if name in OURS else "peer"
        at = f'x="{NAMES - 8}" y="{middle + 4}" text-anchor="end"'
        parts.append(f"<text {at}>{escape(LABELS.get(name, name))}</text>")
        at = f'x="{NAMES}" y="{middle - BAR / 2}" width="{length:.1f}" height="{BAR}"'
        parts.append(f'<rect class="{kind}" {at} rx="2"/>')
        at = f'x="{NAMES + length + 6:.1f}" y="{middle + 4}"'
        parts.append(f'<text class="faint" {at}>{_time(median)}</text>')
    return parts, bottom + 40


def _time(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.2g} ns"
