"""The examples of ``docs/background.md``, written into the files that they say they are."""

import re
from pathlib import Path

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "background.md"
EXAMPLE = re.compile(r"```python\n# (shop/\w+\.py)\n(.*?)```", re.DOTALL)


def write_examples(folder: Path) -> list[str]:
    """Write all examples below a folder, as the package ``shop``; return their names."""
    examples = EXAMPLE.findall(DOCUMENTATION.read_text(encoding="utf-8"))
    for name, code in examples:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(code, encoding="utf-8")
    return [name for name, _ in examples]
