"""A task for Django's own task framework (Django 6.0) that applies changes to a session.

    from session_merge.django import changes_for
    from session_merge.django.tasks import change_session

    change_session.enqueue(changes_for(request.session, [{"op": "increment", "path": "/visits"}]))

Django 5.2 has no ``django.tasks``. This module can be imported there all the same, because Celery
imports the ``tasks`` of all installed apps; the task cannot.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from session_merge.django.background import apply_changes

__all__ = ["change_session"]

if find_spec("django.tasks"):
    from django.tasks import task

    @task()  # type: ignore[untyped-decorator]
    def change_session(changes: str) -> None:
        """Apply what ``session_merge.django.changes_for()`` has returned."""
        apply_changes(changes)

else:

    def __getattr__(name: str) -> Any:
        if name != "change_session":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        raise ImportError(
            "session_merge.django.tasks.change_session needs django.tasks, which came with Django "
            "6.0. On an earlier Django use session_merge.django.celery, or call "
            "session_merge.django.background.apply_changes in a task of your own."
        )
