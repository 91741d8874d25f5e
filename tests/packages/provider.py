"""An OAuth 2 provider on the loopback interface, in the dialect of GitHub's enterprise server.

It consents to everything: ``/login/oauth/authorize`` sends the browser straight back, with a code
for the user that the query names in ``login``. Under ``/oauth1/`` it gives the tokens of OAuth 1.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

NUMBERS = count(1)


class Handler(BaseHTTPRequestHandler):
    """The endpoints that a login needs. A code, and a token, is the user's name."""

    def do_GET(self) -> None:
        """Consent, or tell who the bearer of a token is."""
        url = urlsplit(self.path)
        login = self.headers.get("Authorization", "").rpartition(" ")[2]
        if url.path == "/login/oauth/authorize":
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            code = urlencode({"code": query.get("login", "octocat"), "state": query["state"]})
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri']}?{code}")
            self.end_headers()
        elif url.path == "/api/v3/user":
            self.answer({"id": sum(login.encode()), "login": login, "email": mail_of(login)})
        elif url.path == "/api/v3/user/emails":
            self.answer([{"email": mail_of(login), "primary": True, "verified": True}])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Give a token for a code; in OAuth 1, a token to begin with, and one at the end."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path.startswith("/oauth1/"):
            self.answer_text(f"oauth_token={next(NUMBERS)}&oauth_token_secret=secret")
            return
        self.answer({"access_token": form["code"][0], "token_type": "bearer", "scope": ""})

    def answer(self, value: object) -> None:
        """Send a value as JSON."""
        self.answer_text(json.dumps(value), "application/json")

    def answer_text(self, text: str, type: str = "application/x-www-form-urlencoded") -> None:
        """Send a text."""
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


def mail_of(login: str) -> str:
    """Return the address of the provider's user of this name."""
    return f"{login}@example.com"


@contextmanager
def serve() -> Iterator[str]:
    """Run the provider; give its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
