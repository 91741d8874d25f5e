"""The change that every request makes, whatever is to protect it."""

import time


def change(session, name, work):
    """Read the session, work for a while, and write what follows from what was read."""
    count, log = session["count"], session["log"]
    time.sleep(work)
    session[name] = True
    session["count"] = count + 1
    session["log"] = [*log, name]
