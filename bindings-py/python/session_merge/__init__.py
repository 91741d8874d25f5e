"""Three-way merges of session documents, so that two requests at once never lose an update.

>>> from session_merge import merge
>>> merged = merge(
...     {"visits": 1, "cart": {"pen": 1}},
...     {"visits": 2, "cart": {"pen": 1, "ink": 1}},
...     {"visits": 2, "cart": {"pen": 3}},
...     {"/visits": "counter"},
... )
>>> merged.value
{'visits': 3, 'cart': {'pen': 3, 'ink': 1}}
>>> merged.conflicts
[]
"""

from session_merge._errors import DepthError, JSONError, MergeConflict, MergeError, RulesError
from session_merge._explanation import Explanation, Said
from session_merge._session_merge import (
    MISSING,
    Conflict,
    Merge,
    Missing,
    Rules,
    __version__,
    merge,
    merge_json,
)

__all__ = [
    "MISSING",
    "Conflict",
    "DepthError",
    "Explanation",
    "JSONError",
    "Merge",
    "MergeConflict",
    "MergeError",
    "Missing",
    "Rules",
    "RulesError",
    "Said",
    "__version__",
    "merge",
    "merge_json",
]
