"""Patterns: JSON Pointers whose segments may be globs, and which of two is the more specific."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .document import escape_segment

ANY_DEPTH = "**"
LITERAL, GLOB, END, ANY = range(4)  # in order of falling specificity


@dataclass(frozen=True)
class Segment:
    """One step of a path: a name, or an element of a list whose elements have no names.

    A nameless element still has `name`, its index in base, for the pointers of the report.
    """

    name: str
    nameless: bool = False


Path = tuple[Segment, ...]


def pointer_of(path: Path) -> str:
    return "".join(f"/{escape_segment(segment.name)}" for segment in path)


class BadEscape(ValueError):
    """A `~` that is followed by none of `0`, `1`, `2`."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: its text and its raw segments."""

    text: str
    segments: tuple[str, ...]

    def matches(self, path: Path) -> bool:
        return segments_match(self.segments, path)

    def specificity(self) -> tuple:
        """A key that sorts the more specific pattern first.

        Segments are ranked from the left (literal, glob, the pattern's end, any depth); where all
        agree, the pattern with more literal characters is first, then the smaller text.
        """
        ranks = tuple(rank(segment) for segment in self.segments)
        literal = sum(len(part) for segment in self.segments for part in literal_parts(segment))
        return ((*ranks, END), -literal, self.text)


def compile_pattern(text: str) -> Pattern:
    """The pattern `text`, empty or starting with a slash."""
    segments = tuple(text.split("/")[1:])
    if re.search(r"~(?![012])", text):
        raise BadEscape(text)
    return Pattern(text, segments)


def rank(segment: str) -> int:
    if segment == ANY_DEPTH:
        return ANY
    return GLOB if "*" in segment else LITERAL


def literal_parts(segment: str) -> list[str]:
    """What stands literally around the `*` of a segment, unescaped."""
    if segment == ANY_DEPTH:
        return []
    return [
        part.replace("~2", "*").replace("~1", "/").replace("~0", "~") for part in segment.split("*")
    ]


def segment_matches(segment: str, step: Segment) -> bool:
    """A nameless element is matched by a plain `*` only; `*` is any run of characters."""
    if step.nameless:
        return segment == "*"
    regex = ".*".join(re.escape(part) for part in literal_parts(segment))
    return re.fullmatch(regex, step.name, re.DOTALL) is not None


def segments_match(segments: tuple[str, ...], path: Path) -> bool:
    """Whether the whole path is matched; `**` takes any number of steps, none included."""
    if not segments:
        return not path
    if segments[0] == ANY_DEPTH:
        return any(segments_match(segments[1:], path[taken:]) for taken in range(len(path) + 1))
    if not path:
        return False
    return segment_matches(segments[0], path[0]) and segments_match(segments[1:], path[1:])
