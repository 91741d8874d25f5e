"""One client: it sends operations, notes them in its journal, and sees what became of them."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from operations import OK, Journal, Operation
from running import Site, Writer

PATHS = {"show": "/show", "inspect": "/inspect", "login": "/login", "logout": "/logout"}
PATIENCE = 120
PAUSE = 0.2
"""Seconds to wait after a request that got no proper answer."""


class Client:
    """A client that speaks HTTP, with a cookie, as a browser does."""

    def __init__(self, name: str, site: Site, journal: Journal) -> None:
        self.name = name
        self.site = site
        self.journal = journal
        self._count = 0

    def send(self, kind: str, key: str | None, **detail: str) -> Operation:
        """Do one operation and return it with its answer."""
        self._count += 1
        operation = Operation(f"{self.name}-{self._count}", kind, key, detail)
        self.journal.sending(operation)
        try:
            self.transmit(operation)
        except (OSError, http.client.HTTPException) as error:
            operation.error = type(error).__name__
            return operation  # the worker was killed, and nobody knows how far it came
        self.journal.answered(operation)
        return operation

    def insist(self, kind: str, key: str | None) -> Operation:
        """Do one operation again and again until it is acknowledged."""
        deadline = time.monotonic() + PATIENCE
        while not (operation := self.send(kind, key)).acknowledged:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {kind} was acknowledged in {PATIENCE} seconds")
            time.sleep(PAUSE)
        return operation

    def start(self) -> str:
        """Start a session and return its key."""
        key = self.insist("start", None).new_key
        assert key is not None
        return key

    def transmit(self, operation: Operation) -> None:
        """Send the operation and take the answer down."""
        response, content = self.get(
            PATHS.get(operation.kind, "/change"), _query(operation), operation.key
        )
        operation.status = response.status
        operation.merges = json.loads(response.getheader("X-Merges") or "[]")
        operation.error = response.getheader("X-Error") or ""
        if operation.status == OK:
            operation.body = json.loads(content)
            operation.new_key = _other_key(response, operation.key)

    def get(
        self, path: str, query: Mapping[str, Any], key: str | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Make an HTTP request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)
        try:
            cookie = {"Cookie": f"sessionid={key}"} if key else {}
            connection.request("GET", f"{path}?{urlencode(query)}", headers=cookie)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


class BackgroundClient(Client):
    """A client that has its operations done outside of any request.

    They are done by a process of their own; without one, by a thread in the web server's process.
    """

    def __init__(self, name: str, site: Site, journal: Journal, writer: Writer | None) -> None:
        super().__init__(name, site, journal)
        self._writer = writer

    def transmit(self, operation: Operation) -> None:
        """Have the operation done and take down what became of it."""
        order = {**_query(operation), "key": operation.key}
        if self._writer is not None:
            answer = self._writer.work(order)
        else:
            response, content = self.get("/outside", order, None)
            answer = json.loads(content) if response.status == OK else {"status": response.status}
        operation.status = answer["status"]
        operation.error = answer.get("error", "")
        operation.body = answer.get("body", {})
        operation.merges = answer.get("merges", [])


def _query(operation: Operation) -> dict[str, Any]:
    return {"kind": operation.kind, "id": operation.id, **operation.detail}


def _other_key(response: http.client.HTTPResponse, key: str | None) -> str | None:
    """Return the session that the answer sets a cookie for, if it is a new one."""
    for header in response.headers.get_all("Set-Cookie") or []:
        name, _, value = header.partition(";")[0].partition("=")
        if name == "sessionid" and value not in ("", '""', key):
            return value
    return None
