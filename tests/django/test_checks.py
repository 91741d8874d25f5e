"""Each system check is seen to speak, and to be silent where there is nothing to say.

Those that refuse a store have tests of their own, in ``test_supported``.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.checks import WARNING, run_checks
from django.db import connection, connections
from django.test import SimpleTestCase
from session_merge.django import checks, rule_checks, site_checks
from session_merge.django.conf import get_config
from session_merge.django.db import SessionStore as MergingStore
from session_merge.django.rules import ALWAYS, CHOSEN

DOCS = Path(__file__).parents[2] / "docs"
LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "checks"}
DATABASE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"}
ROOMY = {**DATABASE, "OPTIONS": {"MAX_ENTRIES": 100_000}}


def ours(deploy=False):
    """Return what the checks of this package say, by id."""
    found = run_checks(include_deployment_checks=deploy)
    return {each.id: each for each in found if str(each.id).startswith("session_merge")}


class Checking(SimpleTestCase):
    databases = {"default"}

    def warned(self, check_id, *words, deploy=False, **settings):
        """The check speaks, says how to help it, and is the only one that does."""
        with self.settings(**settings):
            found = ours(deploy)
        self.assertEqual(list(found), [f"session_merge.{check_id}"])
        (warning,) = found.values()
        self.assertEqual(warning.level, WARNING)
        self.assertTrue(warning.hint)
        for word in words:
            self.assertIn(word, warning.msg)

    def silent(self, deploy=False, **settings):
        with self.settings(**settings):
            self.assertEqual(ours(deploy), {})


class Rules(Checking):
    def warned_of(self, check_id, rules, *words):
        self.warned(check_id, *words, SESSION_MERGE={"rules": rules})

    def test_a_rule_in_whose_place_others_decide(self):
        self.warned_of("W001", {"/a**": "set", "/a*": "counter"}, "'/a**'", "decides: '/a*'")

    def test_a_rule_for_the_inside_of_what_is_taken_whole(self):
        rules = {"/cart": "atomic", "/cart/items/*/qty": "counter"}
        self.warned_of("W001", rules, "'/cart/items/*/qty'", "as a whole", "'/cart' says")

    def test_a_rule_of_a_ready_set_that_one_of_the_site_keeps_from_its_place(self):
        setting = {"use": ["cart"], "rules": {"/cart": "atomic"}}
        with self.settings(SESSION_MERGE=setting):
            found = [each for each in run_checks() if each.id == "session_merge.W001"]
        self.assertIn("'/cart/*'", found[0].msg)

    def test_a_rule_for_an_element_without_a_name(self):
        rules = {"/list": "ordered", "/list/0": "counter"}
        self.warned_of("W001", rules, "'/list/0'", "no names", "'/list' says")

    def test_a_rule_for_a_member_of_a_group(self):
        rules = {"groups": [["/id", "/hash"]], "/id": "atomic"}
        self.warned_of("W001", rules, "'/id'", "the group of '/id', '/hash'")

    def test_many_that_decide_in_its_place_are_not_all_named(self):
        others = {f"/a/{letter}/**": "set" for letter in "bcdefgh"} | {"/a/*": "atomic", "/a": {}}
        rules = {**others, "/a/*/x": "counter"}
        (warning,) = rule_checks.find_warnings(rules)
        self.assertIn("and 3 more", warning.msg)

    def test_two_rules_between_which_only_the_spelling_decides(self):
        rules = {"/a*b": "set", "/ab*": "counter"}
        self.warned_of("W002", rules, "'/a*b'", "'/ab*'", "sorts first")

    def test_rules_that_are_well(self):
        self.silent(SESSION_MERGE={"use": [*CHOSEN]})
        self.silent(SESSION_MERGE={"use": [*ALWAYS]})
        rules = {
            "/visits": "counter",
            "/items": {"merge": "keyed", "key": "sku"},
            "/items/*/qty": "counter",
            "/form_*": "atomic",
            "conflict": "theirs",
        }
        self.silent(SESSION_MERGE={"rules": rules})

    def test_rules_that_cannot_be_compiled_are_an_error_and_no_more(self):
        with self.settings(SESSION_MERGE={"rules": {"/a": "countre"}, "mode": "observe"}):
            found = ours(deploy=True)
        self.assertEqual(list(found), ["session_merge.E009"])
        self.assertTrue(found["session_merge.E009"].hint)


class Site(Checking):
    def test_an_engine_that_signs_with_another_name(self):
        self.warned("W003", "another_salt.SessionStore", SESSION_ENGINE="salted_engine")
        self.silent(SESSION_ENGINE="custom_engine")

    def test_a_salt_does_not_matter_where_nothing_is_signed(self):
        self.silent(SESSION_ENGINE="salted_cache_engine", CACHES={"default": LOCMEM})

    def test_pickles(self):
        self.warned("W004", "serializers.Pickles", SESSION_SERIALIZER="serializers.Pickles")
        self.silent(SESSION_SERIALIZER="serializers.Dates")

    def test_a_cache_pickles_whatever_the_serializer_is(self):
        cached = {"SESSION_ENGINE": "session_merge.django.cache", "CACHES": {"default": LOCMEM}}
        self.silent(SESSION_SERIALIZER="serializers.Pickles", **cached)

    def test_a_setting_that_nobody_reads(self):
        stock = "django.contrib.sessions.backends.db"
        setting = {"rules": {"/a": "set"}}
        self.warned("W007", stock, SESSION_ENGINE=stock, SESSION_MERGE=setting)
        self.silent(SESSION_ENGINE=stock, deploy=True)

    def test_a_project_as_it_should_be(self):
        self.silent(deploy=True)
        for engine in ("db", "cached_db", "cache"):
            cached = {"SESSION_ENGINE": f"session_merge.django.{engine}"}
            self.silent(deploy=True, CACHES={"default": ROOMY}, **cached)


class Isolation(Checking):
    """What is a trap depends on the database: each sees its own."""

    traps = {
        "sqlite": ("W006", [{}, {"transaction_mode": "deferred"}], "IMMEDIATE"),
        "postgresql": ("W005", [{"isolation_level": 3}, {"isolation_level": 4}], "COMMITTED"),
        "mysql": ("W005", [{"isolation_level": "serializable"}], "COMMITTED"),
    }
    harmless = {
        "sqlite": [{"transaction_mode": "IMMEDIATE"}, {"transaction_mode": "EXCLUSIVE"}],
        "postgresql": [{}, {"isolation_level": 2}],
        "mysql": [{}, {"isolation_level": "repeatable read"}, {"isolation_level": None}],
    }

    def database(self, options, atomic=True):
        changed = {"ATOMIC_REQUESTS": atomic, "OPTIONS": options}
        return mock.patch.dict(connections.settings["default"], changed)

    def test_what_a_transaction_cannot_do(self):
        check_id, traps, way_out = self.traps[connection.vendor]
        for options in traps:
            with self.subTest(options), self.database(options):
                self.warned(check_id, "'default'")
                self.assertIn(way_out, ours()[f"session_merge.{check_id}"].hint)
                for engine in ("cached_db", "cache"):
                    settings = {"SESSION_ENGINE": f"session_merge.django.{engine}"}
                    self.warned(check_id, CACHES={"default": DATABASE}, **settings)

    def test_an_engine_that_has_a_way_of_its_own_to_its_rows(self):
        check_id, traps, _ = self.traps[connection.vendor]
        with self.database(traps[0]):
            self.warned(check_id, SESSION_ENGINE="third_party.user_sessions_engine")

    def test_what_it_can(self):
        for options in self.harmless[connection.vendor]:
            with self.subTest(options), self.database(options):
                self.silent()

    def test_it_does_not_matter_without_transactions_around_views(self):
        for options in self.traps[connection.vendor][1]:
            with self.database(options, atomic=False):
                self.silent()

    def test_it_does_not_matter_to_sessions_that_are_elsewhere(self):
        with self.database(self.traps[connection.vendor][1][0]):
            self.silent(SESSION_ENGINE="session_merge.django.file")
            engine = "session_merge.django.cache"
            self.silent(SESSION_ENGINE=engine, CACHES={"default": LOCMEM})


class Deployment(Checking):
    def deployed(self, check_id, *words, **settings):
        self.silent(**settings)  # while developing
        self.warned(check_id, *words, deploy=True, **settings)

    def test_a_cache_in_the_memory_of_one_process(self):
        for engine in ("cache", "cached_db"):
            settings = {"SESSION_ENGINE": f"session_merge.django.{engine}"}
            self.deployed("W008", "LocMemCache", CACHES={"default": LOCMEM}, **settings)

    def test_observing(self):
        self.deployed("W009", "'observe'", SESSION_MERGE={"mode": "observe"})

    def test_files_in_the_folder_for_temporary_ones(self):
        engine = {"SESSION_ENGINE": "session_merge.django.file"}
        self.deployed("W010", "temporary", SESSION_FILE_PATH=None, **engine)
        self.silent(deploy=True, **engine)

    def test_a_cache_that_drops_sessions_when_there_are_some_hundred(self):
        cached = {"SESSION_ENGINE": "session_merge.django.cache"}
        files = LOCMEM["BACKEND"].replace("locmem.LocMemCache", "filebased.FileBasedCache")
        folder = self.enterContext(TemporaryDirectory())
        for backend in (DATABASE, {"BACKEND": files, "LOCATION": folder}):
            self.deployed("W011", "300", CACHES={"default": backend}, **cached)
            roomy = {"default": {**backend, "OPTIONS": {"MAX_ENTRIES": 10_000}}}
            self.silent(deploy=True, CACHES=roomy, **cached)
        # Of copies of rows it drops as many as it likes.
        copies = {"SESSION_ENGINE": "session_merge.django.cached_db"}
        self.silent(deploy=True, CACHES={"default": DATABASE}, **copies)


class Documented(SimpleTestCase):
    def test_every_check_has_a_row_in_the_table(self):
        sources = (checks, rule_checks, site_checks)
        told = {line for source in sources for line in source.__doc__.splitlines()}
        ids = set(re.findall(r"session_merge\.[EW]\d{3}", "\n".join(told)))
        self.assertEqual(len(ids), 20)
        table = (DOCS / "operations.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `(session_merge\.[EW]\d{3})` \|", table, re.MULTILINE)
        self.assertEqual(sorted(rows), sorted(ids))

    def test_every_error_says_how_to_help_it(self):
        ids = re.findall(r"session_merge\.E\d{3}", checks.__doc__)
        self.assertEqual(sorted(checks.HINTS), ids)

    def test_the_rules_are_those_of_the_configuration(self):
        self.assertIn("/_messages", get_config().rule_set)
        self.assertEqual(list(rule_checks.find_warnings(get_config().rule_set)), [])
        self.assertEqual(list(site_checks.find_warnings(MergingStore)), [])
