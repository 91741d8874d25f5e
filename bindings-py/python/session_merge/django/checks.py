"""System checks: what ``manage.py check`` says of the settings.

They run if ``session_merge.django`` is in ``INSTALLED_APPS``. Without it, what the errors refuse is
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

The warnings are about what works and is hardly meant: those on rules are in
``session_merge.django.rule_checks``, those on the rest in ``session_merge.django.site_checks``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from session_merge.django import rule_checks, site_checks
from session_merge.django.conf import get_config
from session_merge.django.errors import StoreUnsupportedError
from session_merge.django.merging import MergingSession
from session_merge.django.supported import refuse_cookies

__all__ = ["check_deployment", "check_setting", "check_site", "check_store"]

HINTS = {
    "session_merge.E001": "SESSION_ENGINE names the engine.",
    "session_merge.E002": "DATABASE_ROUTERS decide where sessions are written.",
    "session_merge.E003": "SESSION_CACHE_ALIAS names the cache.",
    "session_merge.E004": "SESSION_CACHE_ALIAS names the cache; in tests, LocMemCache will do.",
    "session_merge.E005": "It is a setting of the cache that SESSION_CACHE_ALIAS names.",
    "session_merge.E006": "Take the option out, at least for the cache of the sessions.",
    "session_merge.E007": "'OPTIONS': {'CLIENT_CLASS': ...} of the cache names the client.",
    "session_merge.E008": "Or keep the sessions without a cache: session_merge.django.db.",
    "session_merge.E009": "What it may say is told in session_merge.django.conf.",
}


@register(Tags.security)  # type: ignore[untyped-decorator]
def check_store(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a store that cannot give the guarantee."""
    try:
        engine = _engine()
        refuse_cookies(engine)
        if issubclass(engine, MergingSession):
            engine.check_store()
    except StoreUnsupportedError as refusal:
        return [Error(refusal.reason, hint=HINTS[refusal.id], id=refusal.id)]
    return []


@register(Tags.security)  # type: ignore[untyped-decorator]
def check_setting(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a mistake in ``SESSION_MERGE``, and rules that cannot be meant."""
    try:
        config = get_config()
    except ImproperlyConfigured as mistake:
        check_id = "session_merge.E009"
        return [Error(str(mistake), hint=HINTS[check_id], id=check_id)]
    return list(rule_checks.find_warnings(config.rule_set))


@register(Tags.security)  # type: ignore[untyped-decorator]
def check_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report settings beside ``SESSION_MERGE`` that sessions cannot be meant to have."""
    return list(site_checks.find_warnings(_engine()))


@register(Tags.security, deploy=True)  # type: ignore[untyped-decorator]
def check_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report what is well for one process, or for a while, and not in production."""
    return list(site_checks.find_deployment_warnings(_engine()))


def _engine() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore
