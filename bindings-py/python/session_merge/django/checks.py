"""System checks: what ``manage.py check`` says of the settings.

They run if ``session_merge.django`` is in ``INSTALLED_APPS``. Without it, what they refuse is
refused all the same, as ``StoreUnsupportedError`` or ``ImproperlyConfigured``, when a session is
first used.

- ``session_merge.E001``: the sessions are in signed cookies;
- ``session_merge.E002``: the rows are in Oracle;
- ``session_merge.E003``: the cache is of an unknown kind;
- ``session_merge.E004``: the cache is a ``DummyCache``;
- ``session_merge.E005``: the cache is a ``PyLibMCCache`` without its ``cas`` behaviour;
- ``session_merge.E006``: the cache hides errors;
- ``session_merge.E007``: django-redis has a client that cannot compare and swap;
- ``session_merge.E008``: for ``cached_db``, the cache's serializer does not read past a trailer;
- ``session_merge.E009``: ``SESSION_MERGE`` is not as it should be.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from session_merge.django.conf import get_config
from session_merge.django.errors import StoreUnsupportedError
from session_merge.django.merging import MergingSession
from session_merge.django.supported import refuse_cookies

__all__ = ["check_setting", "check_store"]


@register(Tags.security)  # type: ignore[untyped-decorator]
def check_store(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Report a store that cannot give the guarantee."""
    try:
        engine = import_module(settings.SESSION_ENGINE).SessionStore
        refuse_cookies(engine)
        if issubclass(engine, MergingSession):
            engine.check_store()
    except StoreUnsupportedError as refusal:
        return [Error(refusal.reason, id=refusal.id)]
    return []


@register(Tags.security)  # type: ignore[untyped-decorator]
def check_setting(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Report a mistake in ``SESSION_MERGE``."""
    try:
        get_config()
    except ImproperlyConfigured as mistake:
        return [Error(str(mistake), id="session_merge.E009")]
    return []
