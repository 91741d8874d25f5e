"""What the interleaving tests share: sessions side by side, and a second connection."""

import threading
from contextlib import contextmanager
from unittest import mock

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.backends.file import SessionStore as DjangosFileStore
from django.contrib.sessions.models import Session
from django.core.signals import request_finished
from django.db import connection, connections
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from session_merge.django.db import SessionStore
from session_merge.django.file import SessionStore as FileStore
from session_merge.django.rows import RowStore

IDENTITY = {
    "_auth_user_id": "1",
    "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
    "_auth_user_hash": "h1",
}


OF_SESSIONS = ("sessions_tests", "columns", "qsessions", "user_sessions")


def forget_folders():
    """Let the file engines look at SESSION_FILE_PATH again, which their classes remember."""
    for engine in (FileStore, DjangosFileStore):
        if "_storage_path" in vars(engine):
            del engine._storage_path


class QuickTeardown:
    """Empties the tables that tests fill, and does not migrate all anew as Django's teardown."""

    def _fixture_teardown(self):
        for alias in self._databases_names(include_mirrors=False):
            for label in ("sessions", *OF_SESSIONS, "auth.user"):
                app, _, only = label.partition(".")
                for model in apps.get_app_config(app).get_models():
                    if not only or model._meta.model_name == only:
                        model._base_manager.using(alias).all().delete()


class Interleaving(QuickTeardown, TransactionTestCase):
    """Two or more requests that share a session, in an order that the test spells out.

    A store is what a request holds: it loads when it is first read, and saves when told. All
    stores of a test commit for real.
    """

    engine = SessionStore

    def start(self, **data):
        """Store a session with this data and return its key."""
        session = self.engine()
        session.update(data)
        session.save()
        return session.session_key

    def request(self, key):
        """Return the session as a request sees it that has read it just now."""
        session = self.engine(key)
        session.keys()
        return session

    def row(self, key):
        """Return the row of a session; None if there is none."""
        return self.engine.get_model_class().objects.filter(session_key=key).first()

    def stored(self, key):
        """Return what a new request, on Django's own engine, would get."""
        return dict(DjangosStore(key).items())

    def one_row_is_left(self):
        """Return the only session there is."""
        (row,) = Session.objects.all()
        return row


def elsewhere(work, *args):
    """Run something in another thread, on a database connection of its own, to its end."""
    (outcome,) = in_parallel([lambda: work(*args)])
    return outcome


def in_parallel(works):
    """Run all in threads of their own, together; return the results or raise the first error."""
    together = threading.Barrier(len(works))
    outcomes = [None] * len(works)

    def run(place, work):
        try:
            together.wait(10)
            outcomes[place] = work()
        except BaseException as error:
            outcomes[place] = error
        finally:
            connections.close_all()
            request_finished.send(None)  # as at the end of a request: caches close their sockets

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def only_on(*vendors):
    """Return a decorator of a test that means something on these databases alone."""
    return lambda test: test if connection.vendor in vendors else None


def statements():
    """Record the SQL that is executed in a with block."""
    return CaptureQueriesContext(connection)


@contextmanager
def before_each_swap(meddle):
    """Let somebody else write just before every swap; ``meddle`` gets the number of the swap."""
    swap = RowStore.swap
    count = 0

    def meddled(self, *args, **kwargs):
        nonlocal count
        count += 1
        meddle(count)
        return swap(self, *args, **kwargs)

    with mock.patch.object(RowStore, "swap", meddled):
        yield


def write_as_other(key, **changes):
    """Store changes at once, as another request would, without the tests' meddling."""
    row = Session.objects.get(session_key=key)
    data = {**DjangosStore().decode(row.session_data), **changes}
    Session.objects.filter(session_key=key).update(session_data=DjangosStore().encode(data))
