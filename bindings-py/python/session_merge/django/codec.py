"""Reading what is stored strictly, and writing merged texts as they are.

Django's ``decode()`` answers ``{}`` for whatever it cannot read. For the session of a request that
is right: a visitor with an old cookie starts anew. For what another process has stored meanwhile
it would be wrong, because a merge would take it for "they deleted everything".
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from session_merge import DepthError, Rules, merge

__all__ = [
    "UnreadableError",
    "decode_strictly",
    "decode_text",
    "holds_same",
    "is_up_to_date",
    "merges_texts",
    "serves_as",
    "sign",
    "unsign",
]

TIME_AND_SIGNATURE = 2
DEEPEST = Rules({"max_depth": 1024})
BEYOND_ONE_ESCAPE = 0x10000


class UnreadableError(Exception):
    """A stored text cannot be decoded.

    It is raised without its cause, which may quote the text, and sessions hold secrets.
    """


class _Verbatim:
    """A serializer that leaves bytes as they are, so that signing can be undone and redone."""

    def dumps(self, data: bytes) -> bytes:
        return data

    def loads(self, data: bytes) -> bytes:
        return data


def _is_djangos(engine: Any, method: str) -> bool:
    """Return whether what is stored is made, or read, by Django's own method of this name."""
    return engine.stores_text and getattr(engine, method) is getattr(SessionBase, method)


def merges_texts(session: Any) -> bool:
    """Return whether what the session stores is signed JSON, written by Django itself.

    Then the JSON texts are merged, which keeps every digit and escape. Sessions with any other
    serializer, or with an ``encode()`` or ``decode()`` of their own, are merged as objects.
    """
    engine = type(session)
    return (
        session.serializer is signing.JSONSerializer
        and _is_djangos(engine, "encode")
        and _is_djangos(engine, "decode")
    )


def unsign(session: Any, raw: str) -> str:
    """Return the JSON text inside a stored text; raise ``UnreadableError`` if it is not ours."""
    try:
        data: bytes = signing.loads(raw, salt=session.key_salt, serializer=_Verbatim)
    except Exception:
        raise UnreadableError from None
    return data.decode("latin-1")  # as Django's serializer reads it


def sign(session: Any, text: str) -> str:
    """Return the stored text for a JSON text, signed and compressed as Django does it."""
    data = text.encode("latin-1")
    signed: str = signing.dumps(data, salt=session.key_salt, serializer=_Verbatim, compress=True)
    return signed


def decode_text(session: Any, text: str) -> dict[str, Any]:
    """Return the session held by a JSON text; raise ``UnreadableError`` if it holds none."""
    try:
        return _mapping(session.serializer().loads(text.encode("latin-1")))
    except (ValueError, RecursionError):
        raise UnreadableError from None


def decode_strictly(session: Any, raw: Any) -> dict[str, Any]:
    """Return the session held by a stored value; raise ``UnreadableError`` instead of ``{}``."""
    if not session.stores_text:
        return _mapping(session.read_raw(raw))
    if not _is_djangos(type(session), "decode"):
        return _decode_by_override(session, raw)
    try:
        data = signing.loads(raw, salt=session.key_salt, serializer=session.serializer)
    except Exception:
        raise UnreadableError from None
    return _mapping(data)


def _decode_by_override(session: Any, raw: str) -> dict[str, Any]:
    """Decode with an engine's own ``decode()``, whose ``{}`` may have two reasons.

    An empty answer is believed if an empty session would be stored just so.
    """
    data = _mapping(session.decode(raw))
    if not data and not _alike_but_for_signature(session.encode({}), raw):
        raise UnreadableError
    return data


def _mapping(data: object) -> dict[str, Any]:
    if isinstance(data, dict):
        return data
    raise UnreadableError


def serves_as(session: Any, stored: Any, wanted: Any) -> bool:
    """Return whether the value that is stored does as well as the one that is to be stored.

    It does if it holds the same bytes, though signed in another second, and is up to date.
    """
    return stored == wanted or (
        _is_djangos(type(session), "encode")
        and _alike_but_for_signature(stored, wanted)
        and is_up_to_date(session, stored)
    )


def holds_same(session: Any, stored: Any, wanted: Any) -> bool:
    """Return whether two values hold the same session, whatever their bytes.

    To pickle it twice may give others, and a member may have been taken out and put back. Raises
    ``UnreadableError`` if one of them cannot be read.
    """
    if serves_as(session, stored, wanted):
        return True
    held = decode_strictly(session, stored)
    try:
        return not merge(held, held, decode_strictly(session, wanted), DEEPEST).changed
    except DepthError:
        return False  # too deep to tell


def is_up_to_date(session: Any, raw: Any) -> bool:
    """Return whether a stored value is signed with the ``SECRET_KEY``, without its fallbacks.

    One that is signed with a fallback key has to be signed anew before that key is dropped. What
    an ``encode()`` of the engine's own makes is taken as it is.
    """
    if not _is_djangos(type(session), "encode"):
        return True
    signer = signing.TimestampSigner(salt=session.key_salt, fallback_keys=[])
    try:
        signer.unsign(raw)
    except signing.BadSignature:
        return False
    return True


def _alike_but_for_signature(one: str, other: str) -> bool:
    """Compare two texts of the form ``payload:time:signature`` by their payloads."""
    payload, *signature = one.split(":")
    other_payload, *other_signature = other.split(":")
    return one == other or (
        payload == other_payload and len(signature) == len(other_signature) == TIME_AND_SIGNATURE
    )


def escape_to_ascii(text: str) -> str:
    """Return the JSON text in ASCII, as Python's ``json`` writes it.

    Django reads the bytes of a session as Latin-1, which would garble anything else. In a JSON
    document such characters stand in strings only.
    """
    return text if text.isascii() else re.sub(r"[^\x00-\x7f]", _escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < BEYOND_ONE_ESCAPE:
        return f"\\u{code:04x}"
    code -= BEYOND_ONE_ESCAPE  # RFC 8259, section 7: a surrogate pair
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
