"""Whether an installed package merges: run by a release with each wheel it has built."""

import platform
import sys

from session_merge import __version__, merge, merge_json

merged = merge({"n": 1}, {"n": 2, "a": [1]}, {"n": 2, "b": {}}, {"/n": "counter"})
assert merged.value == {"n": 3, "a": [1], "b": {}}, merged.value
assert merge_json('{"n":1}', '{"n":1.50}', '{"n":1,"m":1e400}').value == '{"n":1.50,"m":1e400}'
has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
print(f"session-merge {__version__} merges on {platform.python_implementation()}", end=" ")
print(f"{platform.python_version()}, {'with' if has_gil else 'without'} a GIL")
