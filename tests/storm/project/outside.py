"""A background writer: it changes sessions through the engine's store, outside of any request.

It also evicts copies of rows from the cache, as a cache does when it needs the room.

Run as a program, it is a process of its own that reads operations from its standard input, one a
line, and writes what became of them to its standard output.
"""

import json
import sys
from importlib import import_module

if __name__ == "__main__":
    import arena_settings  # noqa: F401

import changes
import merges
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core import signals

engine = import_module(settings.SESSION_ENGINE)


def work(operation):
    """Load a session, change it, save it; answer with the status that a request would get."""
    merged = merges.collect()
    session = engine.SessionStore(operation["key"])
    if operation["kind"] == "evict":
        session._cache.delete(session.cache_key)
        return {"status": 200, "body": {"found": False}, "merges": merged}
    session.keys()
    if session.session_key is None:
        return {"status": 200, "body": {"found": False}, "merges": merged}
    body = changes.apply(session, operation)
    try:
        session.save()
        if "twice" in operation:
            session.save()
    except UpdateError:
        return {"status": 400, "body": {}, "merges": merged}
    return {"status": 200, "body": body, "merges": merged}


def main():
    """Work off the operations; an error of the store is an answer too, as it is for a request."""
    for line in sys.stdin:
        signals.request_started.send(None, environ={})
        try:
            answer = work(json.loads(line))
        except Exception as error:
            answer = {"status": 500, "error": type(error).__name__}
        signals.request_finished.send(None)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
