"""What the tests of exclusive blocks share: somebody else who is in one."""

import threading
from contextlib import contextmanager

from django.core.signals import request_finished
from django.db import connection, connections
from everywhere import ENGINES, OnEveryStore, on_every_store
from session_merge.django import exclusive
from stores import CACHES, SQLITE


def in_a_database(engine, alias):
    """Return whether sessions are rows, and so are locked by the database."""
    return engine in ("db", "cached_db") or alias == "database"


def leaves_others_alone(engine, alias):
    """Return whether requests that do not ask for the lock can write while somebody has it."""
    return connection.vendor == "postgresql" or not in_a_database(engine, alias)


def on_every_store_where(condition, tests):
    """Define ``tests`` anew for the engines and stores for which the condition holds, if any."""
    for engine in ENGINES:
        cached = engine in ("cache", "cached_db")
        for alias in (CACHES if SQLITE else ["database"]) if cached else [None]:
            if condition(engine, alias):
                on_every_store(tests, only=[engine], aliases=[alias])


class Blocks(OnEveryStore):
    """Requests that share a session and want to be alone with it."""

    @property
    def is_in_a_database(self):
        """Whether the sessions, and so their locks, are the database's."""
        return in_a_database(self.engine_name, self.alias)

    @contextmanager
    def held_elsewhere(self, key, **options):
        """Have another request be in a block of the session, which writes nothing."""
        inside, leave, errors = threading.Event(), threading.Event(), []

        def hold():
            try:
                with exclusive(self.engine(key), **options):
                    inside.set()
                    leave.wait(30)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()
                request_finished.send(None)  # caches close their sockets
                inside.set()

        thread = threading.Thread(target=hold)
        thread.start()
        inside.wait(30)
        try:
            yield
        finally:
            leave.set()
            thread.join(30)
        for error in errors:
            raise error
