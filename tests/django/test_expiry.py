"""When a session expires is a part of it, and merges with it."""

from datetime import timedelta
from unittest import mock

from django.http import HttpResponse
from django.test import override_settings
from django.utils import timezone
from support import Interleaving, before_each_swap, statements, write_as_other
from urls import VIEWS


class Expiry(Interleaving):
    def expires_in(self, key):
        return (self.row(key).expire_date - timezone.now()).total_seconds()

    def test_a_save_with_nothing_changed_writes_no_data(self):
        key = self.start(a=1)
        raw = self.row(key).session_data
        one = self.request(key)
        with statements() as sql:
            one.save()
        self.assertEqual(len(sql), 1)
        self.assertNotIn("session_data", sql[0]["sql"].partition("WHERE")[0])
        self.assertIn("session_data", sql[0]["sql"].partition("WHERE")[2])
        self.assertEqual(self.row(key).session_data, raw)

    def test_a_save_with_nothing_changed_and_then_one_with_a_change_do_not_race(self):
        with mock.patch("django.core.signing.time.time", return_value=1_000_000_000):
            key = self.start(a=1)
        one = self.request(key)
        one.save()
        one["b"] = 2
        with statements() as sql:
            one.save()
        self.assertEqual(len(sql), 1)
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})

    @override_settings(SESSION_SAVE_EVERY_REQUEST=True)
    def test_save_every_request_writes_no_data_and_prolongs_the_session(self):
        key = self.start(a=1)
        soon = timezone.now() + timedelta(hours=1)
        self.engine.get_model_class().objects.update(expire_date=soon)
        raw = self.row(key).session_data
        VIEWS["page"] = lambda request: HttpResponse(request.session["a"])
        self.client.cookies["sessionid"] = key
        self.assertEqual(self.client.get("/page/").status_code, 200)
        self.assertEqual(self.row(key).session_data, raw)
        self.assertGreater(self.expires_in(key), 13 * 86400)

    def test_a_late_save_with_nothing_changed_keeps_the_expiry_that_was_set(self):
        key = self.start(a=1)
        late, other = self.request(key), self.request(key)
        other.set_expiry(300)
        other.save()
        late.save()
        self.assertLessEqual(self.expires_in(key), 300)
        self.assertEqual(self.stored(key), {"a": 1, "_session_expiry": 300})

    def test_a_late_save_of_something_else_keeps_the_expiry_that_was_set(self):
        key = self.start(a=1)
        late, other = self.request(key), self.request(key)
        other.set_expiry(300)
        other.save()
        late["b"] = 2
        late.save()
        self.assertLessEqual(self.expires_in(key), 300)
        self.assertEqual(self.stored(key), {"a": 1, "_session_expiry": 300, "b": 2})

    def test_of_two_expiries_the_later_save_decides(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two.set_expiry(timezone.now() + timedelta(hours=2))
        two.save()
        one.set_expiry(600)
        one.save()
        self.assertLessEqual(self.expires_in(key), 600)

    def test_a_save_with_nothing_changed_meets_several_changes(self):
        key = self.start(a=1)
        late = self.request(key)
        with before_each_swap(lambda n: n < 4 and write_as_other(key, _session_expiry=100 * n)):
            late.save()
        self.assertLessEqual(self.expires_in(key), 300)
        self.assertEqual(late["_session_expiry"], 300)

    def test_a_deleted_expiry_stays_deleted(self):
        key = self.start(a=1, _session_expiry=300)
        late, other = self.request(key), self.request(key)
        other.set_expiry(None)
        other.save()
        late["b"] = 2
        late.save()
        self.assertGreater(self.expires_in(key), 13 * 86400)
        self.assertEqual(self.stored(key), {"a": 1, "b": 2})
