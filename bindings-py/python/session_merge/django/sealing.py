"""Texts that may pass through other hands: encrypted, authenticated, and good for a while only.

A message broker, a table of tasks and their dashboards are read by more people than may have a
visitor's session key. Django's ``signing`` keeps others from changing a text, but shows what it
says; it has no encryption, and one of our own making would be worse than none. So this is Fernet,
of the package ``cryptography`` (AES-128-CBC with HMAC-SHA256, a fixed and versioned format), an
optional dependency:

    pip install "session-merge[tasks]"

The keys are derived from ``SECRET_KEY`` as Django derives those it signs with (``salted_hmac``),
apart for each purpose, so that what was sealed for one is no use for another. After a rotation,
texts sealed with one of ``SECRET_KEY_FALLBACKS`` are opened still.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from session_merge.django.errors import HandleError, HandleExpiredError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

__all__ = ["DAY", "Sealed", "open_sealed", "seal"]

DAY = timedelta(days=1)

SALT = "session_merge.django.sealing"


class Sealed(str):
    """A sealed text: a plain string to whoever sends it on, hidden where objects are shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


def seal(purpose: str, content: dict[str, Any], max_age: timedelta) -> Sealed:
    """Seal content, which must be JSON, for one purpose; it begins with the purpose's name."""
    until = time.time() + max_age.total_seconds()
    text = json.dumps({"until": until, "content": content}, separators=(",", ":"))
    return Sealed(f"{purpose}.{_fernet(purpose).encrypt(text.encode()).decode()}")


def open_sealed(purpose: str, sealed: str) -> dict[str, Any]:
    """Return the content that was sealed for this purpose.

    Raises ``HandleExpiredError`` if that was too long ago, and ``HandleError`` if it never was.
    """
    from cryptography.fernet import InvalidToken

    prefix, _, token = sealed.partition(".")
    try:
        text = _fernet(purpose).decrypt(token.encode())
    except InvalidToken:
        text = b""
    if prefix != purpose or not text:
        raise HandleError(f"This is not what this site has sealed as a {purpose}.")
    opened = json.loads(text)
    if time.time() > opened["until"]:
        raise HandleExpiredError(f"This {purpose} was sealed too long ago.")
    content: dict[str, Any] = opened["content"]
    return content


def _fernet(purpose: str) -> MultiFernet:
    try:
        from cryptography.fernet import Fernet, MultiFernet
    except ImportError:
        raise ImproperlyConfigured(
            "Handles of sessions are encrypted by the package cryptography, which is not "
            'installed: pip install "session-merge[tasks]"'
        ) from None
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    digest = salted_hmac(SALT, purpose, secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
