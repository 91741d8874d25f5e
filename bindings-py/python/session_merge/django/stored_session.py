"""A stored session for people who operate a site: what is in it, but no values."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.file import SessionStore as FileSession
from session_merge._redaction import redacted, safe
from session_merge.django.merging import MergingSession
from session_merge.django.rows import RowStore

__all__ = ["MissingSession", "described", "load_stored"]

KINDS = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "number",
    list: "array",
    str: "string",
    type(None): "null",
}


class MissingSession(Exception):
    """There is no session under a key, or none that can be read. The text does not show the key."""


class _Member(NamedTuple):
    name: str
    kind: str
    size: int


def load_stored(engine: Any, key: str) -> SessionBase:
    """Return the session that is stored under a key."""
    session = engine(key)
    data = session._get_session()
    if session.session_key is None:
        raise MissingSession("There is no such session.")
    is_ours = isinstance(session, MergingSession)
    if (is_ours and not session.is_readable()) or (not is_ours and not data):
        raise MissingSession("The session cannot be read: another SECRET_KEY, or serializer?")
    return session


def described(session: Any, *, names: bool) -> Iterator[str]:
    """Yield lines: the expiry, and each member's name, type and size."""
    yield f"expires  {_expiry(session)}"
    members = [_member(name, value) for name, value in session._session_cache.items()]
    yield f"members  {len(members)}, {sum(member.size for member in members)} bytes of values"
    shown = [safe(each.name) if names else redacted(f"/{each.name}")[1:] for each in members]
    width = max(map(len, shown), default=0)
    for name, member in zip(shown, members, strict=True):
        yield f"  {name:{width}}  {member.kind:15}  {member.size} bytes"


def _member(name: object, value: object) -> _Member:
    """Measure a value: as JSON where it is JSON, else pickled."""
    kind = KINDS.get(type(value), type(value).__qualname__)
    if isinstance(value, (dict, list)):
        kind = f"{kind} of {len(value)}"
    try:
        size = len(json.dumps(value).encode())
    except TypeError:
        size = len(pickle.dumps(value))
    return _Member(str(name), kind, size)


def _expiry(session: Any) -> str:
    expires = _expiry_date(session)
    if expires is not None:
        return expires.isoformat(sep=" ", timespec="seconds")
    return f"with its entry in the store, {session.get_expiry_age()} s after it was last saved"


def _expiry_date(session: Any) -> datetime | None:
    """Return when the session expires, if there is a row or a file that knows."""
    model = _model(session)
    if model is not None:
        row = model.objects.filter(pk=session.session_key).get()
        expires: datetime = row.expire_date
        return expires
    if isinstance(session, FileSession):
        written: datetime = session._expiry_date(session._session_cache)
        return written
    return None


def _model(session: Any) -> Any:
    if hasattr(session, "get_model_class"):
        return session.get_model_class()
    store = session.merge_store() if isinstance(session, MergingSession) else None
    return store.model if isinstance(store, RowStore) else None
