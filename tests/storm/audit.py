"""Accounting for every operation of a storm, from what the clients sent, were told, and saw.

Each time somebody saw a session, all in it is held against what it must and may hold then
(``history``). What is wrong comes out as a list of problems; a storm without any lost nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from history import Session, sessions_of
from operations import REFUSED, Operation

DEFAULT_AGE = 1209600
"""Django's SESSION_COOKIE_AGE, in seconds."""


@dataclass(frozen=True)
class Problem:
    """Something that must not happen."""

    kind: str
    subject: str
    """The operation that was undone or went wrong; the session's first one if it is none."""
    seen_by: str
    """The operation that brought it to light."""


Finding = tuple[str, str]
"""The kind of a problem and its subject."""

Replaced = dict[str, set[str]]

OVERWRITTEN = {"last": ("add", "saw"), "_session_expiry": ("expire", "saw_age")}
"""The members that all overwrite: by which operation, and how it tells what it found there."""


@dataclass(frozen=True)
class View:
    """What somebody saw in a session, and what could be there at that time."""

    session: Session
    operation: Operation
    data: dict[str, Any]
    certain: list[Operation]
    possible: list[Operation]

    @classmethod
    def of(cls, session: Session, operation: Operation, behind_until: float) -> "View":
        """Return what the operation saw; until that time it may be behind what is stored."""
        late = operation.sent > behind_until
        certain = session.must_hold(operation.sent) if late else []
        possible = session.may_hold(operation.answered)
        return cls(session, operation, operation.body["data"], certain, possible)

    def problems(self) -> Iterator[Finding]:
        """Find all that is wrong with what was seen."""
        yield from self._keys()
        yield from self._entries()
        yield from self._count()
        yield from self._identity()
        yield from self._latest("last", "add", lambda one: one.id)
        yield from self._latest("_session_expiry", "expire", lambda one: int(one.detail["age"]))

    def _keys(self) -> Iterator[Finding]:
        there = {name[1:] for name in self.data if name.startswith("k")}
        dropped = _named(self.certain)
        maybe_dropped = _named(self.possible)
        added = _ids(self.certain)
        yield from (("key lost", one) for one in added - maybe_dropped - there)
        yield from (("deletion undone", one) for one in there & dropped)
        yield from (("key from nowhere", one) for one in there - _ids(self.possible))

    def _entries(self) -> Iterator[Finding]:
        entries = Counter(self.data.get("log", []))
        lost = _ids(self.certain) - entries.keys()
        unsent = entries.keys() - _ids(self.possible)
        yield from (("list entry lost", one) for one in lost)
        yield from (("list entry twice", one) for one, times in entries.items() if times > 1)
        yield from (("list entry from nowhere", one) for one in unsent)

    def _count(self) -> Iterator[Finding]:
        count = self.data.get("count", 0)
        if count < len(self.certain):
            yield "increments lost", self.operation.id
        if count > len(self.possible):
            yield "increments twice", self.operation.id

    def _identity(self) -> Iterator[Finding]:
        if self.data.get("_auth_user_id") != self.session.user:
            yield "identity of somebody else", self.session.birth.id
        users = {value for name, value in self.data.items() if name.startswith("k")}
        if users - {None, self.session.user}:
            yield "data of somebody else", self.session.birth.id
        if "user" in self.operation.body and self.operation.kind != "login":
            user = self.operation.body["user"]
            if (None if user is None else str(user)) != self.session.user:
                yield "logged in as somebody else", self.session.birth.id

    def _latest(self, member: str, kind: str, value_of: Any) -> Iterator[Finding]:
        """Check a member that all overwrite: no write that came after the one seen is ignored."""
        seen = self.data.get(member)
        writers = [one for one in self.possible if one.kind == kind and value_of(one) == seen]
        certain = [one for one in self.certain if one.kind == kind]
        if seen is not None and not writers:
            yield f"{member} from nowhere", self.operation.id
        ended = max((one.answered for one in writers), default=-inf)
        later = (one.id for one in certain if one.sent > ended)
        yield from ((f"{member} went back", one) for one in later)


def audit(
    operations: Iterable[Operation], *, calm: bool, behind_until: float = -inf
) -> list[Problem]:
    """Return all that went wrong.

    In a calm storm nobody was killed, and every request was answered. ``behind_until`` is for an
    engine whose cache was killed: the row has all, but a copy of it may be behind, until that time.
    """
    operations = list(operations)
    problems, replaced = [], _replaced(operations)
    for session in sessions_of(operations).values():
        for visit in session.visits:
            problems += [Problem(kind, visit.id, visit.id) for kind in _of_life(session, visit)]
        views = [
            View.of(session, visit, behind_until) for visit in session.visits if _saw_all(visit)
        ]
        for view in views:
            problems += [Problem(*finding, view.operation.id) for finding in view.problems()]
        for view in views[-1:]:
            found = [*_overwritten(view, replaced), *_expires(view, operations)]
            problems += [Problem(*finding, view.operation.id) for finding in found]
        if _nobody_inherited(session, behind_until):
            problems.append(Problem("inheritance lost", session.birth.id, session.birth.id))
    if calm:
        unanswered = (one for one in operations if one.failed)
        problems += [Problem(f"no answer but {one.error}", one.id, one.id) for one in unanswered]
    return problems


def count_kinds(problems: Iterable[Problem]) -> Counter[str]:
    """Return how many subjects there are of each kind of problem, however often each was seen."""
    return Counter(kind for kind, _ in {(one.kind, one.subject) for one in problems})


def unreported(problems: Iterable[Problem], operations: Iterable[Operation]) -> list[Problem]:
    """Return the keys that were lost, or came back, and that no save has told of having undone."""
    told = {
        place for one in operations for merge in one.merges for place in merge.get("undone", ())
    }
    undone = (one for one in problems if one.kind in ("key lost", "deletion undone"))
    return [one for one in undone if f"/k{one.subject}" not in told]


def _saw_all(visit: Operation) -> bool:
    """Whether the operation was told all that the session held."""
    return visit.acknowledged and visit.found and "data" in visit.body


def _of_life(session: Session, visit: Operation) -> Iterator[str]:
    """Check that the session was there, or was not, as it had to be."""
    if visit.acknowledged and visit.found and session.must_be_gone(visit.sent):
        yield "session came back"
    if visit.acknowledged and not visit.found and not session.may_be_gone(visit.answered):
        yield "session vanished"
    if visit.status == REFUSED and not session.may_be_gone(visit.answered):
        yield "refused without reason"
    if visit.acknowledged and visit.found and visit.new_key and visit.kind != "login":
        yield "session moved"


def _replaced(operations: list[Operation]) -> Replaced:
    """Return the values that somebody overwrote knowingly: found there, or told of as a conflict.

    They are grouped by the member that held them.
    """
    replaced: Replaced = {member: set() for member in OVERWRITTEN}
    for one in operations:
        for member, (kind, saw) in OVERWRITTEN.items():
            if one.kind == kind:
                replaced[member].add(str(one.body.get(saw)))
        for merge in one.merges:
            for pointer, lost in merge["lost"]:
                replaced[pointer.removeprefix("/")].add(lost)
    return replaced


def _overwritten(view: View, replaced: Replaced) -> Iterator[Finding]:
    """Account for every write of a member that all overwrite, by who overwrote it.

    It was overwritten knowingly: unless it is the last, or the next one was never answered.
    """
    unknown = sum(one.unknown for one in view.possible)
    for member, (kind, _) in OVERWRITTEN.items():
        known = {*replaced[member], str(view.data.get(member))}
        writers = (one for one in view.certain if one.kind == kind)
        unseen = [one.id for one in writers if one.detail.get("age", one.id) not in known]
        if len(unseen) > unknown:
            yield from ((f"{member} overwritten without a conflict", one) for one in unseen)


def _expires(view: View, operations: list[Operation]) -> Iterator[Finding]:
    """Check that the row expires when the session says: counted from a save during the storm."""
    left = view.operation.body.get("expires_in")
    if left is not None:
        age = view.data.get("_session_expiry", DEFAULT_AGE)
        if not age - (view.operation.answered - operations[0].sent) <= left <= age:
            yield "row expires at another time", view.operation.id


def _nobody_inherited(session: Session, behind_until: float) -> bool:
    """Whether several took a session over at once, and none has all that was acknowledged."""
    by_login_alone = all(one.acknowledged and one.kind == "login" for one in session.endings)
    if len(session.heirs) < 2 or not by_login_alone:
        return False
    for heir in session.heirs:
        seen = [one for one in heir.visits if _saw_all(one)]
        if not seen or seen[0].sent < behind_until:
            return False  # nobody looked at this one in time: it may have all
        held = seen[0].body["data"]
        if _ids(session.must_hold(inf)) <= set(held.get("log", [])):
            return False
    return True


def _ids(operations: list[Operation]) -> set[str]:
    return {one.id for one in operations if one.kind == "add"}


def _named(operations: list[Operation]) -> set[str]:
    return {one.detail["name"] for one in operations if one.kind == "drop"}
