"""Every link inside the documents leads somewhere, and what they promise of the files holds."""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECURITY = ROOT / "SECURITY.md"
SHIPPED = ("core/src/", "bindings-py/src/", "bindings-wasm/src/")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
ACTION = re.compile(r"uses: (\S+)")


def files(pattern: str) -> list[Path]:
    """Return the files of the repository that match, without what is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


def anchors(text: str) -> set[str]:
    """Return the names of a document's headings, as they are linked to."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in words}


class Links(unittest.TestCase):
    """The links of all Markdown files."""

    def test_they_lead_somewhere(self) -> None:
        for document in files("*.md"):
            if document.is_symlink():
                continue  # its links are those of the file that it stands for
            for link in LINK.findall(FENCE.sub("", document.read_text())):
                if "://" in link:
                    continue
                with self.subTest(document=document.relative_to(ROOT), link=link):
                    path, _, anchor = link.partition("#")
                    target = document.parent / path if path else document
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(FENCE.sub("", target.read_text())))


class Promises(unittest.TestCase):
    """What SECURITY.md says of the files of this repository."""

    def test_unsafe_code_is_where_it_is_said_to_be(self) -> None:
        said = re.search(r"`unsafe` Rust is in.*?\n- ", SECURITY.read_text(), re.DOTALL)
        assert said is not None
        places = tuple(re.findall(r"`(\S+/src/\S+)`", said[0]))
        self.assertTrue(places)
        found = {
            str(path.relative_to(ROOT))
            for path in files("*.rs")
            if re.search(r"^[^/]*\bunsafe\b", path.read_text(), re.MULTILINE)
        }
        shipped = {name for name in found if name.startswith(SHIPPED)}
        self.assertEqual({name for name in shipped if not name.startswith(places)}, set())
        for place in places:
            self.assertTrue(any(name.startswith(place) for name in shipped), place)

    def test_actions_are_pinned_to_a_commit(self) -> None:
        found = [
            action
            for workflow in files(".github/workflows/*.yml")
            for action in ACTION.findall(workflow.read_text())
            if not action.startswith("./")
        ]
        self.assertTrue(found)
        for action in found:
            self.assertRegex(action, r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")

    def test_python_requirements_are_pinned(self) -> None:
        for path in files("tests/*requirements*.txt"):
            for line in path.read_text().splitlines():
                self.assertRegex(line, r"^(#.*|[\w.-]+(\[\w+\])?==\S+(;.*| ;.*)?|)$", path)


if __name__ == "__main__":
    unittest.main()
