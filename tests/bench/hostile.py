"""Triples that try to make a merge slow: each shape at any size."""

import json

from dice import LETTERS, Dice


def members(dice: Dice, size: int) -> list[dict]:
    """One object of members of about 100 bytes, in another order on each side, some edited."""
    names = [f"{dice.hex(12)}{index}" for index in range(size // 100)]
    base = {name: f"{dice.hex(72)}" for name in names}
    theirs = {name: base[name] for name in dice.shuffled(names)}
    mine = {name: base[name] for name in dice.shuffled(names)}
    for name in names[::100]:
        theirs[name] = dice.hex(72)
    for name in names[50::100]:
        mine[name] = dice.hex(72)
    return [base, theirs, mine]


def deep(dice: Dice, size: int) -> list[dict]:
    """Chains of objects down to the limit of 128, changed by both sides at their deepest."""
    sides: list[dict] = [{}, {}, {}]
    for chain in range(max(1, size // 2900)):
        values = [dice.below(1000) for _ in range(126)]
        for side, document in enumerate(sides):
            node: dict = {"t": int(side == 1), "m": int(side == 2), "s": "same"}
            for value in values:
                node = {"id": value, "next": node, "z": 1}
            document[f"chain{chain}"] = node
    return sides


def records(dice: Dice, size: int, both: int) -> list[dict]:
    """A list of records of about 100 bytes; every `both`-th pair is edited, one by each side."""
    base, theirs, mine = [], [], []
    for index in range(size // 100):
        record = {
            "id": f"r{index:07d}",
            "name": dice.hex(40),
            "qty": dice.below(900),
            "price": dice.below(90_000),
            "gift": False,
        }
        base.append(record)
        hit = index // 2 % both == 0
        theirs.append({**record, "qty": record["qty"] + 1000} if hit and index % 2 else record)
        mine.append({**record, "gift": True} if hit and not index % 2 else record)
    return [{"list": side} for side in (base, theirs, mine)]


def everywhere(dice: Dice, size: int) -> list[dict]:
    """A list of records, each of them edited by one side."""
    return records(dice, size, 1)


def scattered(dice: Dice, size: int) -> list[dict]:
    """A list of records, about 200 of which each side edited, all over the list."""
    return records(dice, size, max(1, size // 100 // 400))


def prefixes(dice: Dice, size: int) -> list[dict]:
    """Members whose names begin alike for 200 characters, mine in another order, some edited."""
    common = "".join(dice.pick(LETTERS) for _ in range(200))
    names = [f"{common}{index:07d}" for index in range(size // 230)]
    base = {name: dice.below(10_000) for name in names}
    mine = {name: base[name] for name in dice.shuffled(names)}
    theirs = dict(base)
    for name in names[::50]:
        theirs[name] += 10_000
    for name in names[25::50]:
        mine[name] += 20_000
    return [base, theirs, mine]


def escapes(dice: Dice, size: int) -> list[dict]:
    """Names and strings of which nearly every character is escaped, some edited."""
    hard = '"\\\n\t\u00e9\u4e2d\U0001f600/\x01'
    base = {}
    for index in range(size // 170):
        name = f'"k\\{index}\n{dice.pick(hard)}'
        base[name] = "".join(dice.pick(hard) for _ in range(35))
    names = list(base)
    theirs, mine = dict(base), dict(base)
    for name in names[::20]:
        theirs[name] += '"t'
    for name in names[10::20]:
        mine[name] += '"m'
    return [base, theirs, mine]


def respelled(texts: list[str]) -> list[str]:
    """Mine as another program prints it: spaces, line ends, characters instead of escapes."""
    base, theirs, mine = texts
    return [base, theirs, json.dumps(json.loads(mine), indent=1, ensure_ascii=False)]
