"""Running one class of tests on every engine, with every store it can keep sessions in."""

from contextlib import contextmanager
from importlib import import_module
from unittest import mock

from django.contrib.sessions.backends import cache as djangos_cache
from django.contrib.sessions.backends import cached_db as djangos_cached_db
from django.contrib.sessions.backends import db as djangos_db
from django.contrib.sessions.backends import file as djangos_file
from django.core.cache import caches
from django.test import override_settings
from session_merge.django import cache, cached_db, db, file
from session_merge.django.caches.memcached import close_clients
from stores import CACHES, SQLITE, needs_cache
from support import Interleaving, forget_folders

ENGINES = {
    "db": (db.SessionStore, djangos_db.SessionStore),
    "cached_db": (cached_db.SessionStore, djangos_cached_db.SessionStore),
    "cache": (cache.SessionStore, djangos_cache.SessionStore),
    "file": (file.SessionStore, djangos_file.SessionStore),
}


class OnEveryStore(Interleaving):
    """Two or more requests that share a session, wherever it is kept.

    ``engine`` is the engine under test, ``stock`` the one of Django's that it takes the place of.
    """

    stock = djangos_db.SessionStore
    engine_name = "db"
    alias = None

    def setUp(self):
        super().setUp()
        forget_folders()
        self.enterContext(
            override_settings(SESSION_ENGINE=f"session_merge.django.{self.engine_name}")
        )
        if self.alias:
            self.enterContext(override_settings(SESSION_CACHE_ALIAS=self.alias))
            caches[self.alias].clear()

    def tearDown(self):
        caches.close_all()
        close_clients()
        super().tearDown()

    def stored(self, key):
        """Return what a new request, on Django's own engine, would get."""
        return dict(self.stock(key).items())

    def is_gone(self, key):
        """Return whether neither Django's engine nor this one finds the session."""
        found = [engine(key).load() for engine in (self.stock, self.engine)]
        return found == [{}, {}] and not self.engine().exists(key)

    def overwrite(self, key, raw_of):
        """Put something else in the store: ``raw_of`` makes it of what is there."""
        store = self.engine(key).merge_store()
        raw = store.read(key).raw
        session = self.engine(key)
        session._session_cache = {}
        draft = session.draft({})
        draft = type(draft)(**{**vars(draft), "raw": raw_of(raw)})
        if hasattr(draft.record, "value"):
            draft.record.value = draft.raw
        store.swap(key, raw, draft, touch=False)

    @contextmanager
    def before_each_swap(self, meddle):
        """Let somebody else write just before every swap; ``meddle`` gets the swap's number."""
        kind = type(self.engine().merge_store())
        swap, count, inside = kind.swap, 0, False

        def meddled(store, *args, **kwargs):
            nonlocal count, inside
            if not inside:
                inside, count = True, count + 1
                meddle(count)
                inside = False
            return swap(store, *args, **kwargs)

        with mock.patch.object(kind, "swap", meddled):
            yield

    def write_as_other(self, key, **changes):
        """Store changes as another request would that meets nobody."""
        other = self.request(key)
        other.update(changes)
        other.save()


def on_every_store(tests, only=("db", "cached_db", "cache", "file"), aliases=None):
    """Define ``tests`` anew for every engine and store; the class itself runs on none.

    On databases other than SQLite, of the caches only that in the database is tested.
    """
    module = import_module(tests.__module__)
    for name in only:
        engine, stock = ENGINES[name]
        cached = name in ("cache", "cached_db")
        for alias in (aliases or _aliases()) if cached else [None]:
            title = "_".join(filter(None, [tests.__name__, name, alias]))
            members = {"engine": engine, "stock": stock, "engine_name": name, "alias": alias}
            concrete = type(title, (tests,), {**members, "__module__": tests.__module__})
            setattr(module, title, needs_cache(alias)(concrete) if alias else concrete)


def _aliases():
    return CACHES if SQLITE else ["database"]
