"""Session documents as web applications store them, and what two requests make of one."""

import copy
import json

from dice import Dice

STEPS = ("account", "address", "delivery", "payment", "review")
FLAGS = ("new_checkout", "dark_mode", "beta_search", "fast_lane", "gift_cards")


def compact(value) -> str:
    """Return JSON text as Django writes it into a session."""
    return json.dumps(value, separators=(",", ":"))


def small(dice: Dice) -> dict:
    """Return a session of about 300 bytes: a visitor with a few things in the cart."""
    return {
        "_csrftoken": dice.hex(32),
        "locale": "de",
        "visits": 17,
        "prefs": {"theme": "light", "page_size": 20},
        "flags": {"new_checkout": True, "dark_mode": False},
        "cart": {"items": {"SKU-1001": {"qty": 2, "price": 1990}}, "coupon": None},
        "recent": [4711, 1022, 88],
        "oauth": {"state": dice.hex(16), "expires": 1767225600},
    }


def session(dice: Dice, size: int) -> dict:
    """Return a session of about that many bytes, all of its parts growing together."""
    document = {
        "_auth_user_id": "4711",
        "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
        "_auth_user_hash": dice.hex(64),
        "_csrftoken": dice.hex(32),
        "locale": "de",
        "visits": 17,
        "last_seen": 1767222000.25,
        "prefs": {
            "theme": "light",
            "page_size": 20,
            "timezone": "Europe/Zurich",
            "currency": "CHF",
            "columns": {"name": True, "price": True, "stock": False},
        },
        "flags": {name: dice.below(2) == 1 for name in FLAGS},
        "oauth": {
            "state": dice.hex(32),
            "nonce": dice.hex(16),
            "token": {"access": dice.hex(48), "expires": 1767225600, "scope": "openid email"},
        },
        "cart": {"items": {}, "coupon": None, "currency": "CHF"},
        "recent": [],
        "messages": [],
        "wizard": {"step": "address", "data": {step: {} for step in STEPS}},
    }
    grow = (_item, _field, _item, _recent, _field, _message, _item, _field, _flag, _recent)
    length = len(compact(document))
    turn = 0
    while length < size - 60:
        length += grow[turn % len(grow)](dice, document, turn)
        turn += 1
    return document


def _item(dice: Dice, document: dict, turn: int) -> int:
    item = {"name": dice.words(2), "qty": 1 + dice.below(4), "price": 100 * dice.below(900) + 95}
    if turn % 20 == 0:
        item["options"] = {"size": dice.pick("SML"), "gift": False}
    sku = f"SKU-{10_000 + turn}"
    document["cart"]["items"][sku] = item
    return len(compact(item)) + len(sku) + 4


def _field(dice: Dice, document: dict, turn: int) -> int:
    data = document["wizard"]["data"]
    name, value = f"field_{turn}", [dice.words(1 + dice.below(3))]
    data[STEPS[turn % len(STEPS)]][name] = value
    return len(compact(value)) + len(name) + 4


def _recent(dice: Dice, document: dict, turn: int) -> int:
    document["recent"].append(100_000 + 10 * turn + dice.below(10))
    return 7


def _message(dice: Dice, document: dict, turn: int) -> int:
    message = {"level": 20, "text": f"{dice.words(4)} ({turn})", "tags": "info"}
    document["messages"].append(message)
    return len(compact(message)) + 1


def _flag(dice: Dice, document: dict, turn: int) -> int:
    name = f"experiment_{turn}"
    document["flags"][name] = dice.below(2) == 1
    return len(name) + 8


def edited(base: dict, edits: int, conflict: bool = True) -> tuple[dict, dict]:
    """Return what two requests made of a session: so many edits each, one of them a conflict.

    Apart from that one, no two edits meet, and no list is changed on both sides, so that a merge
    which takes lists as they are has the same result as one which looks into them.
    """
    theirs, mine = copy.deepcopy(base), copy.deepcopy(base)
    skus = list(base["cart"]["items"])
    flags = list(base["flags"])
    for edit in range(edits - 1):
        kind, place = edit % 4, (2 * edit + 1) / (2 * edits)
        _their_edit(theirs, kind, edit, skus[int(place * len(skus))], flags)
        _my_edit(mine, kind, edit, f"SKU-{edit + 20_000}", int(place * len(base["recent"])))
    theirs["prefs"]["theme"] = "dark"
    if conflict:
        mine["prefs"]["theme"] = "contrast"
    else:
        mine["prefs"]["page_size"] = 50
    return theirs, mine


def _their_edit(document: dict, kind: int, edit: int, sku: str, flags: list[str]) -> None:
    if kind == 0:
        document["cart"]["items"][sku]["qty"] += 1 + edit
    elif kind == 1:
        document.setdefault("messages", []).append({"level": 25, "text": f"Saved {edit}."})
    elif kind == 2:
        flag = flags[edit * 7 % len(flags)]
        document["flags"][flag] = not document["flags"][flag]
    else:
        document["visits"] += 1


def _my_edit(document: dict, kind: int, edit: int, sku: str, place: int) -> None:
    if kind == 0:
        document["cart"]["items"][sku] = {"name": "lamp", "qty": 1, "price": 4995}
    elif kind == 1:
        document["recent"].insert(place, 900_000 + edit)
    elif kind == 2:
        document["oauth"]["state"] = f"{document['oauth']['state'][:-8]}{edit:08d}"
    elif "wizard" in document:
        document["wizard"]["data"]["payment"][f"card_{edit}"] = ["4000 0000 0000 0002"]
    else:
        document["locale"] = "fr"


def busy(base: dict) -> tuple[dict, dict]:
    """Return a session in which each side changed every second item of the cart and form field."""
    theirs, mine = copy.deepcopy(base), copy.deepcopy(base)
    for index, sku in enumerate(base["cart"]["items"]):
        side = (theirs, mine)[index % 2]
        side["cart"]["items"][sku]["qty"] += 10
    for step, fields in base["wizard"]["data"].items():
        for index, field in enumerate(fields):
            side = (theirs, mine)[index % 2]
            side["wizard"]["data"][step][field] = ["changed"]
    return theirs, mine
