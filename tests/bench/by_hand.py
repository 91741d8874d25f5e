"""The merges that one writes by hand: objects member by member, anything else as a whole.

Both take a list that both sides changed from mine, and neither reports conflicts.
"""

_ABSENT = object()


def equal_merge(base: dict, theirs: dict, mine: dict) -> dict:
    """Merge by `==`: short and fast, and wrong where 1 stands beside True or 1.0."""
    merged = {}
    for name, their in theirs.items():
        my = mine.get(name, _ABSENT)
        if my is _ABSENT:
            if name not in base:
                merged[name] = their
            continue
        old = base.get(name, _ABSENT)
        if my == old:
            merged[name] = their
        elif their == old:
            merged[name] = my
        elif isinstance(their, dict) and isinstance(my, dict):
            merged[name] = equal_merge(old if isinstance(old, dict) else {}, their, my)
        else:
            merged[name] = my
    for name, my in mine.items():
        if name not in theirs and name not in base:
            merged[name] = my
    return merged


def same(left, right) -> bool:
    """Whether two values are alike in type too, all the way down."""
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is dict:
        if len(left) != len(right):
            return False
        for name, value in left.items():
            other = right.get(name, _ABSENT)
            if other is _ABSENT or not same(value, other):
                return False
        return True
    if kind is list:
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def strict_merge(base: dict, theirs: dict, mine: dict) -> dict:
    """Merge as `equal_merge` does, but by `same`."""
    merged = {}
    for name, their in theirs.items():
        my = mine.get(name, _ABSENT)
        if my is _ABSENT:
            if name not in base:
                merged[name] = their
            continue
        old = base.get(name, _ABSENT)
        if same(my, old):
            merged[name] = their
        elif same(their, old):
            merged[name] = my
        elif type(their) is dict and type(my) is dict:
            merged[name] = strict_merge(old if type(old) is dict else {}, their, my)
        else:
            merged[name] = my
    for name, my in mine.items():
        if name not in theirs and name not in base:
            merged[name] = my
    return merged
