"""The setting ``SESSION_MERGE``: how sessions merge, and how hard a save tries.

    SESSION_MERGE = {
        "use": ["formtools", "cart"],
        "rules_file": BASE_DIR / "session-rules.json",
        "rules": {"/visits": "counter", "/seen": {"merge": "append", "limit": 20}},
        "attempts": 8,
        "ceiling_ms": 1000,
        "warn_bytes": 65536,
        "mode": "merge",
    }

- ``use``: the names of ready rule sets (``session_merge.django.rules``). Default: none, beyond
  those that always hold.
- ``rules_file``: the path of a JSON file with a rule set, which other programs can share. It goes
  before the ready ones, pattern by pattern. Default: none.
- ``rules``: a rule set as ``session_merge.Rules`` takes it, which goes before all others. Default:
  none.
- ``attempts``: how many times a save may find that somebody else was faster before it takes the
  row's write lock, under which it cannot lose. Default: 8.
- ``ceiling_ms``: the milliseconds after which it takes that lock in any case. Default: 1000.
  (Stores without such a lock go on trying: see ``session_merge.django.lost_race``.)
- ``warn_bytes``: a session that is stored in more bytes is told of once, and again whenever it has
  doubled (``session_merge.django.growth``). Default: 65536. None: never.
- ``mode``: ``"merge"``, or ``"observe"`` to write as Django does, and be told of each update that
  is lost by it (``session_merge.django.observe``). Default: ``"merge"``.

It is read when the first session is made, not at import, and again after ``override_settings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from session_merge import Rules, RulesError
from session_merge.django.rules import ALWAYS, CHOSEN, layered, with_built_in
from session_merge.django.rules_file import read_rules_file

__all__ = ["Config", "get_config"]


@dataclass(frozen=True)
class Config:
    """``SESSION_MERGE`` after checking, its rules compiled."""

    rules: Rules
    rule_set: Mapping[str, Any]
    """What the rules were compiled from: the site's own, and the ready ones that hold with them."""
    attempts: int
    ceiling_ms: int
    warn_bytes: int | None
    observe: bool


KEYS = ("use", "rules_file", "rules", "attempts", "ceiling_ms", "warn_bytes", "mode")
MODES = ("merge", "observe")

_config: Config | None = None


def get_config() -> Config:
    """Return the checked setting.

    Raises ``ImproperlyConfigured`` for a setting that cannot be meant, naming the key, and for a
    rule the pattern, and the reason.
    """
    global _config
    if _config is None:
        _config = _read(getattr(settings, "SESSION_MERGE", {}))
    return _config


def _read(setting: object) -> Config:
    if not isinstance(setting, Mapping):
        raise ImproperlyConfigured("SESSION_MERGE must be a dictionary.")
    unknown = sorted(str(key) for key in setting if key not in KEYS)
    if unknown:
        raise ImproperlyConfigured(
            f"SESSION_MERGE has the unknown key {unknown[0]!r}. "
            f"Its keys are {', '.join(map(repr, KEYS))}."
        )
    rule_set = _rule_set(setting)
    is_silent = setting.get("warn_bytes", 0) is None
    return Config(
        rules=Rules(rule_set),
        rule_set=rule_set,
        attempts=_whole(setting, "attempts", default=8, least=1),
        ceiling_ms=_whole(setting, "ceiling_ms", default=1000, least=0),
        warn_bytes=None if is_silent else _whole(setting, "warn_bytes", default=65536, least=1),
        observe=_mode(setting) == "observe",
    )


def _rule_set(setting: Mapping[Any, Any]) -> Mapping[str, Any]:
    """Return all rules together. Each set is tried alone, to say of it what is wrong with it."""
    rules = setting.get("rules", {})
    if not isinstance(rules, Mapping):
        raise ImproperlyConfigured(
            "SESSION_MERGE['rules'] must be a dictionary of patterns and options."
        )
    sources = {"SESSION_MERGE['rules']": rules}
    if "rules_file" in setting:
        path = setting["rules_file"]
        source = f"SESSION_MERGE['rules_file'], {str(path)!r},"
        sources = {source: read_rules_file(path), **sources}
    for source, rule_set in sources.items():
        _refuse_bad(source, rule_set)
    return with_built_in(layered(sources.values()), _used(setting))


def _refuse_bad(source: str, rules: Mapping[str, Any]) -> None:
    try:
        Rules(rules)
    except RulesError as error:
        raise ImproperlyConfigured(
            f"{source} cannot be used, because of {error.pattern!r}: {error}"
        ) from error


def _used(setting: Mapping[Any, Any]) -> Iterable[str]:
    names = setting.get("use", ())
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ImproperlyConfigured("SESSION_MERGE['use'] must be a list of names.")
    known = (*ALWAYS, *CHOSEN)
    names = list(names)
    for name in names:
        if name not in known:
            raise ImproperlyConfigured(
                f"SESSION_MERGE['use'] names {name!r}, which is no ready rule set. "
                f"They are {', '.join(map(repr, known))}."
            )
    return names


def _mode(setting: Mapping[Any, Any]) -> str:
    mode = setting.get("mode", "merge")
    if mode not in MODES:
        raise ImproperlyConfigured(
            f"SESSION_MERGE['mode'] must be one of {', '.join(map(repr, MODES))}."
        )
    return str(mode)


def _whole(setting: Mapping[Any, Any], key: str, *, default: int, least: int) -> int:
    value = setting.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ImproperlyConfigured(
            f"SESSION_MERGE[{key!r}] must be a whole number, at least {least}."
        )
    return value


def _forget(*, setting: str, **kwargs: object) -> None:
    global _config
    if setting == "SESSION_MERGE":
        _config = None


setting_changed.connect(_forget, dispatch_uid="session_merge.django.conf")
