"""The tables of a record, in Markdown."""

from collections.abc import Iterator
from typing import Any

from fixes import BY_NAME, FIXES, MERGING, WHY_NOT
from stores import STORES

Record = dict[str, Any]
Key = tuple[str, str, int, float]

NOWHERE = "—"
NOTE = "<!-- Written by `make lab`. -->"


def cells_of(record: Record) -> dict[Key, Record]:
    """Return the cells by store, fix, threads and work."""
    return {
        (cell["store"], cell["fix"], cell["threads"], cell["work_ms"]): cell
        for cell in record["cells"]
    }


def markdown(record: Record) -> str:
    """Return the document with all tables."""
    return "\n".join([NOTE, "", "# The lab's figures", "", *_about(record), *_tables(record)])


def _about(record: Record) -> Iterator[str]:
    machine, plan = record["machine"], record["plan"]
    versions = ", ".join(f"{name} {it}" for name, it in record["versions"].items())
    yield f"`{record['command']}` on {record['date'][:10]}: {machine['cpu']}, {machine['cores']}"
    yield f"cores, {machine['system']}, load {machine['load']} at the end, commit"
    yield f"`{machine['commit']}`. Python {machine['python']}, {versions}."
    yield ""
    yield f"{plan['processes']} processes of gunicorn; {plan['clients']} clients on one session;"
    yield f"{plan['turns']} turns of {plan['requests']} requests for each line. *Lost* counts"
    yield "updates that were acknowledged and are not there. *To stock* is the median, over the"
    yield "turns, of requests a second divided by those of Django's engine in the same turn."
    yield ""


def _tables(record: Record) -> Iterator[str]:
    cells, plan = cells_of(record), record["plan"]
    for store in STORES:
        yield f"## {store.title}"
        yield ""
        yield "| fix | threads | work | acknowledged | lost | errors | requests/s | to stock |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        for fix in FIXES:
            if store.name not in fix.stores:
                yield f"| {fix.title} | {NOWHERE} | | | | | | |"
                continue
            for threads in plan["threads"]:
                for work in plan["work_ms"]:
                    yield _row(fix.title, cells[store.name, fix.name, threads, work])
        yield ""
        missing = [fix for fix in FIXES if store.name not in fix.stores]
        if missing:
            yield f"{NOWHERE} means that there is no such thing on this store:"
            reasons = [f"- {fix.title}: {WHY_NOT[fix.name]}" for fix in missing]
            yield ";\n".join(reasons) + ".\n"


def _row(title: str, cell: Record) -> str:
    return (
        f"| {title} | {cell['threads']} | {cell['work_ms']:g} ms | {cell['acknowledged']} "
        f"| {bold(cell['lost'])} | {cell['errors']} | {cell['per_second']:.0f} "
        f"| {cell['to_stock']:.2f} |"
    )


def bold(count: int) -> str:
    """Return a count, in bold if it is not 0."""
    return f"**{count}**" if count else "0"


def beside_ours(record: Record, fix: str) -> str:
    """Return the table of one fix beside session-merge: 4 threads, 10 ms of work."""
    cells = cells_of(record)
    lines = [
        "| store | lost of acknowledged | errors | to stock | session-merge lost | to stock |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for store in STORES:
        if store.name not in BY_NAME[fix].stores:
            lines.append(f"| {store.title} | {NOWHERE} | | | | |")
            continue
        one, ours = (cells[store.name, name, 4, 10] for name in (fix, MERGING.name))
        lines.append(
            f"| {store.title} | {bold(one['lost'])} of {one['acknowledged']} | {one['errors']} "
            f"| {one['to_stock']:.2f} | {bold(ours['lost'])} of {ours['acknowledged']} "
            f"| {ours['to_stock']:.2f} |"
        )
    return "\n".join(lines)
