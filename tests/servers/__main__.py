"""Start private servers for one command: see ``servers/command.py``."""

import sys

from servers.command import main

sys.exit(main())
