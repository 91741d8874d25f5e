"""The README's Python examples print what the README says they print."""

import contextlib
import io
import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_examples_print_what_is_shown():
    text = README.read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(from .*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert examples
    for code, shown in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(README), "exec"), {})
        assert printed.getvalue() == shown
