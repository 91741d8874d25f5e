"""Draws the record: what each fix loses on each store, and how fast it is beside Django's engine.

Readable on light and on dark pages, and without colours: every bar has its number.
"""

from html import escape
from typing import Any

from fixes import FIXES
from stores import STORES
from tables import NOWHERE, cells_of

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .faint { fill: #57606a; font-size: 12px }
  .line { stroke: #d0d7de; fill: none }
  .room { fill: #d0d7de; fill-opacity: .45 }
  .lost { fill: #cf222e }
  .error { fill: #bf8700 }
  .speed { fill: #8c959f }
  .ours { font-weight: 600 }
  .ours-speed { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #9198a1 }
    .line { stroke: #3d444d }
    .room { fill: #3d444d; fill-opacity: .6 }
    .lost { fill: #f85149 }
    .error { fill: #d29922 }
    .speed { fill: #6e7681 }
    .ours-speed { fill: #4493f8 }
  }
"""
NAMES, COLUMN, BAR_ROOM, BAR, ROW = 210, 110, 50, 14, 26
FASTEST = 1.25
"""The ratio that fills the room of a bar; what is faster is cut off there, with its number."""
THREADS, WORK_MS = 4, 10


def draw(record: dict[str, Any]) -> str:
    """Return the chart as SVG."""
    width = NAMES + COLUMN * len(STORES)
    plan, cells = record["plan"], record["cells"]
    title = "What each fix for lost session updates loses, and what it costs"
    ours = sum(cell["lost"] for cell in cells if cell["fix"] == "session-merge")
    stock = sum(cell["lost"] for cell in cells if cell["fix"] == "stock")
    about = (
        f"{len(FIXES)} fixes on {len(STORES)} stores: {plan['processes']} processes of "
        f"{THREADS} threads, {plan['clients']} clients on one session, {WORK_MS} ms of work. "
        f"In all runs of the lab Django's engine lost {stock} updates, session-merge {ours}."
    )
    title_of_lost = "Updates that were lost, and requests that failed (!), in per cent of all"
    lost, y = _panel(record, title_of_lost, _lost, 34)
    speed, y = _panel(record, "Requests per second, Django's engine being 1", _speed, y + 14)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" '
            f'height="{y}" role="img" aria-labelledby="title about">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="about">{escape(about)}</desc>',
            f"<style>{STYLE}</style>",
            f'<text class="faint" x="0" y="14">{escape(_note(plan))}</text>',
            *lost,
            *speed,
            "</svg>\n",
        ]
    )


def _note(plan: dict[str, Any]) -> str:
    return (
        f"{plan['clients']} clients on one session, {plan['processes']} processes of {THREADS} "
        f"threads, {WORK_MS} ms of work. {NOWHERE}: there is no such thing on this store."
    )


def _panel(record: dict[str, Any], title: str, bar: Any, y: int) -> tuple[list[str], int]:
    cells = cells_of(record)
    parts = [f'<text class="title" x="0" y="{y + 14}">{escape(title)}</text>']
    top = y + 46
    for column, store in enumerate(STORES):
        x = NAMES + column * COLUMN
        parts.append(f'<text class="faint" x="{x}" y="{top - 8}">{store.title}</text>')
    for row, fix in enumerate(FIXES):
        middle = top + row * ROW + ROW / 2
        mark = ' class="ours"' if fix.merging else ""
        parts.append(f'<text{mark} x="0" y="{middle + 4:g}">{escape(fix.title)}</text>')
        for column, store in enumerate(STORES):
            x = NAMES + column * COLUMN
            cell = cells.get((store.name, fix.name, THREADS, WORK_MS))
            if cell is None:
                parts.append(f'<text class="faint" x="{x}" y="{middle + 4:g}">{NOWHERE}</text>')
            else:
                parts += _bar(x, middle, *bar(cell, fix.merging))
    bottom = top + ROW * len(FIXES)
    parts.append(f'<path class="line" d="M0 {top}H{NAMES + COLUMN * len(STORES)}"/>')
    return parts, bottom + 8


def _bar(x: int, middle: float, label: str, shares: dict[str, float]) -> list[str]:
    """Return a bar of one or more parts that follow each other, each a share of its room."""
    at = f'y="{middle - BAR / 2:g}" height="{BAR}"'
    parts = [f'<rect class="room" x="{x}" width="{BAR_ROOM}" {at}/>']
    start = 0.0
    for kind, share in shares.items():
        if share:
            end = min(1, start + share)
            left, right = x + start * BAR_ROOM, x + end * BAR_ROOM
            parts.append(f'<rect class="{kind}" x="{left:.1f}" width="{right - left:.1f}" {at}/>')
            start = end
    parts.append(f'<text x="{x + BAR_ROOM + 6}" y="{middle + 4:g}">{label}</text>')
    return parts


def _lost(cell: dict[str, Any], merging: bool) -> tuple[str, dict[str, float]]:
    shares = {"lost": cell["lost"] / cell["sent"], "error": cell["errors"] / cell["sent"]}
    lost, failed = (f"{100 * share:.0f}" for share in shares.values())
    if not cell["errors"]:
        return f"{lost} %" if cell["lost"] else "0", shares
    return f"{lost} + {failed} !" if cell["lost"] else f"{failed} % !", shares


def _speed(cell: dict[str, Any], merging: bool) -> tuple[str, dict[str, float]]:
    kind = "ours-speed" if merging else "speed"
    return f"{cell['to_stock']:.2f}", {kind: cell["to_stock"] / FASTEST}
