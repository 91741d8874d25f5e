"""The extension module; its names are imported from ``session_merge``."""

from collections.abc import Mapping
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, final, overload

from session_merge._explanation import Explanation

_T_co = TypeVar("_T_co", covariant=True)
_Rules: TypeAlias = Rules | Mapping[str, Any] | None

__version__: str

MISSING: Final[Missing]
"""Stands where there is no value: a conflict's base that base does not have, say. It is false."""

@final
class Missing:
    """The type of ``MISSING``, of which there is one instance."""

    def __bool__(self) -> Literal[False]: ...

@final
class Rules:
    """A compiled rule set: immutable, and shareable between threads.

    ``mapping`` is plain JSON data, but that a function may stand as a ``conflict`` value. It is
    called as ``function(base, theirs, mine)`` for each conflict at its place, with ``MISSING`` for
    a base that is not there, and returns the value to store. For a chunk of a list the three are
    lists, and so is its answer. In ``merge_json``, and in a document embedded in a string, it gets
    what ``json.loads`` reads, and its answer is written by ``json.dumps``.

    Raises ``RulesError``, which names the pattern and the reason.
    """

    def __new__(cls, mapping: Mapping[str, Any], /) -> Rules: ...
    def explain(self, pointer: str) -> Explanation:
        """Say what holds at one place, and which patterns say so.

        Segments are taken as names; below a place whose mode is for lists without names
        (``ordered``, ``append``, ``set``), as elements, which ``*`` and ``**`` alone match.

        Raises ``ValueError`` for what is no JSON Pointer.
        """

@final
class Conflict:
    """One record of a merge's report. Its ``repr`` shows no value, and no name like a token."""

    def __new__(
        cls,
        pointer: str,
        kind: str,
        winner: str | None,
        base: Any,
        theirs: Any,
        mine: Any,
    ) -> Conflict: ...
    @property
    def pointer(self) -> str:
        """Where: a JSON Pointer (RFC 6901), in full."""

    @property
    def kind(self) -> str:
        """What met, theirs first.

        One of ``edit-edit``, ``add-add``, ``delete-edit``, ``edit-delete``, ``order``, ``group``
        and ``duplicate-key``.
        """

    @property
    def winner(self) -> str | None:
        """Who won.

        One of ``mine``, ``theirs``, ``base``, ``deleted``, ``both`` and ``custom``; None where the
        rules say ``fail``.
        """

    @property
    def base(self) -> Any:
        """What base had, or ``MISSING``; from ``merge_json`` as JSON text."""

    @property
    def theirs(self) -> Any:
        """What theirs had, or ``MISSING``; from ``merge_json`` as JSON text."""

    @property
    def mine(self) -> Any:
        """What mine had, or ``MISSING``; from ``merge_json`` as JSON text."""

@final
class Merge(Generic[_T_co]):
    """What a merge returns. Its ``repr`` shows no value."""

    @property
    def value(self) -> _T_co:
        """The merged document: always whole, whatever conflicts there were."""

    @property
    def conflicts(self) -> list[Conflict]:
        """Every place where both sides changed and the rules had to choose."""

    @property
    def changed(self) -> bool:
        """False when theirs already says all of it: there is nothing to write."""

    def patch(self) -> list[dict[str, Any]]:
        """Return the JSON Patch (RFC 6902) from theirs to the result.

        It is made when asked for. After ``merge`` that is from the objects themselves: ask before
        you change them.
        """

    def patch_text(self) -> _T_co:
        """Return the patch as exact JSON text, of the inputs' kind; after ``merge_json`` only."""

def merge(base: object, theirs: object, mine: object, rules: _Rules = None) -> Merge[Any]:
    """Merge what theirs and mine made of base, as Python objects.

    ``dict`` and ``list`` are merged, ``set`` and ``frozenset`` under the mode ``set``; numbers,
    strings, booleans and None are compared as JSON has them (``True`` is not ``1``), and anything
    else by type and ``==``. The inputs are never changed, but the result shares with them what did
    not change: copy it before you change it, if they are still needed.

    Raises ``RulesError``, ``DepthError``, ``MergeConflict`` where the rules say ``fail``, and
    whatever a value's ``__eq__``, ``__hash__`` or ``__str__`` or a function of the rules raises.
    """

@overload
def merge_json(base: str, theirs: str, mine: str, rules: _Rules = None) -> Merge[str]:
    """Merge what theirs and mine made of base, as JSON texts and to JSON text.

    What is kept is copied as it is spelled, digits and escapes and all; merged containers are
    written compact. Bytes are UTF-8, and give bytes.

    Raises ``JSONError``, ``RulesError``, ``DepthError``, ``MergeConflict`` where the rules say
    ``fail``, and whatever a function of the rules raises.
    """

@overload
def merge_json(
    base: bytes | bytearray | memoryview,
    theirs: bytes | bytearray | memoryview,
    mine: bytes | bytearray | memoryview,
    rules: _Rules = None,
) -> Merge[bytes]: ...
