"""The signals that tell a site about its races.

``session_merged`` is sent after a save that had to be merged, conflict or not:

    from django.dispatch import receiver
    from session_merge.django import session_merged

    @receiver(session_merged)
    def count(sender, session, merge, attempts, **kwargs):
        for conflict in merge.conflicts:
            metrics.increment("session.conflict", tags=[conflict.kind])

- ``sender``: the class of the session store;
- ``session``: the store, already holding the merged session;
- ``merge``: the ``session_merge.Merge``, with ``conflicts`` and ``patch()``;
- ``attempts``: how many times the session was written until it held, the first one included; 0 if
  nothing was written yet, because an exclusive block or a claim has brought the session up to date.

Inside a transaction it is sent when the save returns, not when the transaction commits. An
exception in a receiver is logged by Django and does not disturb the request.

``session_update_lost`` is sent in the mode ``observe`` only, after a save that undid an update of
another request, as a save of Django's own engines does:

- ``sender``, ``session``: as above;
- ``places``: JSON Pointers to what the other request had changed; ``""`` is the whole session.
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["session_merged", "session_update_lost"]

session_merged = Signal()
session_update_lost = Signal()
