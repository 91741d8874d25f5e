"""The signals that tell a site about its races, enough of them to feed its metrics.

``session_merged`` is sent after a save that had to be merged, conflict or not:

    from django.dispatch import receiver
    from session_merge.django import session_merged

    @receiver(session_merged)
    def count(sender, merge, patterns, **kwargs):
        for conflict, pattern in zip(merge.conflicts, patterns):
            metrics.increment("session.conflict", tags=[conflict.kind, str(pattern)])

- ``sender``: the class of the session store;
- ``session``: the store, already holding the merged session;
- ``merge``: the ``session_merge.Merge``, with ``conflicts`` and ``patch()``;
- ``patterns``: for each of ``merge.conflicts``, the pattern of the rule that decided it; None where
  no pattern did. Patterns are the site's own text, and there are only so many: they make labels,
  which pointers do not;
- ``attempts``: how many times the session was written until it held, the first one included; 0 if
  nothing was written yet, because an exclusive block or a claim has brought the session up to date;
- ``locked``: whether it gave up swapping, and was written under the store's write lock;
- ``seconds``: the time from the write that did not hold to the one that did; 0.0 where there was
  none.

Inside a transaction it is sent when the save returns, not when the transaction commits. An
exception in a receiver is logged by Django and does not disturb the request.

``session_merge_refused`` is sent when a rule says ``fail`` and its conflict happens, before
``SessionConflict`` is raised; nothing was written:

- ``sender``, ``session``: as above, the session holding what it wanted to store;
- ``conflicts``: the complete report, those that were refused without a winner;
- ``patterns``: as above.

``session_update_lost`` is sent in the mode ``observe`` only, after a save that undid an update of
another request, as a save of Django's own engines does:

- ``sender``, ``session``: as above;
- ``places``: JSON Pointers to what the other request had changed; ``""`` is the whole session.

``session_grown`` is sent after a save that made a session larger than ``warn_bytes``, and again
whenever its size has doubled (``session_merge.django.growth``):

- ``sender``, ``session``: as above;
- ``size``: how many bytes are stored;
- ``largest``: the names of its largest members, in full.
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["session_grown", "session_merge_refused", "session_merged", "session_update_lost"]

session_merged = Signal()
session_merge_refused = Signal()
session_update_lost = Signal()
session_grown = Signal()
