"""Which stored value a session in memory started from.

That value is the base of the next merge. It advances with every save; inside a transaction it
advances on trial, because a rollback takes the row back and the session in memory does not notice:

    base     b0 ---save---> b1 ---save---> b2        the row holds b2
                   |               |
                   +-- rollback: the row holds b0 again, and so must the base

Measured from b2, everything since b0 would look like a deletion by somebody else, and be dropped.
Measured from b0, it is this session's own change, and a competing write merges with it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from session_merge.django.store import Fate

__all__ = ["History", "Version"]


class Version(NamedTuple):
    """What is known to be stored: ``raw`` under ``key``, or, if it is None, nothing yet."""

    key: str
    raw: Any

    def __repr__(self) -> str:
        return "Version()"  # both are secret


class History:
    """The base of one session store, and those it falls back to if transactions roll back."""

    def __init__(self) -> None:
        self.base: Version | None = None
        """The version that the session in memory started from; None if it was never read."""
        self.took_back = False
        """Whether ``base`` is what a rollback left, so that it may have another key, or no row."""
        self._on_trial: list[tuple[Version, Fate]] = []

    def loaded(self, version: Version | None) -> None:
        """Note that the session in memory was read anew."""
        self.settle()
        self.base = version
        self.took_back = False

    def caught_up(self, version: Version) -> None:
        """Note that the session in memory was merged with what is stored, and not written."""
        self.base = version

    def stored(self, before: Version, after: Version, fate: Fate | None) -> None:
        """Note that the session in memory was written over ``before``; ``fate`` tells how long.

        A session that had no row before begins a life of its own: what was there earlier, under a
        key that has been flushed, is never returned to.
        """
        if before.raw is None:
            self._on_trial.clear()
        self.base = after
        self.took_back = False
        if fate is None or fate.committed:
            self._on_trial.clear()
        else:
            self._on_trial.append((before, fate))

    def settle(self) -> None:
        """Take back what was rolled back.

        Writes of one session are nested like the savepoints they were made in, so whatever was
        rolled back is at the end of the list, and a committed write has only such before it.
        """
        while self._on_trial:
            before, fate = self._on_trial[-1]
            if fate.committed:
                self._on_trial.clear()
            elif fate.rolled_back:
                self._on_trial.pop()
                self.base = before
                self.took_back = True
            else:
                break
