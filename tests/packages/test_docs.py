"""What docs/rules.md says is so."""

import doctest
import json
import re
import tempfile
from pathlib import Path

from django.test import RequestFactory, SimpleTestCase
from session_merge import MergeConflict, Rules
from session_merge.django import SessionConflict
from session_merge.django.conf import get_config
from session_merge.django.rules import ALWAYS, CHOSEN, ready_set

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
TEXT = PAGE.read_text("utf-8")


def blocks(language):
    """Return the fenced blocks in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


class Page(SimpleTestCase):
    def test_examples_print_what_is_shown(self):
        examples = doctest.DocTestParser().get_doctest(
            "\n".join(blocks("pycon")), {}, PAGE.name, str(PAGE), 0
        )
        runner = doctest.DocTestRunner()
        runner.run(examples)
        self.assertGreater(runner.tries, 10)
        self.assertEqual(runner.failures, 0)

    def test_the_setting_and_the_file_can_be_used(self):
        (file, _editor), (setting, _handler) = blocks("json"), blocks("python")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "session-rules.json").write_text(file, "utf-8")
            names = {"BASE_DIR": Path(folder)}
            exec(compile(setting, str(PAGE), "exec"), names)
            with self.settings(SESSION_MERGE=names["SESSION_MERGE"]):
                patterns = repr(get_config().rules)
        for pattern in ("/visits", "/cart/*", "/wizard_*/step_data/*"):
            self.assertIn(f'"{pattern}"', patterns)

    def test_the_handler_answers_as_it_says(self):
        _setting, handler = blocks("python")
        names = {}
        exec(compile(handler, str(PAGE), "exec"), names)
        request = RequestFactory().get("/")
        conflict = SessionConflict(MergeConflict())
        self.assertEqual(names["handler400"](request, conflict).status_code, 409)
        self.assertEqual(names["handler400"](request, ValueError()).status_code, 400)

    def test_the_rules_in_the_table_can_be_used(self):
        rows = re.findall(r"^\| [^|`]*\| (`[^|]*`) \|", self.section("## Choosing"), re.MULTILINE)
        self.assertGreater(len(rows), 5)
        for row in rows:
            rule = row.strip("`").replace("…", '"deep"')
            set_of = f"{{{rule}}}" if rule.startswith('"groups"') else f'{{"/x": {rule}}}'
            with self.subTest(row):
                Rules(json.loads(set_of))

    def test_the_table_of_sets_has_every_pattern_and_no_other(self):
        told, name = {}, None
        for line in self.section("## Ready sets").splitlines():
            if line.startswith("| ") and "pattern" not in line and "---" not in line:
                column = [cell.strip() for cell in line.strip("|").split("|")]
                name = column[0].strip("`") or name
                told.setdefault(name, set()).update(re.findall(r"`([^`]*)`", column[2]))
                if column[0]:
                    self.assertEqual(column[1], "always" if name in ALWAYS else "if used")
        self.assertEqual(told, {name: patterns_of(name) for name in (*ALWAYS, *CHOSEN)})

    def section(self, title):
        return TEXT.partition(title)[2].partition("\n## ")[0]


def patterns_of(name):
    """Return all patterns of a ready set, those of its groups' members too."""
    rules = ready_set(name)
    members = {member for group in rules.get("groups", []) for member in group}
    return {key for key in rules if key != "groups"} | members
