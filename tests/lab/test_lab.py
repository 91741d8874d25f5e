"""How the lab counts, and whether the docs show what is on record."""

import re
import unittest
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict

import chart
import figures
import record
import tables
from fixes import BY_NAME, EVERYWHERE, FIXES, WHY_NOT
from load import Outcome
from measuring import Cell, Plan

SVG = "{http://www.w3.org/2000/svg}"


def made_up() -> dict[str, object]:
    """Return a record in which every number tells its cell."""
    plan = Plan(2, [1, 4], [0, 10], clients=8, requests=80, turns=3)
    cells = [
        Cell(
            store, fix.name, threads, work, 240, 240, lost, 0, 0, 0, errors, 100.0, 1.0
        )
        for fix in FIXES
        for store in fix.stores
        for threads in plan.threads
        for work in plan.work_ms
        for lost, errors in [(0, 0) if fix.merging else (120 + threads, 3)]
    ]  # fmt: skip
    return {
        "date": "2026-01-01T00:00:00Z",
        "command": "make lab",
        "machine": {name: name for name in ("cpu", "cores", "system", "python", "load", "commit")},
        "versions": {"Django": "5.2"},
        "plan": asdict(plan),
        "cells": [{**asdict(cell), "lost": cell.lost} for cell in cells],
    }


class Counting(unittest.TestCase):
    """What counts as lost, as doubled and as an error."""

    def test_lost(self) -> None:
        session = {"a": True, "count": 1, "log": ["a", "b"]}
        outcome = Outcome(4, ["a", "b", "c"], seconds=2, session=session)
        self.assertEqual(outcome.keys_lost, 2)
        self.assertEqual(outcome.increments_lost, 2)
        self.assertEqual(outcome.entries_lost, 1)
        self.assertEqual(outcome.errors, 1)
        self.assertEqual(outcome.surplus, 0)
        self.assertEqual(outcome.per_second, 1.5)

    def test_doubled(self) -> None:
        outcome = Outcome(2, ["a", "b"], session={"a": 1, "b": 1, "count": 3, "log": ["a", "b"]})
        self.assertEqual((outcome.increments_lost, outcome.surplus), (0, 1))

    def test_a_session_that_is_gone(self) -> None:
        outcome = Outcome(2, ["a", "b"])
        self.assertEqual((outcome.keys_lost, outcome.increments_lost), (2, 2))


class Showing(unittest.TestCase):
    """Tables and chart of a made-up record."""

    def test_every_absent_fix_has_a_reason(self) -> None:
        absent = {fix.name for fix in FIXES if set(fix.stores) != set(EVERYWHERE)}
        self.assertEqual(absent, set(WHY_NOT))

    def test_tables(self) -> None:
        text = tables.markdown(made_up())
        self.assertEqual(len(re.findall(r"^\| .*\| \*\*124\*\* \| 3 \|", text, re.M)), 66)
        self.assertEqual(len(re.findall(r"^\| session-merge\S* .*\| 0 \| 0 \|", text, re.M)), 48)
        self.assertEqual(text.count("| — |"), 9)

    def test_chart(self) -> None:
        drawing = ElementTree.fromstring(chart.draw(made_up()))
        self.assertEqual(drawing.get("role"), "img")
        title, about = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
        assert title is not None and about is not None and about.text
        self.assertEqual(drawing.get("aria-labelledby"), f"{title.get('id')} {about.get('id')}")
        self.assertIn("session-merge 0.", about.text)
        style = drawing.find(f"{SVG}style")
        assert style is not None and style.text
        self.assertIn("prefers-color-scheme: dark", style.text)
        labels = [text.text for text in drawing.iter(f"{SVG}text")]
        self.assertEqual(labels.count("52 + 1 !"), 33)
        self.assertEqual(labels.count("0"), 12)

    def test_figures(self) -> None:
        text = figures.fill("a\n<!-- lab: atomic -->\nold\n<!-- /lab -->\nb", made_up())
        self.assertIn("| SQLite | **124** of 240 | 3 | 1.00 | 0 of 240 | 1.00 |", text)
        self.assertIn("| Redis | — |", text)
        self.assertNotIn("old", text)
        self.assertEqual(figures.fill(text, made_up()), text)


class Documents(unittest.TestCase):
    """What is in docs/ is what the record says, and the record is as it must be."""

    def setUp(self) -> None:
        self.record = record.read()

    def test_they_show_the_record(self) -> None:
        self.assertEqual((record.FOLDER / "table.md").read_text(), tables.markdown(self.record))
        self.assertEqual((record.FOLDER / "chart.svg").read_text(), chart.draw(self.record))
        text = record.FIXES.read_text()
        self.assertEqual(text, figures.fill(text, self.record))

    def test_every_fix_has_its_figures(self) -> None:
        shown = set(figures.PLACE.findall(record.FIXES.read_text()))
        self.assertEqual(shown, {fix.name for fix in FIXES if not fix.merging} | {"exclusive"})

    def test_ours_lost_nothing(self) -> None:
        for cell in self.record["cells"]:
            if BY_NAME[cell["fix"]].merging:
                counted = [cell[name] for name in ("lost", "surplus", "errors")]
                self.assertEqual(counted, [0, 0, 0], cell)

    def test_the_load_loses_updates(self) -> None:
        cells = tables.cells_of(self.record)
        for store in EVERYWHERE:
            for work in (0, 10):
                self.assertGreater(cells[store, "stock", 4, work]["lost"], 0, store)

    def test_twice_as_fast_as_a_row_lock_around_the_request(self) -> None:
        cells = tables.cells_of(self.record)
        ours, locked = (
            cells["postgresql", name, 4, 10]["per_second"]
            for name in ("session-merge", "select-for-update")
        )
        self.assertGreaterEqual(ours / locked, 2)


if __name__ == "__main__":
    unittest.main()
