"""Counters that all processes of the site share, in Redis."""

from functools import cache

import redis
from django.conf import settings


@cache
def _client():
    return redis.Redis.from_url(settings.TALLY, decode_responses=True)


def add(name):
    """Count one more of these."""
    _client().incr(f"tally {name}")


def read(name):
    """Return how many there were."""
    return int(_client().get(f"tally {name}") or 0)
