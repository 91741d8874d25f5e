"""``python -m session_merge explain``: how three documents in files would merge, and why.

    python -m session_merge explain base.json theirs.json mine.json --rules rules.json

Exit status: 0, there is a result; 1, the rules do not allow the merge; 2, an input or the rules
cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from session_merge._explain import UNREADABLE, Unreadable, add_arguments, explain, read, rules_in
from session_merge._session_merge import Rules

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m session_merge", description="Explain merges.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "explain", help="tell how three JSON files would merge, place by place, and why"
    )
    add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        rules = rules_in(options.rules) if options.rules else Rules({})
        documents = read(options.base), read(options.theirs), read(options.mine)
        return explain(documents, rules, print, names=options.names, values=options.values)
    except Unreadable as error:
        print(f"session_merge: {error}", file=sys.stderr)
        return UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
