"""One save that found that somebody else had stored something first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from session_merge import Merge, MergeConflict
from session_merge.django.conf import Config
from session_merge.django.errors import SessionConflict, StoreBusyError
from session_merge.django.observe import lost_places
from session_merge.django.report import report_refused
from session_merge.django.store import Changed, Draft, Gone, LockingStore, Store, Stored
from session_merge.django.three_way import Merged, merge_stored

__all__ = ["Candidate", "Drafting", "LostRace", "Won"]

Drafting = Callable[[dict[str, Any]], Draft]
"""Makes the data of a session, which is its ``_session_cache`` by then, ready to be written."""

PAUSES_MS = (2, 4, 8, 16)
LONGEST_WAIT_S = 30


@dataclass(frozen=True, repr=False)
class Candidate:
    """A merged session that may be written over ``theirs``, and over nothing else."""

    theirs: Any
    data: dict[str, Any]
    draft: Draft
    merge: Merge[Any] | None
    """How it was merged; None if it was not, but is to be written over theirs all the same."""
    lost: list[str]
    """Where it undoes what theirs changed."""

    @property
    def touch(self) -> bool:
        """Whether theirs already is the result, so that only the expiry need be written."""
        return bool(self.draft.raw == self.theirs)

    @property
    def is_stored(self) -> bool:
        """Whether theirs already is the result, and the expiry is not to be written either."""
        return self.draft.content_only and self.touch


@dataclass(frozen=True, repr=False)
class Won:
    """The candidate that was stored in the end, and what it took."""

    candidate: Candidate
    stored: Stored
    attempts: int
    locked: bool = False
    """Whether it was written under the store's write lock."""
    seconds: float = 0.0
    """How long it took from the swap that was lost."""


@dataclass(frozen=True, repr=False)
class LostRace:
    """What is needed to merge, and merge again: the store, base, mine, and the rules."""

    session: Any
    store: Store
    key: str
    base: Any
    mine: Draft
    drafting: Drafting
    config: Config

    def candidate(self, theirs: Any) -> Candidate:
        """Merge with ``theirs``. The session holds the result from here on: its expiry counts."""
        if self.config.observe:
            return self._overwriting(theirs)
        merged = self.merged(theirs)
        self.session._session_cache = merged.data
        return Candidate(theirs, merged.data, self._draft(merged), merged.merge, lost=[])

    def merged(self, theirs: Any) -> Merged:
        """Merge with ``theirs``; raise ``SessionConflict`` if a rule refuses it."""
        try:
            return merge_stored(self.session, self.base, theirs, self.mine.raw, self.config.rules)
        except MergeConflict as refused:
            report_refused(self.session, refused)
            raise SessionConflict(refused) from None

    def _overwriting(self, theirs: Any) -> Candidate:
        lost = lost_places(self.session, self.base, theirs, self.mine.raw, self.config.rules)
        return Candidate(theirs, self.session._session_cache, self.mine, None, lost)

    def _draft(self, merged: Merged) -> Draft:
        """Draft the merged session; a text is there already and is not encoded again."""
        if merged.raw is None or not self.session.stores_text:
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
        the time are used up, the store's write lock decides. A store without locks goes on to be
        asked: of all who write, one gets through each time, and who waited at random is not
        always the same. Half a minute of that is an error.
        """
        began = time.monotonic()
        won = self._swapped(outcome, began)
        return replace(won, seconds=time.monotonic() - began)

    def _swapped(self, outcome: Changed | Gone, began: float) -> Won:
        lost = 1
        while not self._is_out_of_patience(lost, time.monotonic() - began):
            if lost > 1:
                time.sleep(random.uniform(0, PAUSES_MS[min(lost, len(PAUSES_MS)) - 1]) / 1000)
                outcome = self.store.read(self.key)
            if isinstance(outcome, Gone):
                raise UpdateError
            candidate = self.candidate(outcome.raw)
            if candidate.is_stored:
                return Won(candidate, Stored(), lost)
            answer = self.store.swap(
                self.key, candidate.theirs, candidate.draft, touch=candidate.touch
            )
            if isinstance(answer, Stored):
                return Won(candidate, answer, lost + 1)
            if answer == outcome and isinstance(self.store, LockingStore):
                break  # the store does not compare exactly: nobody wrote, and still no match
            outcome = answer
            lost += 1
        return self._under_lock(lost + 1)

    def _is_out_of_patience(self, lost: int, waited: float) -> bool:
        if isinstance(self.store, LockingStore):
            return lost >= self.config.attempts or waited > self.config.ceiling_ms / 1000
        return waited > LONGEST_WAIT_S

    def _under_lock(self, attempts: int) -> Won:
        if not isinstance(self.store, LockingStore):
            raise StoreBusyError(
                f"The session was written by others for {LONGEST_WAIT_S} s; nothing of this save "
                "was stored."
            )
        with self.store.locked(self.key) as current:
            if isinstance(current, Gone):
                raise UpdateError
            candidate = self.candidate(current.raw)
            if candidate.is_stored:
                return Won(candidate, Stored(), attempts, locked=True)
            stored = self.store.put(self.key, candidate.draft, touch=candidate.touch)
        return Won(candidate, stored, attempts, locked=True)
