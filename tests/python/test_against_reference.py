"""Random merges: texts held against the reference implementation, objects against texts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import reference
from reference.generate import cases, long_lists
from session_merge import DepthError, JSONError, MergeConflict, RulesError, merge, merge_json
from spelling import compact, parsed, records, unordered

CASES = 6000
LONG_LISTS = 40

Outcome = tuple[Any, ...]


def package_outcome(base: str, theirs: str, mine: str, rules: str) -> Outcome:
    """What the package makes of texts, in a form that can be compared."""
    try:
        result = merge_json(base, theirs, mine, json.loads(rules))
    except MergeConflict as error:
        return ("conflict", records(error.conflicts))
    except RulesError as error:
        return ("rules", error.pattern)
    except JSONError as error:
        return ("json", error.input, error.line, error.column)
    except DepthError as error:
        return ("depth", error.pointer)
    patch = result.patch_text()
    return ("merged", result.value, result.changed, records(result.conflicts), patch)


def reference_outcome(base: str, theirs: str, mine: str, rules: str) -> Outcome:
    """The same from the reference."""
    try:
        result = reference.merge_json(base, theirs, mine, json.loads(rules))
    except reference.MergeConflict as error:
        return ("conflict", reference_records(error.conflicts))
    except reference.RulesError as error:
        return ("rules", error.pattern)
    except reference.JSONError as error:
        return ("json", error.input, error.line, error.column)
    except reference.DepthError as error:
        return ("depth", error.pointer)
    report = reference_records(result.conflicts)
    return ("merged", result.value, result.changed, report, result.patch)


def reference_records(conflicts: list[Any]) -> list[dict[str, Any]]:
    found = []
    for conflict in conflicts:
        record = {"pointer": conflict.pointer, "kind": conflict.kind, "winner": conflict.winner}
        for side in ("base", "theirs", "mine"):
            if getattr(conflict, side) is not None:
                record[side] = getattr(conflict, side)
        found.append(record)
    return found


def live_outcome(base: str, theirs: str, mine: str, rules: str) -> Outcome:
    """What the package makes of the parsed texts, with the values as canonical texts."""
    inputs = [json.loads(text) for text in (base, theirs, mine)]
    before = [compact(document) for document in inputs]
    try:
        result = merge(*inputs, json.loads(rules))
    except MergeConflict as error:
        return ("conflict", unordered(records(error.conflicts)))
    except RulesError as error:
        return ("rules", error.pattern)
    except DepthError as error:
        return ("depth", error.pointer)
    finally:
        assert [compact(document) for document in inputs] == before
    report = unordered(records(result.conflicts))
    return ("merged", compact(result.value), result.changed, report, unordered(result.patch()))


def as_live(outcome: Outcome) -> Outcome:
    """The outcome for texts in the form of `live_outcome`."""
    match outcome:
        case ("merged", value, changed, report, patch):
            report = unordered(parsed(report))
            return (
                "merged",
                compact(json.loads(value)),
                changed,
                report,
                unordered(json.loads(patch)),
            )
        case ("conflict", report):
            return ("conflict", unordered(parsed(report)))
        case other:
            return other


class RepeatedName(Exception):
    """An object has one name twice."""


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise RepeatedName
    if any(isinstance(value, str) and repeats_names(value) for value in members.values()):
        raise RepeatedName  # in the document that this string holds
    return members


def repeats_names(*texts: str) -> bool:
    """Whether a document, or one embedded in it, names a member twice.

    It is nobody's promise which of two spellings of such a name comes out.
    """
    for text in texts:
        try:
            json.loads(text, object_pairs_hook=once_each)
        except RepeatedName:
            return True
        except (ValueError, RecursionError):
            continue
    return False


def exact_float(text: str) -> Any:
    """A float, or where binary64 rounds it, its text."""
    return float(text) if Decimal(text) == Decimal(float(text)) else text


def carried(texts: tuple[str, ...]) -> bool:
    """Whether Python's `json` reads these texts without changing what they say."""
    try:
        return not repeats_names(*texts) and all(
            compact(json.loads(text)) == compact(json.loads(text, parse_float=exact_float))
            for text in texts
        )
    except ValueError:
        return False


@pytest.mark.parametrize("seed", range(8))
def test_random_merges(seed: int) -> None:
    merged = 0
    for case in cases(seed, CASES // 8):
        ours, theirs = package_outcome(*case), reference_outcome(*case)
        merged += ours[0] == "merged"
        if repeats_names(*case[:3]):
            ours, theirs = ours[0], theirs[0]
        elif "empties" in case[3]:  # an object that meets an emptied one may keep its white space
            ours, theirs = as_live(ours), as_live(theirs)
        assert ours == theirs, case
    assert merged > CASES // 8 * 0.7


def test_random_merges_of_long_lists() -> None:
    for case in long_lists(0, LONG_LISTS):
        assert package_outcome(*case) == reference_outcome(*case), case


@pytest.mark.parametrize("seed", range(100, 108))
def test_objects_merge_as_their_texts_do(seed: int) -> None:
    compared = 0
    for case in cases(seed, CASES // 8):
        texts = package_outcome(*case)
        if texts[0] == "json" or not carried(case[:3]):
            continue
        assert live_outcome(*case) == as_live(texts), case
        compared += 1
    assert compared > CASES // 8 * 0.3
