"""SESSION_MERGE is checked, in words that name what is wrong with it."""

import subprocess
import sys

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, override_settings
from session_merge.django.conf import get_config
from session_merge.django.db import SessionStore
from session_merge.django.rules import with_built_in
from support import IDENTITY, Interleaving


class BadSettings(SimpleTestCase):
    def refused(self, setting, *words):
        with self.settings(SESSION_MERGE=setting), self.assertRaises(ImproperlyConfigured) as error:
            SessionStore()
        for word in words:
            self.assertIn(word, str(error.exception))

    def test_a_bad_rule_is_named_with_its_pattern(self):
        self.refused({"rules": {"/cart/*": "mergee"}}, "SESSION_MERGE['rules']", "/cart/*")
        self.refused({"rules": {"/n": {"merge": "counter", "min": 2, "max": 1}}}, "/n")
        self.refused({"rules": {"deelete": "wins"}}, "deelete")

    def test_a_bad_group_is_refused(self):
        self.refused({"rules": {"groups": "/a"}}, "groups")
        self.refused({"rules": {"groups": [["/a", "/b"], ["/b", "/c"]]}}, "/b")
        for member in (["x"], {"a": 1}, 1, None):
            self.refused({"rules": {"groups": [[member]]}}, "groups", "a pattern")

    def test_rules_that_are_no_dictionary(self):
        self.refused({"rules": ["/n"]}, "SESSION_MERGE['rules']", "dictionary")

    def test_an_unknown_key_is_named(self):
        self.refused({"rule": {}}, "'rule'", "'rules'")

    def test_a_setting_that_is_no_dictionary(self):
        self.refused("counter", "SESSION_MERGE must be a dictionary")

    def test_attempts_and_ceiling(self):
        for bad in (0, -1, True, "8", 1.5, None):
            self.refused({"attempts": bad}, "SESSION_MERGE['attempts']", "at least 1")
        self.refused({"ceiling_ms": -1}, "SESSION_MERGE['ceiling_ms']", "at least 0")
        for bad in (0, True, "64k"):
            self.refused({"warn_bytes": bad}, "SESSION_MERGE['warn_bytes']", "at least 1")


class Reading(SimpleTestCase):
    def test_it_is_read_again_when_it_changes(self):
        before = get_config()
        self.assertIs(get_config(), before)
        with self.settings(SESSION_MERGE={"attempts": 3}):
            self.assertEqual(get_config().attempts, 3)
        self.assertEqual(get_config().attempts, 8)

    def test_the_defaults(self):
        self.assertEqual((get_config().attempts, get_config().ceiling_ms), (8, 1000))

    def test_import_reads_no_setting_and_needs_no_app(self):
        code = (
            "import session_merge.django, session_merge.django.signals\n"
            "from django.conf import settings\n"
            "settings.configure(INSTALLED_APPS=[], SESSION_MERGE={'rules': {'/x': 'bad'}})\n"
            "import session_merge.django.db, django; django.setup()\n"
            "assert 'django.contrib.sessions.models' not in __import__('sys').modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_session_merge_does_not_import_django(self):
        code = "import session_merge, sys; assert 'django' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)


class BuiltInRules(Interleaving):
    def test_they_hold_without_being_asked_for(self):
        rules = with_built_in({"/n": "counter"})
        self.assertEqual(rules["/_messages"]["merge"], "embedded")
        self.assertIn(list(IDENTITY_POINTERS), rules["groups"])
        self.assertEqual(rules["/n"], "counter")

    def test_a_rule_of_the_site_goes_before_the_built_in_one(self):
        rules = with_built_in({"/_messages": "theirs"})
        self.assertEqual(rules["/_messages"], "theirs")
        self.assertIn("/_session_expiry", rules)

    def test_groups_of_the_site_are_added(self):
        groups = with_built_in({})["groups"]
        self.assertEqual(
            with_built_in({"groups": [["/a", "/b"]]})["groups"], [*groups, ["/a", "/b"]]
        )

    def test_a_group_of_the_site_takes_the_place_of_one_it_shares_a_member_with(self):
        wider = [*IDENTITY_POINTERS, "/tenant"]
        _, *others = with_built_in({})["groups"]
        self.assertEqual(with_built_in({"groups": [wider]})["groups"], [*others, wider])

    @override_settings(SESSION_MERGE={"rules": {"/_session_expiry": "min"}})
    def test_an_overridden_rule_is_the_one_that_decides(self):
        key = self.start()
        one, two = self.request(key), self.request(key)
        two.set_expiry(100)
        two.save()
        one.set_expiry(200)
        one.save()
        self.assertEqual(self.stored(key), {"_session_expiry": 100})


IDENTITY_POINTERS = tuple(f"/{name}" for name in IDENTITY)
