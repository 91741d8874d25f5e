"""Random merges, for holding one implementation against another.

Everything comes from a seeded `random.Random`: the same seed gives the same cases for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from .documents import LETTERS, Members, lettered, members, spell, style_of, value
from .edits import edited

Case = tuple[str, str, str, str]

MODES_BY_LETTER = {
    "c": "counter",
    "s": "set",
    "o": "ordered",
    "l": "append",
    "k": "keyed",
    "t": "text",
    "e": "embedded",
    "d": "deep",
}
ALL_MODES = (*MODES_BY_LETTER.values(), "atomic")
CONFLICTS: list[Any] = ["mine", "theirs", "base", "max", "min", {"latest": "c"}, {"latest": "x"}]
DELETES = ["wins", "loses", "empties"]
BAD_RULES: list[tuple[str, Any]] = [
    ("/a", "no-such-mode"),
    ("/a", {"merge": "keyed"}),
    ("/a", {"merge": "append", "limit": 0}),
    ("/a", {"merge": "counter", "min": 2, "max": 1}),
    ("/a", {"min": 1}),
    ("/a", {"merge": "set", "unique": True}),
    ("/a", {"merge": "append", "unique": 1}),
    ("/a~3", "atomic"),
    ("/a", {"conflict": "wins"}),
    ("/a", {"merge": "embedded", "root": {"merge": "keyed"}}),
    ("/a", 1),
    ("nothing", 1),
    ("max_depth", 0),
]


def cases(seed: int, count: int) -> Iterator[Case]:
    """`count` random merges as (base, theirs, mine, rules), all of them JSON texts.

    A few of the documents are malformed or nested too deep for their rules, and a few of the rule
    sets are refused: those outcomes are compared too.
    """
    for number in range(count):
        # A stream of its own for each case: a case stays the same when others are left out.
        rng = Random(f"{seed}/{number}")
        yield case(rng)


def case(rng: Random) -> Case:
    """One case, in which both sides meet at members of one letter more often than by chance."""
    depth = rng.randrange(1, 4)
    focus = rng.choice("kkkkooolllsstteedcx")
    base, theirs, mine = root_values(rng, depth, focus)
    if rng.random() < 0.05:
        mine = value(rng, depth)
    if rng.random() < 0.02:
        base = value(rng, depth)
    kind = rng.choice(["compact", "compact", "spaced"])
    texts = []
    seed = rng.random()
    for document in (base, theirs, mine):
        # Mostly one hand wrote all three, so that unchanged parts are spelled alike.
        own = Random(seed) if rng.random() < 0.7 else rng
        text = spell(document, style_of(own, kind))
        if rng.random() < 0.005:
            text = damaged(rng, text)
        texts.append(text)
    return (*texts, json.dumps(rules(rng, focus)))


def root_values(rng: Random, depth: int, focus: str) -> list[Any]:
    """Base, theirs and mine: mostly objects, edited all over and at their member `focus`."""
    base = members(rng, depth)
    if rng.random() < 0.2:
        base.pairs += members(rng, depth).pairs  # names that come twice, too
    if rng.random() < 0.1:
        base = lettered(rng, f'"{focus}"', depth)
    sides: list[Any] = [base, base, base]
    if isinstance(base, Members) and rng.random() < 0.9:
        name = f'"{focus}"'
        before = lettered(rng, name, depth)
        base.pairs = [pair for pair in base.pairs if pair[0] != name]
        at = rng.randrange(len(base.pairs) + 1)
        for side in range(3):
            held = edited(rng, before, rng.choice([1, 1, 2, 4]) if side else 0, depth, focus)
            pairs = list(base.pairs)
            if rng.random() < 0.9:
                pairs.insert(at, (name, held))
            sides[side] = Members(pairs)
    for side in (1, 2):
        sides[side] = edited(rng, sides[side], rng.choice([0, 0, 1, 3]), depth, focus)
    if rng.random() < 0.1:  # both sides went the same way first
        sides[:2] = sides[1], edited(rng, sides[1], rng.randrange(4), depth, focus)
    return sides


def damaged(rng: Random, text: str) -> str:
    """Text with one character too many, too few, or wrong: mostly no JSON any more."""
    at = rng.randrange(len(text) + 1)
    taken = rng.randrange(2)
    return (
        text[:at] + rng.choice(["", "x", ",", '"', "\\", "0", "\n", "-", "]"]) + text[at + taken :]
    )


def rules(rng: Random, focus: str) -> dict[str, Any]:
    """A random rule set, mostly with a mode for members of this letter; every tenth is empty."""
    found: dict[str, Any] = {}
    if rng.random() < 0.1:
        return found
    for letter, mode in MODES_BY_LETTER.items():
        if rng.random() < 0.5:
            found[pattern_of(rng, letter)] = rule(rng, mode)
    if focus in MODES_BY_LETTER and rng.random() < 0.8:
        mode = MODES_BY_LETTER[focus] if rng.random() < 0.9 else rng.choice(ALL_MODES)
        found[rng.choice(["/{}", "/**/{}", "/**/{}*"]).format(focus)] = rule(rng, mode)
    for _ in range(rng.randrange(4)):
        found[any_pattern(rng)] = rule(rng, rng.choice([*ALL_MODES, None, None, None]))
    if rng.random() < 0.1:
        found[rng.choice(["", "/**", "/*/**", "/*"])] = rule(rng, rng.choice([*ALL_MODES, None]))
    if rng.random() < 0.3:
        found["conflict"] = rng.choice(CONFLICTS)
    if rng.random() < 0.3:
        found["delete"] = rng.choice(DELETES)
    if rng.random() < 0.3:
        found["groups"] = groups(rng)
    if rng.random() < 0.03:
        found["max_depth"] = rng.randrange(1, 6)
    if rng.random() < 0.04:
        found[rng.choice(["conflict", "delete"])] = "fail"
    if rng.random() < 0.15:
        found[any_pattern(rng)] = rng.choice(["fail", {"conflict": "fail"}, {"delete": "fail"}])
    if rng.random() < 0.01:
        key, bad = rng.choice(BAD_RULES)
        found[key] = bad
    keys = list(found)
    rng.shuffle(keys)
    return {key: found[key] for key in keys}


def pattern_of(rng: Random, letter: str) -> str:
    """A pattern that finds the members of this letter in some places."""
    forms = ["/{}", "/**/{}", "/**/{}", "/**/{}*", "/**/{}*", "/{}*", "/*/{}", "/k/*/{}", "/**/{}1"]
    return rng.choice(forms).format(letter)


def any_pattern(rng: Random) -> str:
    """A pattern of a few segments of any kind."""
    segments = [*LETTERS, *LETTERS, "*", "*", "**", "*1", "c*", "1", "a", "n", "~2", "a~1b", "*,*"]
    return "".join(f"/{rng.choice(segments)}" for _ in range(rng.randrange(1, 4)))


def rule(rng: Random, mode: str | None) -> Any:
    """A rule with this mode, or with no mode of its own."""
    if mode not in (None, "keyed") and rng.random() < 0.3:
        return mode
    if mode is None and rng.random() < 0.3:
        return rng.choice(["mine", "theirs", "base", "max", "min"])
    found: dict[str, Any] = {}
    if mode is not None:
        found["merge"] = mode
        found.update(parameters(rng, mode))
    if rng.random() < 0.3:
        found["conflict"] = rng.choice(CONFLICTS)
    if rng.random() < 0.4:
        found["delete"] = rng.choice(DELETES)
    return found


def parameters(rng: Random, mode: str) -> dict[str, Any]:
    """Random parameters of a mode."""
    found: dict[str, Any] = {}
    if mode == "counter":
        if rng.random() < 0.3:
            found["min"] = rng.choice([0, 1, -5, 0.5, 1.0, -2.5e-7])
        if rng.random() < 0.3:
            found["max"] = rng.choice([1, 3, 100, 2.5, 3.0, 9007199254740992.0, 1e25])
    elif mode == "append":
        if rng.random() < 0.4:
            found["limit"] = rng.randrange(1, 5)
        if rng.random() < 0.4:
            found["unique"] = rng.random() < 0.8
    elif mode == "keyed":
        found["key"] = rng.choice([*["id"] * 12, ["id"], ["id", "c"], ["id", "sub"], "c"])
    elif mode == "embedded" and rng.random() < 0.7:
        found["root"] = rule(rng, rng.choice([*ALL_MODES, None]))
    return found


def groups(rng: Random) -> list[list[str]]:
    """One or two groups, with no member in common."""
    letters = list(LETTERS)
    rng.shuffle(letters)
    found = []
    for _ in range(rng.choice([1, 1, 2])):
        parent = rng.choice(["", "", "", "/d", "/*", "/**", "/k/*"])
        size = rng.randrange(1, 4)
        found.append([f"{parent}/{letters.pop()}" for _ in range(size)])
    return found


def long_lists(seed: int, count: int) -> Iterator[Case]:
    """Lists and texts with so many edits that only their ends are aligned, and ones just below."""
    for number in range(count):
        rng = Random(f"long/{seed}/{number}")
        size = rng.randrange(200, 300)
        base = [str(rng.randrange(40)) for _ in range(size)]
        sides = [rewritten(rng, base) for _ in range(2)]
        if rng.random() < 0.3:
            base, sides = sides[0], [base, sides[1]]
        if rng.random() < 0.3:
            texts = [json.dumps(" ".join(words)) for words in (base, *sides)]
            yield (*texts, json.dumps({"": "text"}))
        else:
            texts = [f"[{','.join(items)}]" for items in (base, *sides)]
            yield (*texts, json.dumps({"": rng.choice(["ordered", "append", "set"])}))


def rewritten(rng: Random, base: list[str]) -> list[str]:
    """A list whose middle is replaced by something long, while the ends stay."""
    start, stop = sorted(rng.randrange(len(base) + 1) for _ in range(2))
    size = rng.choice([0, 3, 200, 300, 400])
    middle = [str(rng.randrange(1000, 1200)) for _ in range(size)]
    if rng.random() < 0.5:
        middle += base[start : start + 3]
    return base[:start] + middle + base[stop:]
