"""What an operation does to a session, be it in a request or outside of one.

An addition makes a key of its own, whose value is the user it saw, counts, appends to a list, and
writes ``last``, which all others write too. A drop deletes the key of an earlier addition.
"""

import time


def apply(session, operation):
    """Change the session as the operation says; return what it saw before.

    The time between reading and saving is what makes requests collide.
    """
    body = {"saw": session.get("last"), "saw_age": session.get("_session_expiry")}
    body["found"] = session.session_key is not None  # known once the session was loaded
    CHANGES[operation["kind"]](session, operation)
    time.sleep(float(operation.get("work", 0)))
    return body


def _start(session, operation):
    session.update({"count": 0, "log": []})


def _add(session, operation):
    name = operation["id"]
    session[f"k{name}"] = session.get("_auth_user_id")
    session["log"] = [*session.get("log", []), name]
    session["last"] = name
    _count(session)


def _drop(session, operation):
    session.pop(f"k{operation['name']}", None)
    _count(session)


def _expire(session, operation):
    session.set_expiry(int(operation["age"]))
    _count(session)


def _count(session):
    session["count"] = session.get("count", 0) + 1


CHANGES = {"start": _start, "add": _add, "drop": _drop, "expire": _expire}
