"""Run the Django tests with the interpreter and the Django that this is started with.

    python tests/django/run.py [--database postgresql] [test_races ...]

``session_merge`` must be installed. A database server is found by its variable in the environment,
POSTGRESQL_URL or MARIADB_URL; caches by REDIS_URL and MEMCACHED_URL. See ``tests/servers`` for a
command that starts private ones, and ``matrix.py`` for all supported versions.
"""

import argparse
import os
import platform
import sys
import warnings
from importlib.util import find_spec

import django
import django_source
from django.test.runner import DiscoverRunner

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
CLIENTS = {"postgresql": "psycopg", "mariadb": "MySQLdb"}


class Runner(DiscoverRunner):
    """Runs all tests; where all is required, one that was skipped has failed."""

    def suite_result(self, suite, result, **kwargs):
        """Return the number of failures."""
        skipped = len(result.skipped) if REQUIRE_ALL else 0
        return super().suite_result(suite, result, **kwargs) + skipped


def main() -> int:
    """Run the tests that the arguments name, or all; return the number of failures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", choices=["sqlite", *CLIENTS], default="sqlite")
    parser.add_argument("labels", nargs="*", help="test modules; all if none is given")
    options = parser.parse_args()
    if options.database != "sqlite":
        url = os.environ.get(f"{options.database.upper()}_URL")
        if url is None or find_spec(CLIENTS[options.database]) is None:
            print(f"SKIPPED: no {options.database} server, or no client for it", flush=True)
            return int(REQUIRE_ALL)
        os.environ["TEST_DATABASE"] = url
    sys.path.append(str(django_source.session_tests()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    warnings.simplefilter("error", ResourceWarning)
    django.setup()
    versions = f"Django {django.__version__} on Python {platform.python_version()}"
    print(f"{versions} and {options.database}", flush=True)
    here = os.path.dirname(os.path.abspath(__file__))
    runner = Runner(top_level=here, interactive=False)
    return runner.run_tests(options.labels or [here])


if __name__ == "__main__":
    sys.exit(bool(main()))
