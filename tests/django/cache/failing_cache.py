"""The cache that Django's tests of ``cached_db`` name: nothing can be written to it.

Django's own has this name too and fails in ``set()``. The engine here does not write by ``set()``,
so this one fails a level below, where all that is written passes.
"""

from django.core.cache.backends.locmem import LocMemCache


class CacheClass(LocMemCache):
    def _set(self, *args, **kwargs):
        raise Exception("Faked exception saving to cache")
