"""Rule sets: checked and compiled once, then asked for the rule at each place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from .errors import RulesError
from .patterns import (
    ANY_DEPTH,
    BadEscape,
    Path,
    Pattern,
    Segment,
    compile_pattern,
    pointer_of,
    segment_matches,
)

PARAMETERS = {
    "deep": (),
    "atomic": (),
    "counter": ("min", "max"),
    "set": (),
    "ordered": (),
    "append": ("limit", "unique"),
    "keyed": ("key",),
    "text": (),
    "embedded": ("root",),
}
CONFLICT_WORDS = ("mine", "theirs", "base", "max", "min", "fail")
DELETE_WORDS = ("wins", "loses", "fail", "empties")
OPTIONS = ("conflict", "delete", "groups", "max_depth")
DEFAULT_MAX_DEPTH = 128
LARGEST_MAX_DEPTH = 1024


@dataclass(frozen=True)
class Latest:
    """Of two objects the one whose field is larger wins."""

    field: str


@dataclass(frozen=True)
class Rule:
    """What one pattern sets: three independent fields, each of them perhaps not set (None)."""

    merge: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    conflict: str | Latest | Callable | None = None
    delete: str | None = None


@dataclass(frozen=True)
class Group:
    """Members of one object that are decided together."""

    parent: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class RuleSet:
    """Compiled rules, the most specific pattern first."""

    rules: tuple[tuple[Pattern, Rule], ...]
    groups: tuple[Group, ...]
    max_depth: int

    def matching(self, path: Path) -> list[Rule]:
        return [rule for pattern, rule in self.rules if pattern.matches(path)]

    def groups_at(self, path: Path) -> list[Group]:
        return [group for group in self.groups if Pattern("", group.parent).matches(path)]

    def root(self) -> Place:
        """The rule at the root of the documents, where nothing is inherited yet."""
        return place_at(self, (), "mine", "wins", depth=0)


@dataclass(frozen=True)
class Place:
    """One place of the documents with everything the rules say about it.

    `depth` counts the containers around the place.
    """

    rule_set: RuleSet
    path: Path
    merge: str
    parameters: dict[str, Any]
    conflict: str | Latest | Callable
    delete: str
    depth: int

    @property
    def pointer(self) -> str:
        return pointer_of(self.path)

    def member(self, name: str) -> Place:
        """The place of a member, or of a keyed list's element that has this name."""
        return self.step(Segment(name))

    def element(self, index: int) -> Place:
        """The place of a nameless element, which stood at this index in base."""
        return self.step(Segment(str(index), nameless=True))

    def step(self, segment: Segment) -> Place:
        path = (*self.path, segment)
        return place_at(self.rule_set, path, self.conflict, self.delete, self.depth + 1)

    def inside(self) -> Place:
        """The root of the document that is embedded here: same path, the rule `root`.

        What that rule says of conflicts and deletions holds there and below; what it leaves out
        stays as it is around the string.
        """
        root: Rule = self.parameters.get("root") or Rule()
        return replace(
            self,
            merge=root.merge or "deep",
            parameters=root.parameters if root.merge else {},
            conflict=root.conflict or self.conflict,
            delete=root.delete or self.delete,
        )


def place_at(
    rule_set: RuleSet, path: Path, conflict: str | Latest | Callable, delete: str, depth: int
) -> Place:
    """Each field from the most specific matching pattern that sets it.

    Where none does, `conflict` and `delete` are those from above, and the mode is `deep`.
    """
    merge: str | None = None
    parameters: dict[str, Any] = {}
    own_conflict: str | Latest | Callable | None = None
    own_delete: str | None = None
    for rule in rule_set.matching(path):  # the most specific first
        if merge is None and rule.merge is not None:
            merge, parameters = rule.merge, rule.parameters
        if own_conflict is None:
            own_conflict = rule.conflict
        if own_delete is None:
            own_delete = rule.delete
    return Place(
        rule_set,
        path,
        merge or "deep",
        parameters,
        own_conflict or conflict,
        own_delete or delete,
        depth,
    )


def compile_rules(rules: Mapping[str, Any] | str | None) -> RuleSet:
    """A checked rule set from a mapping, its JSON text, or nothing at all."""
    if rules is None:
        rules = {}
    if isinstance(rules, str):
        rules = json.loads(rules)
    if not isinstance(rules, Mapping):
        raise RulesError("", "a rule set is an object")
    patterns: list[tuple[Pattern, Rule]] = []
    options: dict[str, Any] = {}
    for key, value in rules.items():
        if not isinstance(key, str):
            raise RulesError(str(key), "neither a pattern nor an option")
        if key == "" or key.startswith("/"):
            patterns.append((pattern_named(key), compile_rule(key, value)))
        elif key in OPTIONS:
            options[key] = value
        else:
            raise RulesError(key, "unknown option")
    # The options are the root's own rule, and only an explicit pattern for the root goes before
    # them: a stable sort keeps them right behind it.
    patterns.append((Pattern("", ()), compile_options(options)))
    patterns.sort(key=lambda entry: entry[0].specificity())
    groups = compile_groups(options.get("groups", []))
    return RuleSet(tuple(patterns), groups, compile_max_depth(options))


def pattern_named(text: str) -> Pattern:
    try:
        return compile_pattern(text)
    except BadEscape:
        raise RulesError(text, "`~` is followed by 0, 1 or 2") from None


def compile_options(options: dict[str, Any]) -> Rule:
    conflict = delete = None
    if "conflict" in options:
        conflict = compile_conflict("conflict", options["conflict"])
    if "delete" in options:
        delete = compile_delete("delete", options["delete"])
    return Rule(conflict=conflict, delete=delete)


def compile_max_depth(options: dict[str, Any]) -> int:
    depth = options.get("max_depth", DEFAULT_MAX_DEPTH)
    if not is_whole(depth) or not 1 <= depth <= LARGEST_MAX_DEPTH:
        raise RulesError("max_depth", f"an integer from 1 to {LARGEST_MAX_DEPTH}")
    return depth


def compile_rule(blame: str, value: Any) -> Rule:
    """A rule as an object of its fields, or one word that is short for one of them."""
    if isinstance(value, str):
        if value == "fail":
            return Rule(conflict="fail", delete="fail")
        if value in CONFLICT_WORDS:
            return Rule(conflict=value)
        value = {"merge": value}
    if not isinstance(value, Mapping):
        raise RulesError(blame, "a rule is a word or an object")
    merge = value.get("merge")
    if "merge" in value and (not isinstance(merge, str) or merge not in PARAMETERS):
        raise RulesError(blame, "unknown mode")
    parameters = {}
    for key, content in value.items():
        if key in ("merge", "conflict", "delete"):
            continue
        if key not in PARAMETERS[merge or "deep"]:
            raise RulesError(blame, f"{key!r} is no parameter of this mode")
        parameters[key] = compile_parameter(blame, key, content)
    if merge == "keyed" and "key" not in parameters:
        raise RulesError(blame, "`keyed` needs a key")
    bounds = [Fraction(parameters[key]) for key in ("min", "max") if key in parameters]
    if bounds != sorted(bounds):
        raise RulesError(blame, "min is above max")
    conflict = compile_conflict(blame, value["conflict"]) if "conflict" in value else None
    delete = compile_delete(blame, value["delete"]) if "delete" in value else None
    return Rule(merge, parameters, conflict, delete)


def compile_parameter(blame: str, key: str, value: Any) -> Any:
    """A mode's parameter, refused where it has the wrong type."""
    if key in ("min", "max"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise RulesError(blame, f"{key} is a number")
        return value
    if key == "limit":
        if not is_whole(value) or value < 1:
            raise RulesError(blame, "limit is an integer of 1 or more")
        return value
    if key == "unique":
        if not isinstance(value, bool):
            raise RulesError(blame, "unique is true or false")
        return value
    if key == "key":
        fields = [value] if isinstance(value, str) else value
        if not isinstance(fields, list | tuple) or not fields:
            raise RulesError(blame, "key is a name or a list of names")
        if not all(isinstance(name, str) for name in fields):
            raise RulesError(blame, "key is a name or a list of names")
        return tuple(fields)
    return compile_rule(blame, value)  # root


def compile_conflict(blame: str, value: Any) -> str | Latest | Callable:
    if isinstance(value, str) and value in CONFLICT_WORDS:
        return value
    if isinstance(value, Mapping) and list(value) == ["latest"]:
        if isinstance(value["latest"], str):
            return Latest(value["latest"])
    elif callable(value):
        return value
    raise RulesError(blame, "unknown winner of a conflict")


def compile_delete(blame: str, value: Any) -> str:
    if isinstance(value, str) and value in DELETE_WORDS:
        return value
    raise RulesError(blame, "unknown outcome of a deletion")


def compile_groups(value: Any) -> tuple[Group, ...]:
    """Groups of patterns that differ in their last segment only, no member in two groups."""
    if not isinstance(value, list | tuple):
        raise RulesError("groups", "a list of lists of patterns")
    groups = []
    seen: set[str] = set()
    for members in value:
        if not isinstance(members, list | tuple):
            raise RulesError("groups", "a list of lists of patterns")
        parents = []
        for member in members:
            if not isinstance(member, str):
                raise RulesError("groups", "a list of lists of patterns")
            if not member.startswith("/"):
                raise RulesError(member, "a member of a group is a pattern below the root")
            pattern = pattern_named(member)
            if pattern.segments[-1] == ANY_DEPTH:
                raise RulesError(member, "`**` names no member of one parent")
            if member in seen:
                raise RulesError(member, "a member of two groups")
            parents.append(pattern.segments[:-1])
            if parents[0] != parents[-1]:
                raise RulesError(member, "the members of a group share a parent")
        seen.update(members)
        if members:
            last = tuple(compile_pattern(member).segments[-1] for member in members)
            groups.append(Group(parents[0], last))
    return tuple(groups)


def in_group(group: Group, name: str) -> bool:
    return any(segment_matches(segment, Segment(name)) for segment in group.members)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
