"""django.contrib.messages: added while read, by two at once, read by two at once."""

import random

from django.test import override_settings
from racing import MERGING, STOCK, Races

FALLBACK = "django.contrib.messages.storage.fallback.FallbackStorage"
# More than a cookie holds, which is compressed: the session has to.
OLD, NEW = (random.Random(seed).randbytes(4000).hex() for seed in (1, 2))


class InTheSession(Races):
    def add(self, text):
        return self.browser.get("/messages/add", {"text": text})

    def show(self):
        return self.browser.get("/messages/show").json()

    def added_while_read(self):
        """Return what is read, and what two later requests read."""
        self.add("old")
        read, _ = self.at_once(self.show, lambda: self.add("new"))
        return read, self.show(), self.show()

    def read_while_added(self):
        self.add("old")
        _, read = self.at_once(lambda: self.add("new"), self.show)
        return read, self.show(), self.show()

    def test_added_while_read(self):
        with self.on(STOCK):
            self.assertEqual(self.added_while_read(), (["old"], ["old", "new"], []))
        with self.on(MERGING):
            self.assertEqual(self.added_while_read(), (["old"], ["new"], []))

    def test_read_while_added(self):
        with self.on(STOCK):
            self.assertEqual(self.read_while_added(), (["old"], [], []))
        with self.on(MERGING):
            self.assertEqual(self.read_while_added(), (["old"], ["new"], []))

    def two_added(self):
        self.add("old")
        self.at_once(lambda: self.add("one"), lambda: self.add("two"))
        return self.show()

    def test_two_added_at_once(self):
        with self.on(STOCK):
            self.assertEqual(self.two_added(), ["old", "two"])
        with self.on(MERGING):
            self.assertEqual(self.two_added(), ["old", "one", "two"])

    def test_the_first_two_of_a_session(self):
        with self.on(MERGING):
            self.browser.get("/cart/add/1")
            self.at_once(lambda: self.add("one"), lambda: self.add("two"))
            self.assertEqual(self.show(), ["one", "two"])

    def test_read_by_two_at_once(self):
        with self.on(MERGING):
            self.add("old")
            self.assertEqual(self.at_once(self.show, self.show), (["old"], ["old"]))
            self.assertEqual(self.show(), [])
            self.assertNotIn("_messages", self.stored())

    @override_settings(MESSAGE_STORAGE=FALLBACK)
    def test_those_that_a_cookie_has_no_room_for(self):
        with self.on(STOCK):
            self.add(OLD)
            read, _ = self.at_once(self.show, lambda: self.add(NEW))
            self.assertEqual((read, self.show()), ([OLD], [OLD, NEW]))
        with self.on(MERGING):
            self.add(OLD)
            read, _ = self.at_once(self.show, lambda: self.add(NEW))
            self.assertEqual((read, self.show(), self.show()), ([OLD], [NEW], []))

    @override_settings(MESSAGE_STORAGE=FALLBACK)
    def test_those_that_a_cookie_does_hold_are_not_the_sessions(self):
        with self.on(MERGING):
            self.assertEqual(self.read_while_added(), (["old"], [], []))
