"""Tasks, consumers and requests that change one session at once lose nothing, and show nothing."""

import base64
import json
import os
import time
import unittest
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import redis
from examples import write_examples
from running import HAS_TASKS, Site, running_site
from traffic import Outcome, Visitor, await_tasks, rush
from websockets.exceptions import ConnectionClosed

EACH = 40
WAIT_SECONDS = 30
SECRET = "secret value"
SEALED = ("session-handle.", "session-changes.")


def setUpModule() -> None:
    """Skip all, with the reason, where a server is not installed."""
    for server in ("POSTGRESQL", "REDIS"):
        if f"{server}_URL" not in os.environ:
            raise unittest.SkipTest(os.environ.get(f"{server}_MISSING", f"no {server}_URL"))


def on_a_django_with_tasks(test: Callable[..., None]) -> Callable[..., None] | None:
    """Leave a test out where Django has no tasks; ``run.py`` has told of it."""
    return test if HAS_TASKS else None


class OnASite(unittest.TestCase):
    """Tests on one running site."""

    engine: str
    site: Site

    @classmethod
    def setUpClass(cls) -> None:
        """Start the site."""
        running = ExitStack()
        cls.addClassCleanup(running.close)
        cls.site = running.enter_context(running_site(cls.engine))

    def rush(self) -> Outcome:
        """Let everybody at the session; say what became of it."""
        outcome = rush(self.site, EACH)
        print(f"\n{self.engine}: {outcome}", flush=True)
        self.assertEqual(outcome.failed, 0)
        return outcome

    def assert_lossless(self, outcome: Outcome) -> None:
        """Assert that each update is there once, and that some had to be merged."""
        self.assertEqual(outcome.keys_lost, [])
        self.assertEqual(outcome.increments_lost, 0)
        self.assertEqual(outcome.log_differs, {})
        self.assertGreater(outcome.merged, 0)

    def eventually(self, visitor: Visitor, holds: Callable[[dict], bool]) -> dict:
        """Wait until something is true of the session; return the session."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not holds(session := visitor.get("/show")):
            self.assertLess(time.monotonic(), deadline, sorted(session))
            time.sleep(0.1)
        return session


class DjangosOwn(OnASite):
    engine = "django.contrib.sessions.backends.db"

    def test_it_is_caught_losing_updates(self):
        outcome = self.rush()
        self.assertGreater(len(outcome.keys_lost), 0)
        self.assertGreater(outcome.increments_lost, 0)
        self.assertGreater(len(outcome.log_differs), 0)


class InACache(OnASite):
    engine = "session_merge.django.cache"

    def test_nothing_is_lost(self):
        self.assert_lossless(self.rush())


class InRowsWithCopies(OnASite):
    engine = "session_merge.django.cached_db"

    def test_nothing_is_lost(self):
        self.assert_lossless(self.rush())


class InRows(OnASite):
    engine = "session_merge.django.db"

    def test_nothing_is_lost(self):
        self.assert_lossless(self.rush())

    def test_the_examples_for_celery(self):
        visitor = Visitor(self.site)
        visitor.get("/shop/report")
        visitor.get("/shop/visit")
        visitor.get("/shop/visit")
        session = self.eventually(
            visitor, lambda session: session.get("visits") == 2 and "reports" in session
        )
        self.assertEqual(session["reports"], ["november"])
        self.assertEqual(session["recent"], ["pen", "pen"])
        self.assertEqual(session["cart"], {"coupon": "SPRING"})
        self.assertIs(session["ordered"], True)

    def test_the_example_for_a_command(self):
        visitors = [Visitor(self.site) for _ in range(3)]
        visitors[1].get("/leave")
        visitors[0].get("/notice")
        notices = [visitor.get("/show").get("notice") for visitor in visitors]
        self.assertEqual(notices, ["closing soon", None, "closing soon"])

    def test_the_example_for_a_task_that_runs_twice(self):
        visitor = Visitor(self.site)
        visitor.get("/paid")
        self.assertEqual(visitor.get("/show")["payments"], {"p1": "paid"})

    @on_a_django_with_tasks
    def test_the_examples_for_djangos_tasks(self):
        visitor = Visitor(self.site)
        visitor.get("/shop/later")
        session = self.eventually(
            visitor, lambda session: session.get("visits") == 1 and "reports" in session
        )
        self.assertEqual(session["reports"], ["december"])

    def test_the_examples_for_channels(self):
        visitor = Visitor(self.site)
        with visitor.socket("/shop/cart/") as cart, visitor.socket("/shop/live/") as live:
            self.assertEqual(_told(cart, {"pen": 1}), {"pen": 1})
            self.assertEqual(_told(live, {"ink": 2}), {"pen": 1, "ink": 2})
            self.assertEqual(_told(cart, {"pen": 3}), {"pen": 3, "ink": 2})
            visitor.get("/leave")
            for socket in (cart, live):
                with self.assertRaises(ConnectionClosed) as closed:
                    _told(socket, {"late": 1})
                self.assertEqual(closed.exception.rcvd.code, 4401)
        self.assertEqual(visitor.get("/show"), {})

    def test_what_a_broker_and_a_worker_get_to_see(self):
        visitor = Visitor(self.site)
        before = visitor.get("/progress")
        visitor.get("/celery?ready=1&queue=nobody&name=waiting")
        for way in ("celery", "django") if HAS_TASKS else ("celery",):
            visitor.get(f"/{way}?name=own")
            visitor.get(f"/{way}?ready=1&name=ready")
        kinds = {"celery": 2, "django": 2 * HAS_TASKS}
        before = await_tasks(visitor, before, kinds)
        with visitor.socket("/scope") as socket:
            _told(socket, {"name": "socket"})
        # Tasks for a session that is deleted before they are run.
        leaving = Visitor(self.site)
        leaving.get("/leave?late=1")
        after = await_tasks(visitor, before, kinds)
        for kind, count in kinds.items():
            self.assertEqual(after[f"{kind} failed"] - before[f"{kind} failed"], count)
        for name, text in {**self.site.logs(), **self._stored(visitor)}.items():
            with self.subTest(name):
                self.assertGreater(len(text), 0)
                for hidden in (visitor.key, leaving.key, SECRET):
                    self.assertNotIn(hidden, text)
        for name, log in self.site.logs().items():
            for hidden in SEALED:
                self.assertNotIn(hidden, log, name)
        self.assertIn("SessionGoneError", self.site.logs()["celery"])

    def _stored(self, visitor: Visitor) -> dict[str, str]:
        """Return what is stored of tasks: the message nobody takes, and the rows."""
        with redis.Redis.from_url(f"{self.site.redis}/3", decode_responses=True) as client:
            (message,) = client.lrange("nobody", 0, -1)
        message = json.loads(message)
        self.assertEqual(message["headers"]["argsrepr"], "(...)")
        body = base64.b64decode(message["body"]).decode()
        self.assertIn(SEALED[1], body)
        stored = {"message": json.dumps(message["headers"]), "body": body}
        if HAS_TASKS:
            stored["rows"] = json.dumps(visitor.get("/tasks"))
        return stored


def _told(socket, content: dict) -> dict:
    socket.send(json.dumps(content))
    answer: dict = json.loads(socket.recv(timeout=30))
    return answer


class Documentation(unittest.TestCase):
    def test_its_examples_are_found(self):
        with TemporaryDirectory() as folder:
            names = write_examples(Path(folder))
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual({f"shop/{name}.py" for name in ("tasks", "views", "later")}, {*names})


if __name__ == "__main__":
    unittest.main()
