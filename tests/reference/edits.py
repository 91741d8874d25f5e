"""Random edits: what one writer makes of a document."""

from __future__ import annotations

from random import Random

from .documents import (
    Embedded,
    Members,
    Tree,
    element,
    keyed_element,
    lettered,
    name,
    number,
    scalar,
    sentence,
    string,
    value,
)

RESPELLINGS = {
    "1": ["1.0", "1e0", "10e-1"],
    "1.0": ["1", "1e0"],
    "2": ["2.0"],
    "0": ["-0", "0.0", "-0.0"],
    '"a"': ['"\\u0061"'],
    '"é"': ['"\\u00e9"'],
    '"\\ud800"': ['"\\uD800"'],
}


def edited(rng: Random, tree: Tree, edits: int, depth: int, focus: str = "") -> Tree:
    """A copy of the document with so many edits, each somewhere in it.

    They prefer members whose name has the letter `focus`, so that two sides meet there.
    """
    for _ in range(edits):
        tree = edit(rng, tree, depth, focus)
    return tree


def edit(rng: Random, tree: Tree, depth: int, focus: str) -> Tree:
    """One edit: here, or at some place below."""
    if rng.random() < 0.02:
        return value(rng, depth)
    if isinstance(tree, Embedded):
        return (
            Embedded(edit(rng, tree.tree, depth - 1, focus)) if rng.random() < 0.9 else string(rng)
        )
    if isinstance(tree, Members):
        return edit_members(rng, tree, depth, focus)
    if isinstance(tree, list):
        return edit_list(rng, tree, depth, focus)
    return edit_scalar(rng, tree)


def edit_scalar(rng: Random, text: str) -> str:
    """Another scalar, mostly of the same kind, at times only another spelling."""
    if rng.random() < 0.2 and text in RESPELLINGS:
        return rng.choice(RESPELLINGS[text])
    if rng.random() < 0.1:
        return scalar(rng)
    if text.startswith('"'):
        return sentence(rng) if " " in text or len(text) > 8 else string(rng)
    return number(rng)


def edit_members(rng: Random, tree: Members, depth: int, focus: str) -> Members:
    pairs = list(tree.pairs)
    choice = rng.random()
    if not pairs or choice < 0.15:
        own = name(rng)
        if own not in [taken for taken, _ in pairs] or rng.random() < 0.1:
            pairs.insert(rng.randrange(len(pairs) + 1), (own, lettered(rng, own, depth - 1)))
        return Members(pairs)
    at = rng.randrange(len(pairs))
    focused = [i for i, (own, _) in enumerate(pairs) if own[1:2] == focus]
    if focused and rng.random() < 0.6:
        at = rng.choice(focused)
    own, item = pairs[at]
    if own == '"id"' and rng.random() < 0.97:  # keys change rarely
        return Members(pairs)
    if choice < 0.28:
        del pairs[at]
    elif choice < 0.32:
        rng.shuffle(pairs)
    else:
        pairs[at] = (own, edit(rng, item, depth - 1, focus))
    return Members(pairs)


def edit_list(rng: Random, tree: list, depth: int, focus: str) -> list:
    items = list(tree)
    choice = rng.random()
    keyed = sum('"id"' in keys_of(item) for item in items) * 2 > len(items)
    if not items or choice < 0.35:
        if keyed or (not items and focus == "k"):
            new = new_element(rng, items, depth - 1)
        else:
            new = element(rng, depth - 1)
        items.insert(rng.choice([0, rng.randrange(len(items) + 1), len(items)]), new)
        return items
    at = rng.randrange(len(items))
    if choice < 0.55:
        del items[at]
    elif choice < 0.65:
        items.insert(rng.randrange(len(items)), items.pop(at))
    elif keyed and choice < 0.7:
        rng.shuffle(items)
    elif choice < 0.72:
        items = []
    elif choice < (0.725 if keyed else 0.74):
        items.insert(at, items[at])
    else:
        items[at] = edit(rng, items[at], depth - 1, focus)
    return items


def new_element(rng: Random, items: list, depth: int) -> Tree:
    """An element for a keyed list, with a key that is not taken unless the dice insist."""
    for _ in range(3):
        new = keyed_element(rng, depth)
        if keys_of(new).get('"id"') not in [keys_of(item).get('"id"') for item in items]:
            break
    return new


def keys_of(item: Tree) -> dict:
    """The members of an object that are scalars; nothing for anything else."""
    if not isinstance(item, Members):
        return {}
    return {own: held for own, held in item.pairs if isinstance(held, str)}
