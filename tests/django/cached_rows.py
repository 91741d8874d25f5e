"""What the tests of rows with copies in a cache share: looks at the row, and at the copy."""

from django.contrib.sessions.models import Session
from django.core.cache import caches
from everywhere import OnEveryStore
from support import statements


class CachedRows(OnEveryStore):
    def cached(self, key):
        """Return what Django's engine, or anybody, finds in the cache."""
        return caches[self.alias].get(self.engine.cache_key_prefix + key)

    def cached_text(self, key):
        """Return the text of the row that the copy was made from; None if there is no copy."""
        copy = self.engine(key)._copies().read(key)
        return copy and copy.text

    def row_text(self, key):
        return Session.objects.get(session_key=key).session_data

    def sql(self, work):
        """Return the statements on the sessions' table, of which there may be others."""
        with statements() as executed:
            work()
        return [query["sql"].split()[0] for query in executed if "django_session" in query["sql"]]

    def forget_copy(self, key):
        caches[self.alias].delete(self.engine.cache_key_prefix + key)
