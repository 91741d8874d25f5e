"""One lock for each kind of store, behind ``session_merge.django.exclusive``.

A store of ``session_merge.django.store`` says with ``lock()`` how its sessions are locked:

- rows of a database, by the database, until the end of the transaction (``locks.rows``);
- Redis and Memcached, by an entry that lapses, a lease (``locks.lease``);
- files, by a lock file of each session (``locks.files``);
- the memory of one process, by a table in it (``locks.memory``).

Whoever does not ask for the lock is not kept out by it: other requests read, save and log out as
before, and what they store is merged.
"""

from session_merge.django.locks.base import ExclusiveStore, SessionLock

__all__ = ["ExclusiveStore", "SessionLock"]
