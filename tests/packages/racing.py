"""Two requests at once, in an order that a test can rely on.

Both have loaded the session before either saves it: a request that has just loaded it lets another
one run from its start to its end, and only then goes on to its view. That is the race in which a
store that writes the whole session loses what the other request stored.
"""

import os
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.test import Client, TransactionTestCase

STOCK = "django.contrib.sessions.backends.db"
MERGING = os.environ.get("MERGING", "session_merge.django.db")


class Meanwhile:
    """The middleware inside of Django's session middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Load the session, let the other request run if there is one, and answer."""
        loaded.send(type(self), request=request)
        return self.get_response(request)


loaded = Signal()


class Races(TransactionTestCase):
    """Requests of one browser to the same site on different engines."""

    def on(self, engine: str, **session_merge: Any):
        """Return a context in which the site has this engine, and the browser no cookies."""
        return self._site(engine, session_merge)

    @contextmanager
    def _site(self, engine, session_merge):
        with self.settings(SESSION_ENGINE=engine, SESSION_MERGE=session_merge):
            self.browser = Client(raise_request_exception=False)
            yield

    def at_once(
        self, first: Callable[[], Any], second: Callable[[], Any], at: Signal = loaded
    ) -> tuple[Any, Any]:
        """Let both requests load the session, then answer the first and then the second.

        Where a package loads the session again, ``at`` is a signal that it sends later.
        """
        answers = []

        def meanwhile(request: HttpRequest, **kwargs: object) -> None:
            at.disconnect(meanwhile)
            request.session.keys()
            answers.append(first())

        at.connect(meanwhile)
        answers.append(second())
        self.assertEqual(len(answers), 2)
        return answers[0], answers[1]

    def stored(self) -> dict[str, Any]:
        """Return what the browser's next request would load."""
        return dict(self.browser.session.items())

    def consent(self, url: str, login: str = "octocat") -> str:
        """Go to the provider as the browser is told to; return where it sends the browser."""
        with build_opener(Stay).open(f"{url}&login={login}", timeout=10) as answer:
            return answer.headers["Location"]


class LoginRaces(Races):
    """Logins at the provider. ``begin`` asks the site for one and returns the provider's URL."""

    def end(self, back: str) -> bool:
        """Return whether the site lets the browser in that comes back from the provider."""
        return self.browser.get(back).headers.get("Location") == "/welcome"

    def two_at_once(self) -> list[bool]:
        """Return which of two logins that began at once can be finished."""
        self.browser.get("/cart/add/1")
        back = [self.consent(url) for url in self.at_once(self.begin, self.begin)]
        return [self.end(url) for url in back]


class Stay(HTTPRedirectHandler):
    """Takes a redirection for the answer."""

    def http_error_302(self, request, answer, code, message, headers):
        """Return it as it is."""
        return answer
