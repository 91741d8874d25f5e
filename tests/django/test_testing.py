"""``assert_merges`` in a Django project: the rules of the site hold without being named."""

import subprocess
import sys

from django.test import SimpleTestCase, override_settings
from session_merge.testing import assert_merges

MESSAGES = ({"_messages": '["a"]'}, {"_messages": '["a","b"]'}, {})


class InAProject(SimpleTestCase):
    @override_settings(SESSION_MERGE={"rules": {"/visits": "counter"}})
    def test_the_rules_of_the_site_and_the_ready_ones_hold(self):
        assert_merges({"visits": 1}, {"visits": 2}, {"visits": 2}, {"visits": 3})
        assert_merges(*MESSAGES, {"_messages": '["b"]'})

    def test_rules_that_are_named_hold_alone(self):
        assert_merges(*MESSAGES, {}, rules={}, conflicts=["/_messages"])

    def test_it_says_which_rule_of_the_site_decided(self):
        with self.settings(SESSION_MERGE={"rules": {"/na*": "theirs"}}):
            with self.assertRaisesRegex(AssertionError, 'conflict theirs, from "/na\\*"'):
                assert_merges({"name": 1}, {"name": 2}, {"name": 3}, {"name": 3})

    def test_a_project_that_is_not_configured_has_no_rules(self):
        code = (
            "import django.conf\n"
            "from session_merge.testing import assert_merges\n"
            "assert_merges({'visits': 1}, {'visits': 2}, {'visits': 2}, {'visits': 2})\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
