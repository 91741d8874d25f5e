"""Rules that never decide, and rules between which only their spelling decides.

Which rule governs a place is asked of the compiled rules themselves. What has to be found here are
the places to ask about. A pattern fits endlessly many; but whatever fits a star fits it as this
one character does that stands in no pattern, so that a pattern that never decides does not decide
at its *sample* either: the pattern with that character for each star, and with any number of such
names for each ``**``. Samples in which a star stands for a segment of another pattern are asked
about too, for there another rule may open what a more general one has closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any, NamedTuple

from session_merge._session_merge import Rules

__all__ = ["Finding", "find_unclear_rules"]

STAR = "\ue000"  # of a private use area: no pattern has it
FIELDS = ("merge", "conflict", "delete")
CLOSED = ("atomic", "counter", "set", "text", "append")
"""Modes that never look at what is inside one by one."""
MOST_SAMPLES = 20_000
"""A rule set that has more is not judged: nothing is said rather than something false."""


class Finding(NamedTuple):
    """One thing that is odd about a rule set that can be compiled."""

    kind: str
    """``shadowed``, ``closed``, ``unnamed``, ``grouped`` or ``ambiguous``."""

    pattern: str
    """The pattern of the rule that it is about."""

    others: tuple[str, ...]
    """The patterns, or the group's members, that decide in its place."""


def find_unclear_rules(rule_set: Mapping[str, Any]) -> list[Finding]:
    """Return what is odd about a rule set.

    - ``shadowed``: wherever the pattern fits, more specific ones have said all that it says;
    - ``closed``: it only fits inside values that are never looked into, as the other's mode says;
    - ``unnamed``: it only fits by name elements of a list that have none;
    - ``grouped``: it only fits what a group decides;
    - ``ambiguous``: it and the other are as specific, fit the same place and say different things,
      so that the one that sorts first decides.
    """
    rules = Rules(rule_set)
    patterns = [key for key in rule_set if key == "" or key.startswith("/")]
    found = []
    for pattern in patterns:
        said = _fields(rule_set[pattern])
        samples = _Samples(pattern, patterns)
        if said and not samples.too_many:
            finding = _judge(pattern, said, rules, samples)
            if finding is not None:
                found.append(finding)
    silent = {finding.pattern for finding in found}
    return found + list(_ambiguous(rule_set, [each for each in patterns if each not in silent]))


def _fields(rule: Any) -> set[str]:
    """Return which of the three fields a rule sets."""
    said = Rules({"/x": rule}).explain("/x")
    return {name for name in FIELDS if getattr(said, name).pattern is not None}


def _judge(pattern: str, said: set[str], rules: Rules, samples: _Samples) -> Finding | None:
    """Return why the rule never decides; None if it does."""
    kinds = ("shadowed", "closed", "unnamed", "grouped")
    blocks: dict[str, dict[str, None]] = {kind: {} for kind in kinds}
    for sample in samples:
        here = rules.explain(sample)
        if here.group is not None:
            blocks["grouped"].update(dict.fromkeys(here.group))
            continue
        deciding = {getattr(here, name).pattern for name in said}
        closed, unnamed = _above(sample, rules, CLOSED), _above(sample, rules, ("ordered",))
        if closed is not None:
            blocks["closed"][closed] = None
        elif pattern in deciding:
            return None
        elif unnamed is not None:
            blocks["unnamed"][unnamed] = None
        else:
            blocks["shadowed"].update(dict.fromkeys(deciding))
    kind, others = next((kind, others) for kind, others in blocks.items() if others)
    return Finding(kind, pattern, tuple(others))


def _above(pointer: str, rules: Rules, modes: tuple[str, ...]) -> str | None:
    """Return the pattern that gives a place above one of these modes."""
    above = pointer.split("/")[:-1]
    for length in range(1, len(above) + 1):
        said = rules.explain("/".join(above[:length])).merge
        mode = said.value["merge"] if isinstance(said.value, dict) else said.value
        if mode in modes:
            return said.pattern
    return None


class _Samples:
    """Pointers that stand for all places that a pattern fits."""

    def __init__(self, pattern: str, patterns: list[str]) -> None:
        self._pattern = pattern
        longest = max(len(other.split("/")) for other in patterns)
        segments = {part for other in patterns for part in other.split("/")[1:] if part != "**"}
        choices = [
            self._any_number(longest) if part == "**" else self._names(part, segments)
            for part in pattern.split("/")[1:]
        ]
        self._choices = choices
        count = 1
        for choice in choices:
            count *= len(choice)
        self.too_many = count > MOST_SAMPLES

    def __iter__(self) -> Iterator[str]:
        for chosen in islice(product(*self._choices), MOST_SAMPLES):
            yield "".join(chosen)

    @staticmethod
    def _any_number(longest: int) -> list[str]:
        """Return what ``**`` may stand for: beyond the longest pattern nothing changes."""
        return [f"/{STAR}" * count for count in range(longest + 1)]

    @staticmethod
    def _names(segment: str, segments: set[str]) -> list[str]:
        if "*" not in segment:
            return [f"/{_sample(segment)}"]
        own = _sample(segment)
        names = [own]
        for other in sorted(segments):
            names.append(_sample(other))
            if "*" in other and other.strip(
                "*"
            ):  # what fits both may begin as one and end as the other
                names += [own + _sample(other), _sample(other) + own]
        return list(dict.fromkeys(f"/{name}" for name in names if _fits(f"/{segment}", f"/{name}")))


def _sample(segment: str) -> str:
    return segment.replace("*", STAR).replace("~2", "*")


def _fits(pattern: str, pointer: str) -> bool:
    return Rules({pattern: "atomic"}).explain(pointer).merge.pattern == pattern


def _ambiguous(rule_set: Mapping[str, Any], patterns: list[str]) -> Iterator[Finding]:
    """Yield the rules of which a rule that is as specific says the same place something else."""
    ordered = sorted(patterns)
    for place, later in enumerate(ordered):
        for first in ordered[:place]:
            if _rank(first) != _rank(later) or rule_set[first] == rule_set[later]:
                continue
            shared = _fields(rule_set[first]) & _fields(rule_set[later])
            samples = _Samples(later, patterns)
            if shared and not samples.too_many and any(_fits(first, each) for each in samples):
                yield Finding("ambiguous", later, (first,))


def _rank(pattern: str) -> tuple[tuple[str, ...], int]:
    """Return what the order of patterns looks at before it looks at their text."""
    kinds, characters = [], 0
    for segment in pattern.split("/")[1:]:
        kinds.append("deep" if segment == "**" else "glob" if "*" in segment else "literal")
        plain = segment.replace("*", "").replace("~0", "~").replace("~1", "/").replace("~2", "*")
        characters += len(plain) if segment != "**" else 0
    return tuple(kinds), characters
