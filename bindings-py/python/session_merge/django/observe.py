"""What a save would undo: told instead of prevented, by a site that observes before it switches.

    SESSION_MERGE = {"mode": "observe"}

Sessions are then written as Django writes them, the later save over the earlier one. But each
write still names the value it replaces, so that it is known, exactly and not by sampling, whose
update was undone, and where.
"""

from __future__ import annotations

import logging
from typing import Any

from session_merge import DepthError, MergeConflict, Rules, merge
from session_merge.django import codec
from session_merge.django.codec import UnreadableError
from session_merge.django.report import redacted
from session_merge.django.signals import session_update_lost
from session_merge.django.three_way import loaded_as

__all__ = ["lost_places", "report_lost"]

WHOLE_SESSION = [""]

logger = logging.getLogger("session_merge")


def lost_places(session: Any, base: Any, theirs: Any, mine: Any, rules: Rules) -> list[str]:
    """Return the pointers at which others changed what is about to be written over.

    Of a session that cannot be read or merged, the whole is lost: one pointer, the root's.
    """
    try:
        theirs_doc = codec.decode_strictly(session, theirs)
        mine_doc = codec.decode_strictly(session, mine)
        kept = merge(loaded_as(session, base), mine_doc, theirs_doc, rules)
    except MergeConflict as refusal:
        return [conflict.pointer for conflict in refusal.conflicts]
    except (UnreadableError, DepthError):
        return WHOLE_SESSION
    changed = [str(operation["path"]) for operation in kept.patch()]
    met = [conflict.pointer for conflict in kept.conflicts]
    return sorted({*changed, *met})


def report_lost(session: Any, places: list[str]) -> None:
    """Log the lost update and send ``session_update_lost``, if there is one."""
    if not places:
        return
    logger.warning(
        "session update lost at %s", ", ".join(repr(redacted(place)) for place in places)
    )
    session_update_lost.send_robust(type(session), session=session, places=places)
