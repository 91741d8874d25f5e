"""Run the Django tests with the interpreter and the Django that this is started with.

    python tests/django/run.py [test_races ...]

``session_merge`` must be installed. See ``matrix.py`` for all supported versions.
"""

import os
import platform
import sys
import warnings

import django
import django_source
from django.test.runner import DiscoverRunner


def main(labels: list[str]) -> int:
    """Run the tests with these labels, or all; return the number of failures."""
    sys.path.append(str(django_source.session_tests()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    warnings.simplefilter("error", ResourceWarning)
    django.setup()
    print(f"Django {django.__version__} on Python {platform.python_version()}", flush=True)
    here = os.path.dirname(os.path.abspath(__file__))
    runner = DiscoverRunner(top_level=here, interactive=False)
    return runner.run_tests(labels or [here])


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
