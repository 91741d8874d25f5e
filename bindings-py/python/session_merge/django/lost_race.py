"""One save that found that somebody else had stored something first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from session_merge import Merge
from session_merge.django.conf import Config
from session_merge.django.store import Changed, Draft, Gone, Store, Stored
from session_merge.django.three_way import Merged, merge_stored

__all__ = ["Candidate", "Drafting", "LostRace", "Won"]

Drafting = Callable[[dict[str, Any]], Draft]
"""Makes the data of a session, which is its ``_session_cache`` by then, ready to be written."""

LONGEST_PAUSE_MS = 16


@dataclass(frozen=True, repr=False)
class Candidate:
    """A merged session that may be written over ``theirs``, and over nothing else."""

    theirs: str
    merge: Merge[Any]
    data: dict[str, Any]
    draft: Draft

    @property
    def touch(self) -> bool:
        """Whether theirs already is the result, so that only the expiry need be written."""
        return self.draft.raw == self.theirs


@dataclass(frozen=True, repr=False)
class Won:
    """The candidate that was stored in the end, and how many attempts it took."""

    candidate: Candidate
    stored: Stored
    attempts: int


@dataclass(frozen=True, repr=False)
class LostRace:
    """What is needed to merge, and merge again: the store, base, mine, and the rules."""

    session: Any
    store: Store
    key: str
    base: str
    mine: str
    drafting: Drafting
    config: Config

    def candidate(self, theirs: str) -> Candidate:
        """Merge with ``theirs``. The session holds the result from here on: its expiry counts."""
        merged = merge_stored(self.session, self.base, theirs, self.mine, self.config.rules)
        self.session._session_cache = merged.data
        return Candidate(theirs, merged.merge, merged.data, self._draft(merged))

    def _draft(self, merged: Merged) -> Draft:
        """Draft the merged session; its text is there already and is not encoded again."""
        if merged.raw is None:
            return self.drafting(merged.data)
        self.session.encode = lambda _: merged.raw
        try:
            return self.drafting(merged.data)
        finally:
            del self.session.encode

    def run(self, outcome: Changed | Gone) -> Won:
        """Merge and swap until it holds, starting from what the first swap came back with.

        Each lost swap means that somebody else's held, so the first retry is made at once. Later
        ones wait a random, growing while first, and read again after it. When the attempts or
        the time are used up, the store's write lock decides.
        """
        deadline = time.monotonic() + self.config.ceiling_ms / 1000
        lost = 1
        while lost < self.config.attempts and time.monotonic() <= deadline:
            if lost > 1:
                time.sleep(random.uniform(0, min(2**lost, LONGEST_PAUSE_MS)) / 1000)
                outcome = self.store.read(self.key)
            if isinstance(outcome, Gone):
                raise UpdateError
            candidate = self.candidate(outcome.raw)
            answer = self.store.swap(
                self.key, candidate.theirs, candidate.draft, touch=candidate.touch
            )
            if isinstance(answer, Stored):
                return Won(candidate, answer, lost + 1)
            if answer == outcome:
                break  # the store does not compare exactly: nobody wrote, and still no match
            outcome = answer
            lost += 1
        return self._under_lock(lost + 1)

    def _under_lock(self, attempts: int) -> Won:
        with self.store.locked(self.key) as current:
            if isinstance(current, Gone):
                raise UpdateError
            candidate = self.candidate(current.raw)
            stored = self.store.put(self.key, candidate.draft, touch=candidate.touch)
        return Won(candidate, stored, attempts)
