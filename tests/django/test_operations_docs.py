"""What ``docs/operations.md`` shows is what happens."""

import re
from pathlib import Path

from django.dispatch import Signal
from django.test import SimpleTestCase, override_settings
from session_merge import django as session_merge_django
from session_merge.django import SessionConflict
from session_merge.testing import assert_merges
from support import Interleaving, write_as_other

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
RULES = {"/name": "theirs", "/balance": "fail"}


def example(word):
    """Return the only Python example with this word in it."""
    found = [code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if word in code]
    (code,) = found
    return code


class Commands(SimpleTestCase):
    def test_what_the_command_prints(self):
        for name in ("check-warnings", "explain-stored", "show"):
            printed = (HERE / "golden" / f"{name}.txt").read_text(encoding="utf-8")
            self.assertIn(f"\n{printed}```", TEXT)


class Signals(SimpleTestCase):
    def test_all_are_in_the_table(self):
        signals = {
            name for name, value in vars(session_merge_django).items() if type(value) is Signal
        }
        rows = re.findall(r"^\| `(session_\w+)` \|", TEXT, re.MULTILINE)
        self.assertEqual(set(rows), signals)


@override_settings(SESSION_MERGE={"rules": RULES})
class Counters(Interleaving):
    def setUp(self):
        super().setUp()
        self.example = {}
        exec(example("COUNTERS"), self.example)
        for signal, receiver in {
            "session_merged": "count_merge",
            "session_merge_refused": "count_refusal",
            "session_update_lost": "count_loss",
        }.items():
            self.addCleanup(
                getattr(session_merge_django, signal).disconnect, self.example[receiver]
            )

    def collide(self, name):
        key = self.start(**{name: "base"})
        one = self.request(key)
        write_as_other(key, **{name: "theirs"})
        one[name] = "mine"
        one.save()

    def test_they_count(self):
        self.collide("name")
        self.collide("name")
        self.collide("other")
        with self.assertRaises(SessionConflict):
            self.collide("balance")
        with self.settings(SESSION_MERGE={"mode": "observe"}):
            self.collide("name")
        lines = self.example["exposition"]().splitlines()
        (time,) = [line for line in lines if line.startswith("session_merge_seconds_total ")]
        self.assertGreater(float(time.split()[1]), 0)
        lines.remove(time)
        self.assertEqual(
            lines,
            [
                'session_conflicts_total{kind="edit-edit",rule="/balance"} 1',
                'session_conflicts_total{kind="edit-edit",rule="/name"} 2',
                'session_conflicts_total{kind="edit-edit",rule="default"} 1',
                "session_merge_locks_total 0",
                "session_merge_retries_total 0",
                "session_merges_refused_total 1",
                "session_merges_total 3",
                "session_updates_lost_total 1",
            ],
        )


class AssertMerges(SimpleTestCase):
    def test_the_example_passes(self):
        exec(example("assert_merges("), {})

    def test_a_failure_is_shown_as_it_is(self):
        with self.assertRaises(AssertionError) as failed:
            assert_merges(
                {"visits": 1},
                {"visits": 2},
                {"visits": 2},
                {"visits": 2},
                rules={"/visits": "counter"},
            )
        self.assertIn(f"```text\n{failed.exception}\n```", TEXT)
