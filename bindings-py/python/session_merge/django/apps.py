"""The app, which need not be installed; if it is, the system checks run with all others."""

from django.apps import AppConfig

__all__ = ["SessionMergeConfig"]


class SessionMergeConfig(AppConfig):  # type: ignore[misc]
    """``INSTALLED_APPS = [..., "session_merge.django"]``"""

    name = "session_merge.django"
    label = "session_merge"
    verbose_name = "session-merge"

    def ready(self) -> None:
        """Register the checks."""
        from session_merge.django import checks  # noqa: F401
