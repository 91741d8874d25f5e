"""A conflict that the rules refuse is the client's to repeat: 400, and no value in sight."""

import asyncio
import json
import logging

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connections
from django.test import AsyncClient, Client, override_settings
from session_merge import MergeConflict
from session_merge.django import SessionConflict
from support import Interleaving

SECRETS = ("value-of-base", "value-of-theirs", "value-of-mine")


@override_settings(
    SESSION_MERGE={"rules": {"/seat": "fail"}}, ROOT_URLCONF="conflict_urls", DEBUG=False
)
class Refused(Interleaving):
    def conflicting(self, client, key):
        """Make the client's next request one that loads, loses the race, and saves."""
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return f"/seat?mine={SECRETS[2]}&theirs={SECRETS[1]}"

    def answer(self, client):
        """Return the answer to a request that lost, and what was logged meanwhile."""
        key = self.start(seat=SECRETS[0])
        with (
            self.assertLogs("django", logging.WARNING) as logs,
            self.assertLogs("session_merge") as ours,
        ):
            response = client.get(self.conflicting(client, key))
        self.assertEqual(self.stored(key), {"seat": SECRETS[1]})
        return response, logs.records, ours.records

    def silent(self, response, records):
        """Assert that no value is in what the client and the operator get to see."""
        formatter = logging.Formatter()
        shown = response.content.decode() + str(response.headers)
        shown += "".join(formatter.format(record) for record in records)
        for secret in SECRETS:
            # The client's own query string is in no log, for Django logs the path alone.
            self.assertNotIn(secret, shown)

    def test_it_is_a_400_logged_as_a_warning_and_not_as_an_attack(self):
        response, (record,), ours = self.answer(Client())
        self.assertEqual(response.status_code, 400)
        self.assertEqual((record.name, record.levelname), ("django.request", "WARNING"))
        self.assertIn("edit-edit at '/seat'", record.getMessage())
        self.silent(response, [record, *ours])

    async def test_so_it_is_under_asgi(self):
        key = await asyncio.to_thread(self.start_elsewhere)
        client = AsyncClient()
        with self.assertLogs("django", logging.WARNING) as logs:
            response = await client.get(self.conflicting(client, key))
        self.assertEqual(response.status_code, 400)
        self.silent(response, logs.records)

    def start_elsewhere(self):
        try:
            return self.start(seat=SECRETS[0])
        finally:
            connections.close_all()

    @override_settings(ROOT_URLCONF="conflict_urls_with_handler")
    def test_a_site_can_answer_it_in_its_own_way(self):
        response, *_ = self.answer(Client())
        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.content, b"Somebody else was faster. Try again.")

    def test_nobody_is_refused_who_was_not_too_late(self):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.start()
        self.assertEqual(client.get("/seat?mine=a").status_code, 200)

    def test_the_exception_is_a_merge_conflict_too_and_holds_the_report(self):
        key = self.start(seat=SECRETS[0])
        one, two = self.request(key), self.request(key)
        one["seat"], two["seat"] = SECRETS[1:]
        one.save()
        with self.assertRaises(SessionConflict) as raised:
            two.save()
        self.assertIsInstance(raised.exception, MergeConflict)
        self.assertNotIsInstance(raised.exception, SuspiciousOperation)
        (conflict,) = raised.exception.conflicts
        values = tuple(map(json.loads, (conflict.base, conflict.theirs, conflict.mine)))
        self.assertEqual(values, SECRETS)
        for text in (str(raised.exception), repr(raised.exception)):
            for secret in SECRETS:
                self.assertNotIn(secret, text)

    def test_so_it_is_when_the_key_is_cycled(self):
        key = self.start(seat=SECRETS[0])
        one, two = self.request(key), self.request(key)
        one["seat"], two["seat"] = SECRETS[1:]
        one.save()
        with self.assertRaises(SessionConflict):
            two.cycle_key()
        self.assertEqual(self.stored(key), {"seat": SECRETS[1]})

    async def test_so_it_is_in_an_async_save(self):
        key = await asyncio.to_thread(self.start_elsewhere)
        one, two = self.engine(key), self.engine(key)
        await one.aset("seat", SECRETS[1])
        await two.aset("seat", SECRETS[2])
        await one.asave()
        with self.assertRaises(SessionConflict):
            await two.asave()

    def test_a_token_in_a_place_is_not_shown(self):
        with self.settings(SESSION_MERGE={"rules": {"/**": "fail"}}):
            key = self.start()
            one, two = self.request(key), self.request(key)
            one["state-4f9a"], two["state-4f9a"] = 1, 2
            one.save()
            with self.assertRaises(SessionConflict) as raised:
                two.save()
        self.assertIn("add-add at '/…'", str(raised.exception))
