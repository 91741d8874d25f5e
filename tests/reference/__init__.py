"""The merge semantics once more, slow and obvious: the oracle that the fast core is held against.

Written from the semantics alone, over JSON texts, with the standard library only.
"""

from .conflicts import Conflict
from .errors import DepthError, JSONError, MergeConflict, MergeError, RulesError
from .merge import Result, merge_json

__all__ = [
    "Conflict",
    "DepthError",
    "JSONError",
    "MergeConflict",
    "MergeError",
    "Result",
    "RulesError",
    "merge_json",
]
