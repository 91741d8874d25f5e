"""What the ready tasks do, whoever runs them: Celery, or Django's own tasks."""

from __future__ import annotations

from session_merge.django.changes import apply
from session_merge.django.conf import get_config
from session_merge.django.editing import edit
from session_merge.django.handles import opened_changes

__all__ = ["apply_changes"]


def apply_changes(sealed: str) -> None:
    """Make the changes that ``changes_for()`` has sealed, and merge them into the stored session.

    Raises ``HandleError``, ``ChangesError``, and whatever ``edit()`` raises.
    """
    key, changes = opened_changes(sealed)
    with edit(key) as session:
        apply(session._get_session(), changes, get_config().rules)
