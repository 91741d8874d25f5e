"""Random documents out of a very small vocabulary, so that sides collide often.

A document is a tree that remembers spelling but not whitespace: a `str` is the text of a scalar, a
list is an array, `Members` is an object, `Embedded` is a string that holds a document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any, Union

Tree = Union[str, list, "Members", "Embedded"]


@dataclass
class Members:
    """An object as a list of (name's text, value): repeated names and odd spellings included."""

    pairs: list[tuple[str, Any]]


@dataclass
class Embedded:
    """A string that holds a document."""

    tree: Any


SMALL_NUMBERS = ["0", "1", "2", "3", "5", "-1", "10"]
ODD_NUMBERS = [
    *("-0", "0.0", "-0.0", "1.0", "1e0", "10e-1", "2.50", "0.1", "0.2", "2.0", "1E+2", "100"),
    *("9007199254740992", "9007199254740993", "9007199254740993.0", "-9223372036854775808"),
    *("170141183460469231731687303715884105727", "170141183460469231731687303715884105728"),
    *("-170141183460469231731687303715884105728", "123456789012345678901234567890123456789012"),
    *(
        "1e400",
        "-1e400",
        "1e-400",
        "1e308",
        "1e999999999",
        "10e999999998",
        "5e-324",
        "1e21",
        "1e-7",
    ),
    *("NaN", "Infinity", "-Infinity"),
]
PLAIN_STRINGS = ['""', '"a"', '"b"', '"c"', '"1"', '"z"']
ODD_STRINGS = [
    *('"\\u0061"', '"a\\/b"', '"a/b"', '"é"', '"\\u00e9"', '"\\ud83d\\ude00"', '"😀"', '"\\ud800"'),
    *('"\\udc00"', '"\\uD800"', '"\\n"', '"\\u000a"', '"~"', '"*"', '"\\""', '"\\u007f"', '"\x7f"'),
    *('"null"', '"1.0"', '"[1]"', '"\\u0000"', '"\\ufeff"', '"\uffff"', '"\U00010000"'),
]
CONSTANTS = ["null", "true", "false"]
ODD_NAMES = [
    '"a/b"',
    '"a~b"',
    '"*"',
    '""',
    '"é"',
    '"\\u00e9"',
    '"\\ud800"',
    '"0"',
    '"**"',
    '"a\\nb"',
]

KEYS = [*map(str, range(1, 10)), '"a"', '"b"', '"c"', *map(str, range(10, 19)), '"1"', '"d"']
ODD_KEYS = ["1.0", "null", "true", "NaN", '"\\u0061"', '"a/b"', '"a,b"', "1e0", []]

# What a member holds, by the first letter of its name. The rules know the same letters.
LETTERS = "csolktedxy"


def name(rng: Random) -> str:
    """A member name as JSON text, now and then with needless escapes."""
    if rng.random() < 0.06:
        return rng.choice(ODD_NAMES)
    letter = rng.choice(LETTERS)
    if rng.random() < 0.03:
        return f'"\\u{ord(letter):04x}"'
    return f'"{letter}{rng.choice(["", "", "", "", "1"])}"'


def number(rng: Random) -> str:
    return rng.choice(ODD_NUMBERS if rng.random() < 0.12 else SMALL_NUMBERS)


def string(rng: Random) -> str:
    return rng.choice(ODD_STRINGS if rng.random() < 0.3 else PLAIN_STRINGS)


def scalar(rng: Random) -> str:
    return rng.choice([number, number, string, lambda r: r.choice(CONSTANTS)])(rng)


def sentence(rng: Random) -> str:
    """A string of a few words, for `text`."""
    parts = []
    for _ in range(rng.randrange(6)):
        parts.append(rng.choice(["a", "b", "c", "d", "é", "😀", '"', "\\", "\u00a0", "\ud83d"]))
        parts.append(rng.choice([" ", " ", " ", "  ", "\n", "\t", "\r\n", "", "\x0b"]))
    return json.dumps("".join(parts), ensure_ascii=rng.random() < 0.7 or "\ud83d" in parts)


def value(rng: Random, depth: int) -> Tree:
    """Any value."""
    kinds = [scalar, scalar, scalar, sentence]
    if depth > 0:
        kinds += [
            lambda r: members(r, depth - 1),
            lambda r: plain_list(r, depth - 1),
            lambda r: keyed_list(r, depth - 1),
            lambda r: Embedded(value(r, depth - 1)),
        ]
    return rng.choice(kinds)(rng)


def plain_list(rng: Random, depth: int) -> list:
    return [element(rng, depth) for _ in range(rng.randrange(6))]


def element(rng: Random, depth: int) -> Tree:
    """An element of a list that is compared rather than named."""
    if rng.random() < 0.7:
        return rng.choice(["1", "2", "3", '"a"', '"b"', "1.0"])
    if rng.random() < 0.5:
        return Members([('"n"', number(rng))])
    return value(rng, depth)


def keyed_list(rng: Random, depth: int) -> list:
    """Elements with keys, nearly always one of each."""
    size = rng.choice([0, 1, 2, 3, 4, 5])
    return [keyed_element(rng, depth, key) for key in rng.sample(KEYS[:12], size)]


def keyed_element(rng: Random, depth: int, key: str | None = None) -> Tree:
    """An object with a key, at times without, at times with a key that is none."""
    if rng.random() < 0.01:
        return scalar(rng)
    pairs = []
    if rng.random() < 0.99:
        own = rng.choice(KEYS) if key is None else key
        if rng.random() < 0.05:
            own = rng.choice(ODD_KEYS)
        pairs.append(('"id"', own))
    if rng.random() < 0.3:
        pairs.append(('"sub"', rng.choice(["1", "2", '"a"'])))
    if rng.random() < 0.8:
        pairs.append(('"c"', number(rng)))
    if rng.random() < 0.3:
        pairs.append((name(rng), value(rng, depth - 1) if depth > 0 else scalar(rng)))
    rng.shuffle(pairs)
    return Members(pairs)


def members(rng: Random, depth: int) -> Members:
    """An object whose members mostly hold what their letter promises."""
    pairs = []
    for _ in range(rng.choice([0, 1, 2, 3, 5])):
        own = name(rng)
        # Repeated names are legal but rare: most of the time a name comes once.
        if rng.random() < 0.97 and own in [taken for taken, _ in pairs]:
            continue
        pairs.append((own, lettered(rng, own, depth)))
    return Members(pairs)


def lettered(rng: Random, own: str, depth: int) -> Tree:
    """A value for a member of this name."""
    if rng.random() < 0.08:
        return value(rng, depth)
    letter = own[1:2]
    if letter == "c":
        return number(rng)
    if letter in "sol":
        return plain_list(rng, depth - 1)
    if letter == "k":
        return keyed_list(rng, depth - 1)
    if letter == "t":
        return sentence(rng)
    if letter == "e":
        return Embedded(value(rng, depth))
    if letter == "d" and depth > 0:
        return members(rng, depth - 1)
    return scalar(rng)


def spell(tree: Tree, style: Any) -> str:
    """The JSON text of a document; `style()` gives the whitespace at each place that allows it."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Embedded):
        text = spell(tree.tree, style)
        return json.dumps(text, ensure_ascii=text.isascii() or "\ud83d" in text)
    if isinstance(tree, list):
        inner = ",".join(f"{style()}{spell(item, style)}{style()}" for item in tree)
        return f"[{inner}]" if tree else f"[{style()}]"
    inner = ",".join(
        f"{style()}{own}{style()}:{style()}{spell(item, style)}{style()}"
        for own, item in tree.pairs
    )
    return f"{{{inner}}}" if tree.pairs else f"{{{style()}}}"


def style_of(rng: Random, kind: str) -> Any:
    """Compact, or a run of whitespace here and there."""
    if kind == "compact":
        return lambda: ""
    return lambda: rng.choice(["", "", "", "", " ", "  ", "\n", "\t", "\r\n"])
