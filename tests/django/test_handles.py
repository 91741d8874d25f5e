"""Handles stand for a session, show nothing of it, and are good for this site and a while only."""

import copy
import json
import pickle
import sys
from datetime import timedelta
from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, override_settings
from session_merge.django import (
    HandleError,
    HandleExpiredError,
    SessionGoneError,
    changes_for,
    handle_for,
)
from session_merge.django.db import SessionStore
from session_merge.django.handles import key_of, opened_changes

KEY = "k3y" * 10
CHANGES = [{"op": "set", "path": "/card", "value": "4711"}]


class Handles(SimpleTestCase):
    session = SessionStore(KEY)

    def test_it_stands_for_the_key(self):
        handle = handle_for(self.session)
        self.assertEqual(key_of(handle), KEY)
        self.assertEqual(key_of(json.loads(json.dumps(handle))), KEY)
        self.assertEqual(key_of(KEY), KEY)

    def test_it_carries_changes(self):
        self.assertEqual(opened_changes(changes_for(self.session, CHANGES)), (KEY, CHANGES))

    def test_it_shows_nothing(self):
        for sealed in (handle_for(self.session), changes_for(self.session, CHANGES)):
            for secret in (KEY, KEY[:8], "card", "4711"):
                self.assertNotIn(secret, sealed)
            self.assertNotEqual(sealed, handle_for(self.session))
            for copied in (sealed, copy.copy(sealed), pickle.loads(pickle.dumps(sealed))):
                self.assertEqual(repr([copied]), "[<sealed>]")

    def test_it_is_good_for_a_while(self):
        for seal in (handle_for, lambda session, **age: changes_for(session, CHANGES, **age)):
            sealed = seal(self.session, max_age=timedelta(seconds=-1))
            with self.assertRaises(HandleExpiredError) as raised:
                key_of(sealed) if seal is handle_for else opened_changes(sealed)
            self.assert_shows_nothing(raised.exception, sealed)

    def test_one_that_was_changed(self):
        handle = handle_for(self.session)
        for place in (20, len(handle) // 2, len(handle) - 5):
            other = "A" if handle[place] != "A" else "B"
            self.assert_refused(handle[:place] + other + handle[place + 1 :])
        self.assert_refused(handle[:-30])
        self.assert_refused("session-handle.")
        self.assert_refused("session-handle.ünicode")

    def test_one_for_another_purpose(self):
        changes, handle = changes_for(self.session, CHANGES), handle_for(self.session)
        self.assert_refused(changes)
        self.assert_refused("session-handle." + changes.partition(".")[2])
        with self.assertRaises(HandleError):
            opened_changes(handle)
        with self.assertRaises(HandleError):
            opened_changes(KEY)

    def test_one_of_another_site(self):
        with override_settings(SECRET_KEY="another" * 9):
            handle = handle_for(self.session)
        self.assert_refused(handle)
        with override_settings(SECRET_KEY_FALLBACKS=["another" * 9]):
            self.assertEqual(key_of(handle), KEY)

    def test_a_session_that_was_never_stored_has_none(self):
        with self.assertRaises(SessionGoneError):
            handle_for(SessionStore())

    def test_without_the_package_that_encrypts(self):
        with (
            mock.patch.dict(sys.modules, {"cryptography.fernet": None}),
            self.assertRaisesMessage(ImproperlyConfigured, "session-merge[tasks]"),
        ):
            handle_for(self.session)

    def assert_refused(self, handle):
        with self.assertRaises(HandleError) as raised:
            key_of(handle)
        self.assertNotIsInstance(raised.exception, HandleExpiredError)
        self.assert_shows_nothing(raised.exception, handle)

    def assert_shows_nothing(self, error, sealed):
        text = str(error) + repr(error)
        self.assertNotIn(KEY, text)
        self.assertNotIn(sealed[20:60] or KEY, text)
