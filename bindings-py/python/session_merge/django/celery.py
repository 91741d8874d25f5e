"""A task for Celery that applies changes to a session, and a base for tasks of your own.

    from session_merge.django import changes_for
    from session_merge.django.celery import change_session

    change_session.delay(changes_for(request.session, [{"op": "increment", "path": "/visits"}]))

A worker learns of the task by ``CELERY_IMPORTS = ["session_merge.django.celery"]``. Celery 5.4 or
newer is needed.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from session_merge.django.background import apply_changes
from session_merge.django.errors import StoreBusyError

__all__ = ["SessionTask", "change_session"]

HIDDEN = "(...)"


class SessionTask(DjangoTask):  # type: ignore[misc]
    """The base of tasks that are given handles: what they are given is shown nowhere.

    Celery writes the arguments of a task into the headers of its message, from where they get
    into logs, events and dashboards. Of these tasks it says ``(...)`` there.
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send the task, as always but for the description of its arguments."""
        hidden = {"argsrepr": HIDDEN, "kwargsrepr": HIDDEN}
        return super().apply_async(args, kwargs, **{**options, **hidden})


@shared_task(  # type: ignore[untyped-decorator]
    base=SessionTask,
    name="session_merge.change_session",
    autoretry_for=(StoreBusyError,),  # the one error that says that nothing was written, for now
    retry_backoff=True,
    max_retries=5,
)
def change_session(changes: str) -> None:
    """Apply what ``session_merge.django.changes_for()`` has returned."""
    apply_changes(changes)
