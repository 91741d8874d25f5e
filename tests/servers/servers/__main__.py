"""The same as ``python tests/servers``, for those who have the package on their path."""

import sys

from servers.command import main

sys.exit(main())
