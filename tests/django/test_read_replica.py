"""Sessions that a router has read from a replica, which may be behind."""

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import override_settings
from support import Interleaving


class Router:
    """Reads go to a replica that is behind until a test copies the rows."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True


@override_settings(DATABASE_ROUTERS=["test_read_replica.Router"])
class ReadReplica(Interleaving):
    databases = {"default", "replica"}

    def replicate(self):
        Session.objects.using("replica").delete()
        Session.objects.using("replica").bulk_create(Session.objects.using("default"))

    def written(self, key):
        raw = Session.objects.using("default").get(session_key=key).session_data
        return self.engine().decode(raw)

    def start(self, **data):
        key = super().start(**data)
        self.replicate()
        return key

    def test_a_session_read_from_a_replica_that_is_behind_is_merged(self):
        key = self.start(a=1)
        first = self.request(key)
        first["first"] = 1
        first.save()
        second = self.request(key)
        self.assertNotIn("first", second)
        second["second"] = 2
        second.save()
        self.assertEqual(self.written(key), {"a": 1, "first": 1, "second": 2})

    def test_two_requests_at_once(self):
        key = self.start(a=1)
        one, two = self.request(key), self.request(key)
        two["two"] = 2
        two.save()
        one["one"] = 1
        one.save()
        self.assertEqual(self.written(key), {"a": 1, "two": 2, "one": 1})

    def test_a_logout_that_the_replica_does_not_know_of_wins(self):
        key = self.start(a=1)
        self.request(key).flush()
        self.assertEqual(Session.objects.using("default").count(), 0)
        late = self.request(key)
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()
        self.assertEqual(Session.objects.using("default").count(), 0)

    def test_a_session_that_the_replica_does_not_have_yet_is_deleted(self):
        key = super().start(a=1)
        self.engine(key).delete()
        self.assertEqual(Session.objects.using("default").count(), 0)

    def test_cycle_key_takes_what_the_replica_does_not_have_yet(self):
        key = self.start(a=1)
        first = self.request(key)
        first["first"] = 1
        first.save()
        second = self.request(key)
        second.cycle_key()
        self.assertEqual(self.written(second.session_key), {"a": 1, "first": 1})
        self.assertEqual(Session.objects.using("default").count(), 1)
