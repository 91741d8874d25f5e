"""Merging three stored values into the session to store."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from session_merge import Merge, Rules, merge, merge_json
from session_merge.django import codec
from session_merge.django.codec import UnreadableError
from session_merge.django.errors import SessionDecodeError

__all__ = ["IDENTITY", "Merged", "loaded_as", "merge_stored"]

IDENTITY = "_auth_user_id"
"""The key under which Django keeps who is logged in."""

UNREADABLE_BASE = "A session that was loaded cannot be read; it counts as empty."

logger = logging.getLogger("session_merge")


@dataclass(frozen=True)
class Merged:
    """The session after a merge: as data, and as the value to store (None: encode the data).

    That value is theirs as it is if theirs is the result, and signed with the current key.
    """

    merge: Merge[Any]
    data: dict[str, Any]
    raw: Any

    def __repr__(self) -> str:
        return "Merged()"  # sessions hold secrets


def merge_stored(session: Any, base: Any, theirs: Any, mine: Any, rules: Rules) -> Merged:
    """Merge what this session started from, what is stored now, and what it wants to store.

    Raises ``SessionDecodeError`` if theirs cannot be read, and ``UpdateError`` if it belongs to
    another identity than base: what was done as one user is never merged into the session of
    another, nor into one where nobody is logged in any more.
    """
    if codec.merges_texts(session):
        return _merge_texts(session, base, theirs, mine, rules)
    base_doc = loaded_as(session, base)
    theirs_doc = _read_theirs(codec.decode_strictly, session, theirs)
    _check_identity(base_doc, theirs_doc)
    mine_doc = codec.decode_strictly(session, mine)  # as the next request would load it
    result = merge(base_doc, theirs_doc, mine_doc, rules)
    keep = not result.changed and codec.is_up_to_date(session, theirs)
    return Merged(result, result.value, theirs if keep else None)


def _merge_texts(session: Any, base: str, theirs: str, mine: str, rules: Rules) -> Merged:
    base_text, base_doc = _text_loaded_as(session, base)
    theirs_text = _read_theirs(codec.unsign, session, theirs)
    theirs_doc = _read_theirs(codec.decode_text, session, theirs_text)
    _check_identity(base_doc, theirs_doc)
    result = merge_json(base_text, theirs_text, codec.unsign(session, mine), rules)
    if not result.changed:
        keep = codec.is_up_to_date(session, theirs)
        return Merged(result, theirs_doc, theirs if keep else codec.sign(session, theirs_text))
    text = codec.escape_to_ascii(result.value)
    return Merged(result, codec.decode_text(session, text), codec.sign(session, text))


def _text_loaded_as(session: Any, base: str) -> tuple[str, dict[str, Any]]:
    try:
        text = codec.unsign(session, base)
        return text, codec.decode_text(session, text)
    except UnreadableError:
        logger.warning(UNREADABLE_BASE)
        return "{}", {}


def loaded_as(session: Any, base: Any) -> dict[str, Any]:
    """Return what a request got that loaded the stored value ``base``.

    If it cannot be read (the ``SECRET_KEY`` has been rotated, say) that was an empty
    session, and so it is to the merge. The value still serves to compare and swap.
    """
    try:
        return codec.decode_strictly(session, base)
    except UnreadableError:
        logger.warning(UNREADABLE_BASE)
        return {}


def _read_theirs(read: Any, session: Any, stored: Any) -> Any:
    try:
        return read(session, stored)
    except UnreadableError:
        raise SessionDecodeError(
            "The stored session has changed and cannot be read; nothing was written. Does another "
            "process use a different SECRET_KEY or SESSION_SERIALIZER?"
        ) from None


def _check_identity(base: dict[str, Any], theirs: dict[str, Any]) -> None:
    if base.get(IDENTITY) != theirs.get(IDENTITY):
        raise UpdateError
