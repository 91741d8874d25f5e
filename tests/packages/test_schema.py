"""The published JSON Schema says of a rule set what the merge says of it.

Every rule set of the vectors is judged by both. What the schema cannot tell is listed here, with
the reason; all else must agree.
"""

import json
import unittest
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator
from session_merge import Rules, RulesError
from session_merge.django.rules import ALWAYS, CHOSEN, ready_set

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "rules.schema.json").read_text("utf-8"))

BEYOND_A_SCHEMA = {
    "min_above_max": "it compares no two members",
    "min_above_max_by_a_fraction": "it compares no two members",
    "group_without_a_common_parent": "it compares no two strings",
    "group_across_levels": "it compares no two strings",
    "member_of_two_groups": "it compares no elements of two lists",
    "single_member_in_two_groups": "it compares no elements of two lists",
}


def rule_sets():
    """Yield the name, the rule set, and whether it is refused, of each case of the vectors."""
    for path in sorted((ROOT / "tests" / "vectors").glob("*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            if "rules" in case:
                yield case["name"], case["rules"], "rules_error" in case


class Schema(unittest.TestCase):
    def setUp(self):
        self.validator = Draft202012Validator(SCHEMA)

    def test_it_is_a_schema(self):
        Draft202012Validator.check_schema(SCHEMA)

    def test_it_accepts_every_rule_set_that_the_vectors_merge_by(self):
        accepted = [(name, rules) for name, rules, refused in rule_sets() if not refused]
        self.assertGreater(len(accepted), 100)
        for name, rules in accepted:
            with self.subTest(name):
                self.validator.validate(rules)

    def test_it_refuses_every_rule_set_that_is_refused_where_a_schema_can_tell(self):
        refused = {name: rules for name, rules, refused in rule_sets() if refused}
        self.assertLessEqual(set(BEYOND_A_SCHEMA), set(refused))
        for name, rules in refused.items():
            with self.subTest(name):
                self.assertEqual(self.validator.is_valid(rules), name in BEYOND_A_SCHEMA)

    def test_it_accepts_the_ready_sets(self):
        for name in (*ALWAYS, *CHOSEN):
            self.validator.validate(ready_set(name))

    def test_it_agrees_on_patterns_that_the_vectors_leave_out(self):
        for pattern in ("", "/", "//", "/a//b", "/**", "/~0~1~2", "/a\nb", "/é*", "/~", "/~3", "a"):
            with self.subTest(pattern):
                try:
                    Rules({pattern: "mine"})
                except RulesError:
                    self.assertFalse(self.validator.is_valid({pattern: "mine"}))
                else:
                    self.validator.validate({pattern: "mine"})

    def test_the_package_brings_it_along(self):
        shipped = files("session_merge").joinpath("rules.schema.json").read_text("utf-8")
        self.assertEqual(json.loads(shipped), SCHEMA)


if __name__ == "__main__":
    unittest.main()
