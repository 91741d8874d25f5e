"""Race requests to real packages, on Django's own engine and on ours.

    [MERGING=session_merge.django.cache] python tests/packages/run.py [test_allauth ...]

Rows hold JSON, and merge as text; a cache holds pickles, and they merge as objects.
The packages of ``requirements.txt`` and ``session_merge`` must be installed. An OAuth provider runs
in this process meanwhile.
"""

import os
import sys
import warnings

import django
import provider
from django.test.runner import DiscoverRunner


def main() -> int:
    """Run the tests that the arguments name, or all; return the number of failures."""
    here = os.path.dirname(os.path.abspath(__file__))
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    with provider.serve() as os.environ["PROVIDER_URL"]:
        warnings.simplefilter("error", ResourceWarning)
        django.setup()
        runner = DiscoverRunner(top_level=here, interactive=False)
        return runner.run_tests(sys.argv[1:] or [here])


if __name__ == "__main__":
    sys.exit(bool(main()))
