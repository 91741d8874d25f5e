"""Moving a session to another key, as login and ``cycle_key()`` do, without losing a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from session_merge.django.lost_race import Candidate, LostRace
from session_merge.django.store import (
    Changed,
    Draft,
    Gone,
    LockingStore,
    Stored,
    SwappingStore,
)

__all__ = ["Move", "Moved"]


@dataclass(frozen=True, repr=False)
class Moved:
    """What is stored under the new key: the session as it was, or the candidate of a merge."""

    draft: Draft
    candidate: Candidate | None
    stored: Stored


@dataclass(frozen=True, repr=False)
class Move:
    """One move from ``old_key``. The session has the new key already, and so has ``race``."""

    race: LostRace
    old_key: str

    def run(self) -> Moved | None:
        """Move the session, merged with what others stored; None if it is gone.

        Under a lock that is one transaction. Without one, the new entry is made first, where
        nobody knows its key; then the old one is removed, if it still holds what was merged. A
        process that dies in between leaves the old session as it was.
        """
        if isinstance(self.race.store, LockingStore):
            return self._under_lock(self.race.store)
        assert isinstance(self.race.store, SwappingStore)
        return self._by_swapping(self.race.store)

    def _under_lock(self, store: LockingStore) -> Moved | None:
        with store.locked(self.old_key) as current:
            if isinstance(current, Gone):
                return None
            candidate = self._candidate(current)
            draft = candidate.draft if candidate else self.race.mine
            stored = store.insert(self.race.key, draft)
            store.delete(self.old_key)
        return Moved(draft, candidate, stored)

    def _by_swapping(self, store: SwappingStore) -> Moved | None:
        expected, draft = self.race.base, self.race.mine
        candidate: Candidate | None = None
        stored = store.insert(self.race.key, draft)
        try:
            while not isinstance(current := store.remove(self.old_key, expected), Stored):
                if isinstance(current, Gone):
                    store.delete(self.race.key)
                    return None
                candidate = self.race.candidate(current.raw)
                stored = self._replace(store, draft, candidate.draft)
                expected, draft = current.raw, candidate.draft
        except BaseException:
            store.delete(self.race.key)
            raise
        return Moved(draft, candidate, stored)

    def _candidate(self, current: Changed) -> Candidate | None:
        return None if current.raw == self.race.base else self.race.candidate(current.raw)

    def _replace(self, store: SwappingStore, held: Draft, draft: Draft) -> Stored:
        """Replace the new entry. Only the store itself can have dropped it (to make room, say)."""
        stored: Any = store.swap(self.race.key, held.raw, draft, touch=False)
        if not isinstance(stored, Stored):
            raise UpdateError
        return stored
