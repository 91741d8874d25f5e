"""The app, which counts the merges in whatever process they happen."""

from django.apps import AppConfig
from session_merge.django import session_merged


class DepotConfig(AppConfig):
    """``INSTALLED_APPS = ["depot"]``"""

    name = "depot"

    def ready(self):
        """Listen for merges."""
        session_merged.connect(count_merge)


def count_merge(**kwargs):
    """Count one merge."""
    from depot import tally

    tally.add("merged")
