"""``manage.py session_merge``: what it prints is committed, and compared byte by byte.

What ``explain`` prints of files is in ``tests/explain``, for it is the same without Django. The
rest is in ``golden``; UPDATE_GOLDEN=1 writes it anew.
"""

import io
import os
import subprocess
import sys
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase, override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django.round_trip import BrokenPromise, try_store
from session_merge.django.rows import RowStore
from session_merge.django.store import Stored
from support import Interleaving

HERE = Path(__file__).parent
EXPLAINED = HERE.parent / "explain"
EXPIRES = datetime(2031, 5, 4, 3, 2, 1, tzinfo=timezone.utc)
RULES = {"/visits": "counter", "/seen": {"merge": "append", "limit": 9}}


def run(*arguments, typed=None):
    """Return what the command prints, and its exit status."""
    printed = io.StringIO()
    with mock.patch.object(sys, "stdin", io.StringIO(typed or "")):
        try:
            call_command("session_merge", *arguments, stdout=printed)
        except CommandError as error:
            return printed.getvalue(), (error.returncode, str(error))
    return printed.getvalue(), (0, "")


class Golden:
    def assert_golden(self, name, printed, folder=HERE / "golden"):
        golden = folder / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN") == "1":
            golden.write_text(printed, encoding="utf-8")
        self.assertEqual(printed, golden.read_text(encoding="utf-8"))


class Explain(Golden, Interleaving):
    def test_files(self):
        for case, status in {"shop": 0, "lists": 0, "refused": 1}.items():
            base, theirs, mine, rules = (
                str(EXPLAINED / case / f"{name}.json")
                for name in ("base", "theirs", "mine", "rules")
            )
            for way, options in {"plain": [], "names": ["--names"], "values": ["--values"]}.items():
                printed, (found, _) = run("explain", base, theirs, mine, "--rules", rules, *options)
                self.assertEqual(found, status)
                self.assertEqual(
                    printed, (EXPLAINED / case / f"{way}.txt").read_text(encoding="utf-8")
                )

    @override_settings(SESSION_MERGE={"rules": RULES})
    def test_stored_sessions_by_the_rules_of_the_site(self):
        keys = [
            self.start(visits=1, seen=["/a"], token9="base", _messages='["one"]'),
            self.start(visits=2, seen=["/a", "/b"], token9="theirs", _messages='["one","two"]'),
            self.start(visits=5, seen=["/a", "/c"], token9="mine"),
        ]
        printed, status = run("explain", "--stored", *keys)
        self.assertEqual(status, (0, ""))
        self.assert_golden("explain-stored", printed)
        for secret in (*keys, "token9", "theirs'", "/a"):
            self.assertNotIn(secret, printed)
        typed = "\n".join(keys)
        self.assertEqual(run("explain", "--stored", "-", "-", "-", typed=typed), (printed, status))
        printed, _ = run("explain", "--stored", *keys, "--values")
        self.assert_golden("explain-stored-values", printed)

    def test_a_session_that_is_not_there(self):
        key = self.start(a=1)
        printed, (status, error) = run("explain", "--stored", key, key, "x" * 32)
        self.assertEqual((printed, status, error), ("", 1, "There is no such session."))

    def test_what_cannot_be_read(self):
        here = str(HERE / "test_command.py")
        printed, (status, error) = run("explain", here, here, here)
        self.assertEqual((printed, status), ("", 2))
        self.assertIn("is not JSON", error)
        with self.settings(SESSION_MERGE={"rules": {"/a": "countre"}}):
            same = str(EXPLAINED / "shop" / "base.json")
            _, (status, error) = run("explain", same, same, same)
        self.assertEqual(status, 2)
        self.assertIn("countre", error)


class Show(Golden, Interleaving):
    def stored_until(self, **data):
        key = self.start(**data)
        self.engine.get_model_class().objects.filter(pk=key).update(expire_date=EXPIRES)
        return key

    def test_names_and_types(self):
        key = self.stored_until(
            cart={"items": [{"sku": "pen"}], "note": "sécret!"},
            visits=1,
            price=1.5,
            seen=["a", "b"],
            gift=None,
            is_new=True,
            nonce_7f3a="secret!",
        )
        printed, status = run("show", key)
        self.assertEqual(status, (0, ""))
        self.assert_golden("show", printed)
        for secret in (key, "secret!", "nonce", "pen"):
            self.assertNotIn(secret, printed)
        self.assertEqual(run("show", "-", typed=f"{key}\n"), (printed, status))
        named, _ = run("show", key, "--names")
        self.assert_golden("show-names", named)
        self.assertNotIn("secret!", named)

    def test_the_key_is_not_echoed_on_a_terminal(self):
        key = self.stored_until(a=1)
        with mock.patch("session_merge.django.management.commands.session_merge.sys") as system:
            system.stdin.isatty.return_value = True
            where = "session_merge.django.management.commands.session_merge.getpass"
            with mock.patch(where, return_value=key) as asked:
                printed = io.StringIO()
                call_command("session_merge", "show", "-", stdout=printed)
        asked.assert_called_once_with("Session key: ")
        self.assertIn("members  1", printed.getvalue())

    def test_one_that_is_not_there(self):
        self.assertEqual(run("show", "x" * 32), ("", (1, "There is no such session.")))

    def test_one_that_cannot_be_read(self):
        key = self.start(a=1)
        with self.settings(SECRET_KEY="another"):
            printed, (status, error) = run("show", key)
        self.assertEqual((printed, status), ("", 1))
        self.assertIn("cannot be read", error)
        self.assertNotIn(key, error)

    def test_a_session_of_djangos_own_engine(self):
        key = self.stored_until(visits=1)
        with self.settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
            printed, status = run("show", key)
            self.assertEqual(status, (0, ""))
            self.assertIn("visits  number           1 bytes", printed)
            self.assertEqual(run("show", "x" * 32)[1][0], 1)
            with self.settings(SECRET_KEY="another"):
                self.assertEqual(run("show", key)[1][0], 1)


class OnAStore(OnEveryStore):
    """The parts that depend on the store, on each of them."""

    def test_the_store_is_tried_and_nothing_is_left_of_it(self):
        made = []
        create = self.engine._get_new_session_key

        def noted(session):
            made.append(create(session))
            return made[-1]

        with mock.patch.object(self.engine, "_get_new_session_key", noted):
            printed, status = run("check")
        self.assertEqual(status, (0, ""))
        self.assertIn("kept from a stale writer", printed)
        (key,) = made
        self.assertTrue(self.is_gone(key))

    def test_a_session_is_shown(self):
        key = self.start(visits=1, seen=["a"])
        printed, status = run("show", key)
        self.assertEqual(status, (0, ""))
        self.assertIn("seen    array of 1", printed)
        self.assertRegex(printed, r"expires  (20\d\d-\d\d-\d\d \d\d:\d\d:\d\d|with its entry)")

    def test_an_object_that_is_no_json(self):
        if self.engine_name == "cache":
            key = self.start(when=EXPIRES)
            printed, _ = run("show", key)
            self.assertIn("when  datetime ", printed)

    def test_a_key_that_no_server_has_sent(self):
        for key in ("", "../../etc/passwd", "x" * 200, "-x-"):
            printed, (status, _) = run("show", "-", typed=key)
            self.assertEqual((printed, status), ("", 1), key)


class Check(Golden, Interleaving):
    @override_settings(SESSION_MERGE={"rules": RULES, "use": ["cart"]})
    def test_all_is_well(self):
        printed, status = run("check", "--deploy")
        self.assertEqual(status, (0, ""))
        self.assert_golden("check", printed)

    @override_settings(SESSION_MERGE={"mode": "observe", "rules": {"/a": "set", "/a/b": "counter"}})
    def test_warnings(self):
        printed, status = run("check", "--deploy")
        self.assertEqual(status, (0, ""))
        self.assert_golden("check-warnings", printed)
        strictly, status = run("check", "--deploy", "--fail-level", "WARNING")
        self.assertEqual(status, (1, "Not all is well with the sessions."))
        self.assertIn("session_merge.W009", strictly)

    def test_warnings_that_the_site_has_silenced(self):
        setting = {"rules": {"/a": "set", "/a/b": "counter"}}
        with self.settings(SILENCED_SYSTEM_CHECKS=["session_merge.W001"], SESSION_MERGE=setting):
            printed, _ = run("check")
        self.assertIn("checks  nothing found", printed)

    def test_settings_that_are_wrong(self):
        with self.settings(SESSION_MERGE={"rules": {"/a": "countre"}}):
            printed, (status, _) = run("check")
        self.assertEqual(status, 1)
        self.assertIn("session_merge.E009", printed)

    def test_an_engine_that_does_not_merge(self):
        with self.settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
            printed, (status, _) = run("check")
        self.assertEqual(status, 1)
        self.assertIn("not tried", printed)

    def test_engines_that_others_built(self):
        for name in ("qsessions_engine", "qsessions_cached_engine", "user_sessions_engine"):
            with self.settings(SESSION_ENGINE=f"third_party.{name}"):
                printed, (status, _) = run("check")
                self.assertEqual(status, 0, printed)
                key = self.stored_by(f"third_party.{name}")
                self.assertRegex(run("show", key)[0], r"expires  20[\s\S]+visits +number")

    def stored_by(self, engine):
        session = import_module(engine).SessionStore()
        session["visits"] = 1
        session.save()
        return session.session_key

    def test_a_store_that_is_out_of_reach(self):
        with mock.patch.object(RowStore, "insert", side_effect=OperationalError("no such table")):
            printed, (status, _) = run("check")
        self.assertEqual(status, 1)
        self.assertIn("store   OperationalError: no such table", printed)

    def test_a_store_that_does_not_keep_its_promise(self):
        swap = RowStore.swap

        def blindly(store, key, base, draft, *, touch):
            return swap(store, key, store.read(key).raw, draft, touch=touch)

        def pretending(store, key, base, draft, *, touch):
            return Stored() if draft.raw != base else swap(store, key, base, draft, touch=touch)

        for broken, told in {
            blindly: "from a writer that has read something older",
            pretending: "from a writer that has read something older",
        }.items():
            with mock.patch.object(RowStore, "swap", broken):
                with self.assertRaisesMessage(BrokenPromise, told):
                    try_store(self.engine)
        with mock.patch.object(RowStore, "delete", lambda store, key: None):
            with self.assertRaisesMessage(BrokenPromise, "gone once deleted"):
                try_store(self.engine)


class CommandLine(SimpleTestCase):
    def test_exit_statuses(self):
        shop = EXPLAINED / "shop"
        files = [str(shop / f"{name}.json") for name in ("base", "theirs", "mine")]
        for arguments, status in {
            ("explain", *files): 0,
            ("explain", *files[:2]): 2,
            ("explain", "nowhere", *files[:2]): 2,
            ("check",): 0,
            ("check", "--deploy"): 0,
            ("check", "--deploy", "--fail-level", "WARNING"): 1,
            ("show", "-"): 1,
            ("show",): 2,
            (): 2,
        }.items():
            command = [sys.executable, "-m", "django", "session_merge", *arguments]
            done = subprocess.run(
                command,
                capture_output=True,
                cwd=HERE,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "command_settings"},
                input=b"x" * 32,
                check=False,
            )
            self.assertEqual(done.returncode, status, done.stderr.decode())
            self.assertNotIn(b"x" * 32, done.stdout + done.stderr)


on_every_store(OnAStore)
del OnAStore
