"""Follows docs/guide.md word for word: every command and every file, from an empty folder.

    python tests/docs/test_guide.py WHEEL

A console block's lines that begin with ``$`` are commands for one and the same shell, and what
follows them is what they print. A Python block names its file, and is added to it. The only thing
that is not done as it is written: the package is installed from the wheel.
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
END = "--- end of output ---"
DJANGO_SAYS_GOODBYE = "the language is gone"


class Shell:
    """A shell that remembers its folder and its variables from one command to the next."""

    def __init__(self, folder: str) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc"], cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, command: str) -> tuple[str, int]:
        """Run a command; return what it printed, and its exit status."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{command} </dev/null\necho; echo '{END}' $?\n")
        self._process.stdin.flush()
        printed = ""
        for line in self._process.stdout:
            if line.startswith(END):
                return printed.removesuffix("\n"), int(line.removeprefix(END))
            printed += line
        raise AssertionError(f"the shell ended: {printed}")

    def close(self) -> None:
        """End the shell."""
        self._process.communicate(timeout=30)


class Guide(unittest.TestCase):
    """The guide, from top to bottom."""

    wheel = ""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="guide-")
        self.addCleanup(folder.cleanup)
        self.shell = Shell(folder.name)
        self.addCleanup(self.shell.close)

    def test_word_for_word(self) -> None:
        steps = 0
        for language, name, content in BLOCK.findall(GUIDE.read_text()):
            if language == "console":
                for command, expected in STEP.findall(content):
                    self.follow(command, expected)
                    steps += 1
            else:
                self.assertTrue(name, f"a block of {language} names no file:\n{content}")
                self.write(name, content)
        self.assertGreater(steps, 5)
        self.try_the_views()
        self.compare_with_django()

    def follow(self, command: str, expected: str) -> None:
        """Run a command of the guide, and compare what it prints."""
        if command.startswith("pip install"):
            command = command.replace(" session-merge", f" '{self.wheel}'")
        printed, status = self.shell.run(command)
        self.assertEqual(status, 0, f"$ {command}\n{printed}")
        if expected:
            self.assertEqual(printed, expected, f"$ {command}")

    def write(self, name: str, content: str) -> None:
        """Add a block to the file that it names."""
        folder, _ = self.shell.run("pwd")
        with (Path(folder.strip()) / name).open("a") as file:
            file.write(f"\n{content}")

    def try_the_views(self) -> None:
        """Call the two views that the guide shows and no command of it runs."""
        program = (
            "from django.test import RequestFactory\n"
            "from django.core.exceptions import PermissionDenied\n"
            "from two_tabs import SessionStore\n"
            "from shop.oauth import callback\n"
            "from shop.payment import pay\n"
            "first = SessionStore()\n"
            "first['oauth_state'] = 'x'\n"
            "first.create()\n"
            "answers = []\n"
            "for state in 'xx':\n"
            "    request = RequestFactory().get('/', {'state': state})\n"
            "    request.session = SessionStore(first.session_key)\n"
            "    try:\n"
            "        answers.append(callback(request).content)\n"
            "    except PermissionDenied:\n"
            "        answers.append('denied')\n"
            "answers.append(pay(request).content)\n"
            "answers.append(SessionStore(first.session_key)['paid'])\n"
            "print(answers)\n"
        )
        self.write("views.py", program)
        self.follow(
            'python manage.py shell --no-imports -c "import views"',
            "[b'Welcome', 'denied', b'Thank you', True]\n",
        )

    def compare_with_django(self) -> None:
        """See that Django's engine loses what the guide says it loses."""
        self.assertIn(DJANGO_SAYS_GOODBYE, GUIDE.read_text())
        self.write("shop/settings.py", "SESSION_ENGINE = 'django.contrib.sessions.backends.db'\n")
        self.follow('python manage.py shell --no-imports -c "import see"', "{'colours': 'dark'}\n")


if __name__ == "__main__":
    Guide.wheel = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
