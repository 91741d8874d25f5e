"""Start private servers, run a command with their addresses in its environment, and stop them.

    python tests/servers redis postgresql -- COMMAND ...

COMMAND sees REDIS_URL, POSTGRESQL_URL and so on, for tests in any language. For a server that is
not installed it sees REDIS_MISSING, with the reason, and is to skip what needs it; with
REQUIRE_ALL=1 it is not run at all. The exit status is that of COMMAND.
"""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from types import FrameType

from servers import SERVERS, Missing, RequiredError


def main() -> int:
    """Run the command that the arguments name; return its exit status."""
    names, command = _arguments()
    signal.signal(signal.SIGTERM, _exit)
    environment = dict(os.environ)
    with ExitStack() as running:
        for name in names:
            variable = name.upper()
            try:
                environment[f"{variable}_URL"] = running.enter_context(SERVERS[name]()).url
            except Missing as reason:
                print(f"SKIPPED {name}: {reason}", file=sys.stderr, flush=True)
                environment[f"{variable}_MISSING"] = str(reason)
            except RequiredError as reason:
                print(f"MISSING {name}: {reason}", file=sys.stderr, flush=True)
                return 1
        return subprocess.run(command, env=environment, check=False).returncode


def _arguments() -> tuple[list[str], list[str]]:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], usage="%(prog)s SERVER ... -- COMMAND ..."
    )
    parser.add_argument("servers", nargs="+", choices=SERVERS)
    own, dashes, command = _split(sys.argv[1:])
    names = parser.parse_args(own).servers
    if not dashes or not command:
        parser.error("no command is given after --")
    return names, command


def _split(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in arguments:
        return arguments, False, []
    place = arguments.index("--")
    return arguments[:place], True, arguments[place + 1 :]


def _exit(number: int, frame: FrameType | None) -> None:
    """Leave the ``with`` block when told to terminate, so that no server stays behind."""
    sys.exit(128 + number)
