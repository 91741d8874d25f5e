"""What clients did and what they were told: one record for each request, in append-only journals.

A journal has a line for what was sent, written before it was sent, and a line for the answer. All
processes of a storm run on one machine, whose monotonic clock orders their lines.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any

OK = 200
REFUSED = 400


@dataclass
class Operation:
    """One request, or one load and save by a background writer."""

    id: str
    kind: str
    key: str | None
    """The session that it was sent to, by its cookie; None for a client without one."""
    detail: dict[str, str] = field(default_factory=dict)
    sent: float = 0
    answered: float = inf
    status: int | None = None
    """The HTTP status; None if the connection broke."""
    error: str = ""
    """The kind of the error that it failed with."""
    new_key: str | None = None
    """The session that the answer's cookie names, if it is another one."""
    body: dict[str, Any] = field(default_factory=dict)
    merges: list[dict[str, Any]] = field(default_factory=list)
    """For each save that had to be merged: attempts, conflicts, and the values that lost."""

    @property
    def acknowledged(self) -> bool:
        """Whether the client was told that it was done."""
        return self.status == OK

    @property
    def refused(self) -> bool:
        """Whether the client was told that the session is gone, and nothing was done.

        Of two saves in one request, the first may have been done.
        """
        return self.status == REFUSED and "twice" not in self.detail

    @property
    def unknown(self) -> bool:
        """Whether the client was told neither: it may have been done."""
        return not self.acknowledged and not self.refused

    @property
    def failed(self) -> bool:
        """Whether the client got no answer, or one that no healthy site gives."""
        return self.status not in (OK, REFUSED)

    @property
    def found(self) -> bool:
        """Whether the session existed when it was loaded. To be asked if acknowledged."""
        return bool(self.body["found"])


class Journal:
    """The append-only file of one client."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def sending(self, operation: Operation) -> None:
        """Note that the operation is about to be sent."""
        operation.sent = time.monotonic()
        self._write(operation)

    def answered(self, operation: Operation) -> None:
        """Note the answer; an operation without one has just its first line."""
        operation.answered = time.monotonic()
        self._write(operation)

    def _write(self, operation: Operation) -> None:
        line = asdict(operation)
        if operation.answered == inf:
            del line["answered"]
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def read_journals(paths: Iterable[Path]) -> list[Operation]:
    """Return all operations in the order they were sent, each with its answer if it had one."""
    names = {field.name for field in fields(Operation)}
    operations: dict[str, Operation] = {}
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                assert record.keys() <= names
                operations[record["id"]] = Operation(**record)
    return sorted(operations.values(), key=lambda operation: operation.sent)
