"""``manage.py session_merge``: look after a site's sessions.

    manage.py session_merge check [--deploy] [--fail-level {ERROR,WARNING}]
    manage.py session_merge explain BASE THEIRS MINE [--stored] [--rules FILE] [--names] [--values]
    manage.py session_merge show KEY [--names]

Exit status: 0, it is well; 1, what was asked about is not (a check has failed, the rules do not
allow the merge, there is no such session); 2, the question cannot be answered (a file cannot be
read, the settings are wrong).

A session's key is a credential. On a command line it ends up in the shell's history and in the list
of processes, so that ``-`` reads it from the standard input instead, where it is not echoed.
"""

from __future__ import annotations

import sys
from getpass import getpass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from session_merge._explain import UNREADABLE, Unreadable, add_arguments, explain, read, rules_in
from session_merge.django.conf import get_config
from session_merge.django.merging import MergingSession
from session_merge.django.round_trip import try_store
from session_merge.django.rules import with_built_in
from session_merge.django.stored_session import MissingSession, described, load_stored

__all__ = ["Command"]

NOT_WELL = 1
LEVELS = {"ERROR": ERROR, "WARNING": WARNING}


class Command(BaseCommand):  # type: ignore[misc]
    """Checks the settings and the store, explains merges, and shows what a session is made of."""

    help = "Check how sessions are kept, explain how they merge, show what one is made of."
    requires_system_checks: tuple[str, ...] = ()  # they are what ``check`` tells of

    def add_arguments(self, parser: Any) -> None:
        """Declare the three subcommands."""
        commands = parser.add_subparsers(dest="subcommand", required=True)
        check = commands.add_parser("check", help="try the settings, the rules and the store")
        check.add_argument("--deploy", action="store_true", help="check for production, too")
        check.add_argument(
            "--fail-level", choices=LEVELS, default="ERROR", help="what is a failure"
        )
        explained = commands.add_parser(
            "explain", help="tell how three documents would merge, place by place, and why"
        )
        add_arguments(explained)
        explained.add_argument(
            "--stored", action="store_true", help="the three are keys of sessions, or - to read one"
        )
        show = commands.add_parser("show", help="tell what a stored session is made of, no values")
        show.add_argument("key", help="the session's key; - reads it from the standard input")
        show.add_argument("--names", action="store_true", help="show names that could be tokens")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one of them."""
        run = {"check": self._check, "explain": self._explain, "show": self._show}
        try:
            run[options["subcommand"]](options)
        except (ImproperlyConfigured, Unreadable) as error:
            raise CommandError(str(error), returncode=UNREADABLE) from None

    def _check(self, options: dict[str, Any]) -> None:
        engine = _engine()
        self.stdout.write(f"engine  {settings.SESSION_ENGINE}")
        is_well = self._run_checks(options["deploy"], LEVELS[options["fail_level"]])
        if issubclass(engine, MergingSession):
            if is_well:
                self._describe_rules()
            is_well &= self._try_store(engine)
        else:
            self.stdout.write("store   not tried: this engine does not merge")
            is_well = False
        if not is_well:
            raise CommandError("Not all is well with the sessions.", returncode=NOT_WELL)

    def _run_checks(self, deploy: bool, fail_level: int) -> bool:
        found = [
            message
            for message in run_checks(include_deployment_checks=deploy)
            if str(message.id).startswith("session_merge.") and not message.is_silenced()
        ]
        self.stdout.write(f"checks  {len(found) or 'nothing'} found")
        for message in found:
            self.stdout.write(f"  {message.id}: {message.msg}\n    {message.hint}")
        return all(message.level < fail_level for message in found)

    def _describe_rules(self) -> None:
        config = get_config()
        used = list(getattr(settings, "SESSION_MERGE", {}).get("use", ()))
        ready = with_built_in({}, used)
        own = [key for key, rule in config.rule_set.items() if ready.get(key) != rule]
        self.stdout.write(f"mode    {'observe' if config.observe else 'merge'}")
        self.stdout.write(f"rules   {len(own)} of the site's own; ready sets in use: ", ending="")
        self.stdout.write(", ".join(used) or "none but those that always are")

    def _try_store(self, engine: Any) -> bool:
        try:
            try_store(engine)
        except Exception as error:  # each store fails in its own way, and any way is an answer
            self.stdout.write(f"store   {type(error).__name__}: {error}")
            return False
        self.stdout.write(
            "store   a session was written, swapped, kept from a stale writer, deleted"
        )
        return True

    def _explain(self, options: dict[str, Any]) -> None:
        rules = rules_in(options["rules"]) if options["rules"] else get_config().rules
        names = [options[name] for name in ("base", "theirs", "mine")]
        documents = [self._stored(name) if options["stored"] else read(name) for name in names]
        base, theirs, mine = documents
        status = explain(
            (base, theirs, mine),
            rules,
            self.stdout.write,
            names=options["names"],
            values=options["values"],
        )
        if status:
            raise CommandError("The rules do not allow this merge.", returncode=status)

    def _stored(self, key: str) -> Any:
        try:
            return dict(load_stored(_engine(), _given(key))._session_cache)
        except MissingSession as error:
            raise CommandError(str(error), returncode=NOT_WELL) from None

    def _show(self, options: dict[str, Any]) -> None:
        try:
            session = load_stored(_engine(), _given(options["key"]))
        except MissingSession as error:
            raise CommandError(str(error), returncode=NOT_WELL) from None
        self.stdout.write(f"engine   {settings.SESSION_ENGINE}")
        for line in described(session, names=options["names"]):
            self.stdout.write(line)


def _engine() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _given(key: str) -> str:
    """Return a session's key: as given, or for ``-`` a line of the standard input."""
    if key != "-":
        return key
    return getpass("Session key: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
