"""A merge is told of by a signal and a log record, and neither log nor repr shows a secret."""

from django.dispatch import receiver
from django.test import SimpleTestCase
from session_merge.django import session_merged
from session_merge.django.history import Version
from session_merge.django.report import redacted
from session_merge.django.store import Changed, Draft
from support import Interleaving, before_each_swap, write_as_other


class Report(Interleaving):
    def setUp(self):
        self.heard = []
        session_merged.connect(self.hear)
        self.addCleanup(session_merged.disconnect, self.hear)

    def hear(self, **kwargs):
        self.heard.append(kwargs)

    def collide(self, base, theirs, mine):
        key = self.start(**base)
        one, two = self.request(key), self.request(key)
        two.update(theirs)
        two.save()
        one.update(mine)
        one.save()
        return one

    def test_a_save_without_a_race_is_not_told_of(self):
        with self.assertNoLogs("session_merge"):
            self.request(self.start(a=1)).save()
        self.assertEqual(self.heard, [])

    def test_a_merge_without_a_conflict(self):
        with self.assertLogs("session_merge", "INFO") as logs:
            one = self.collide({}, {"a": 1}, {"b": 2})
        (told,) = self.heard
        self.assertIs(told["sender"], self.engine)
        self.assertIs(told["session"], one)
        self.assertEqual(told["merge"].conflicts, [])
        self.assertEqual(told["attempts"], 2)
        (record,) = logs.records
        self.assertEqual(record.levelname, "INFO")

    def test_a_conflict(self):
        with self.assertLogs("session_merge", "INFO") as logs:
            self.collide({"a": "base"}, {"a": "theirs"}, {"a": "mine"})
        (conflict,) = self.heard[0]["merge"].conflicts
        self.assertEqual((conflict.pointer, conflict.kind), ("/a", "edit-edit"))
        (record,) = logs.records
        self.assertEqual(record.levelname, "WARNING")
        self.assertIn("edit-edit at '/a' -> mine", record.getMessage())

    def test_the_record_shows_neither_values_nor_tokens_nor_the_key(self):
        token = "s3cr3t"
        with self.assertLogs("session_merge", "INFO") as logs:
            one = self.collide({token: "base"}, {token: "their value"}, {token: "my value"})
        text = "".join(logs.output)
        for secret in (token, "base", "value", one.session_key):
            self.assertNotIn(secret, text)
        self.assertIn("…", text)

    def test_the_attempts_are_counted_and_only_the_last_merge_is_told_of(self):
        key = self.start()
        one = self.request(key)
        one["one"] = 1
        with before_each_swap(lambda n: n < 4 and write_as_other(key, **{f"t{n}": n})):
            one.save()
        (told,) = self.heard
        self.assertEqual(told["attempts"], 4)

    def test_cycle_key_tells_of_its_merge(self):
        key = self.start()
        one = self.request(key)
        write_as_other(key, two=2)
        one.cycle_key()
        (told,) = self.heard
        self.assertEqual(told["attempts"], 1)

    def test_a_receiver_that_fails_does_not_disturb_the_save(self):
        @receiver(session_merged)
        def fail(**kwargs):
            raise ZeroDivisionError

        self.addCleanup(session_merged.disconnect, fail)
        with self.assertLogs("django.dispatch", "ERROR"):
            one = self.collide({}, {"a": 1}, {"b": 2})
        self.assertEqual(self.stored(one.session_key), {"a": 1, "b": 2})


class Secrets(SimpleTestCase):
    def test_redacted_pointers(self):
        for pointer, shown in {
            "": "",
            "/cart/items": "/cart/items",
            "/cart/17/n": "/cart/…/n",
            "/a~1b/c~0d": "/a~1b/c~0d",
            "/" + "x" * 24: "/" + "x" * 24,
            "/" + "x" * 25: "/…",
            "/cart/a\nb/\x7f/\x85": "/cart/…/…/…",
            "/\ud800": "/…",
        }.items():
            self.assertEqual(redacted(pointer), shown)

    def test_no_repr_shows_what_is_stored(self):
        for thing in (Changed("secret"), Draft("secret", None), Version("secret", "secret")):
            self.assertNotIn("secret", repr(thing))
