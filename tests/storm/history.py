"""The lives of the sessions in a storm, as the journals tell them.

A session is born by the first write without one, and ends by a logout, by a login of another user,
or by the login of somebody who was not logged in yet: then its *heir* goes on with all it held,
under a new key. From the lives follows what a session must hold at a time, and what it may hold:

- it must hold the changes that were acknowledged before that time, and its parent's;
- it may hold those that were sent before that time and not refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from operations import Operation

CHANGES = ("add", "drop", "expire")
ENDINGS = ("login", "logout")


@dataclass
class Session:
    """One session, from the first to the last time that its key is good."""

    key: str
    birth: Operation
    parent: "Session | None" = None
    user: str | None = None
    """Whose it is from its birth on; nobody else's ever."""
    changes: list[Operation] = field(default_factory=list)
    endings: list[Operation] = field(default_factory=list)
    visits: list[Operation] = field(default_factory=list)
    """All that was sent to it, whatever became of it."""
    heirs: list["Session"] = field(default_factory=list)

    @property
    def only_heir(self) -> bool:
        """Whether nobody but this session can have got what the parent held at its end."""
        return self.parent is not None and self.parent.has_one_end

    @property
    def has_one_end(self) -> bool:
        """Whether one thing alone ended the session."""
        return len(self.endings) == 1

    def must_hold(self, before: float) -> list[Operation]:
        """Return the changes that are in the session for whoever reads it at this time."""
        own = [one for one in self.changes if one.acknowledged and one.answered < before]
        if self.parent is None:
            return own
        return self.parent.must_hold(inf if self.only_heir else self.birth.sent) + own

    def may_hold(self, until: float) -> list[Operation]:
        """Return the changes that can be in the session for who has read it by this time."""
        own = [one for one in self.changes if one.sent < until]
        if self.parent is None:
            return own
        return self.parent.may_hold(self.birth.answered) + own

    def may_be_gone(self, by: float) -> bool:
        """Whether anything that ends the session was sent before this time."""
        return any(one.sent < by for one in self.endings)

    def must_be_gone(self, at: float) -> bool:
        """Whether the end of the session was acknowledged before this time."""
        return any(one.acknowledged and one.answered < at for one in self.endings)


def sessions_of(operations: Iterable[Operation]) -> dict[str, Session]:
    """Return all sessions that clients were told of."""
    operations = list(operations)
    sessions: dict[str, Session] = {}
    for operation in operations:
        if operation.acknowledged and operation.new_key:
            sessions[operation.new_key] = Session(operation.new_key, operation)
    for operation in operations:
        _tell(sessions, operation)
    return sessions


def _tell(sessions: dict[str, Session], operation: Operation) -> None:
    """Take one operation into the lives of the session it was sent to, and of the one it made."""
    old = sessions.get(operation.key or "")
    new = sessions.get(operation.new_key or "")
    if old is not None and operation.kind != "evict":  # which does not look into the session
        old.visits.append(operation)
    landed = new if operation.acknowledged and not operation.found else old
    if operation.kind in CHANGES and landed is not None and not operation.refused:
        landed.changes.append(operation)
    if old is not None and operation.kind in ENDINGS and _ends(operation):
        old.endings.append(operation)
    if new is not None and operation.kind == "login":
        new.user = str(operation.body["user"])
        if operation.found and "_auth_user_id" not in operation.body["data"] and old is not None:
            new.parent = old
            old.heirs.append(new)


def _ends(operation: Operation) -> bool:
    """Whether a login or logout ended its session, or may have."""
    if operation.unknown:
        return True
    if operation.refused or not operation.found:
        return False
    return operation.kind == "logout" or operation.new_key is not None
