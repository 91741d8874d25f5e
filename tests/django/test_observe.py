"""The mode that changes nothing and tells of each update that is lost."""

from django.contrib.sessions.backends.base import UpdateError
from django.test import override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import session_merged, session_update_lost
from support import IDENTITY


@override_settings(SESSION_MERGE={"mode": "observe", "rules": {"/n": "counter"}})
class Observe(OnEveryStore):
    def setUp(self):
        super().setUp()
        self.lost, self.merged = [], []
        for signal, heard in ((session_update_lost, self.lost), (session_merged, self.merged)):

            def hear(heard=heard, **kwargs):
                heard.append(kwargs)

            signal.connect(hear, weak=False, dispatch_uid="observe")
            self.addCleanup(signal.disconnect, dispatch_uid="observe")

    def places(self):
        return [told["places"] for told in self.lost]

    def test_the_later_save_wins_as_with_django_and_what_it_undid_is_told(self):
        key = self.start(n=1, theirs="base", old=1)
        one, two = self.request(key), self.request(key)
        two.update({"n": 2, "theirs": "changed", "s3cr3t-token": 1})
        del two["old"]
        two.save()
        one.update({"n": 2, "mine": 1})
        with self.assertLogs("session_merge", "WARNING") as logs:
            one.save()
        self.assertEqual(self.stored(key), {"n": 2, "theirs": "base", "old": 1, "mine": 1})
        self.assertEqual(dict(one.items()), self.stored(key))
        self.assertEqual(self.places(), [["/n", "/old", "/s3cr3t-token", "/theirs"]])
        self.assertIs(self.lost[0]["session"], one)
        self.assertEqual(self.merged, [])
        text = "".join(logs.output)
        for secret in ("s3cr3t", "changed", key):
            self.assertNotIn(secret, text)

    def test_a_save_without_a_race_is_not_told_of(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 1
        with self.assertNoLogs("session_merge"):
            one.save()
            one.save()
        self.assertEqual(self.lost, [])

    def test_the_same_change_by_both_is_not_lost(self):
        key = self.start(a=1)
        one = self.request(key)
        self.write_as_other(key, a=2)
        one["a"] = 2
        one.save()
        self.assertEqual(self.lost, [])

    def test_each_undone_update_is_told_once(self):
        key = self.start()
        one = self.request(key)
        one["one"] = 1
        with self.before_each_swap(lambda n: n == 1 and self.write_as_other(key, two=2)):
            one.save()
        self.assertEqual(self.places(), [["/two"]])
        self.assertEqual(self.stored(key), {"one": 1})

    def test_a_conflict_is_told_whoever_the_rules_let_win(self):
        key = self.start(a="base")
        one = self.request(key)
        self.write_as_other(key, a="theirs")
        one["a"] = "mine"
        one.save()
        self.assertEqual(self.places(), [["/a"]])
        self.assertEqual(self.stored(key), {"a": "mine"})

    def test_a_conflict_that_a_rule_refuses_to_merge(self):
        with self.settings(SESSION_MERGE={"mode": "observe", "rules": {"/a": "fail"}}):
            key = self.start(a="base")
            one = self.request(key)
            self.write_as_other(key, a="theirs")
            one["a"] = "mine"
            one.save()
        self.assertEqual(self.places(), [["/a"]])

    def test_a_cycled_key_takes_along_what_it_has_as_with_django(self):
        key = self.start(a=1)
        one = self.request(key)
        self.write_as_other(key, two=2)
        one.cycle_key()
        self.assertEqual(self.stored(one.session_key), {"a": 1})
        self.assertEqual(self.places(), [["/two"]])

    def test_a_cycled_key_of_a_session_that_was_logged_out_as_with_django(self):
        key = self.start(**IDENTITY)
        one = self.request(key)
        self.engine(key).delete()
        one.cycle_key()
        self.assertEqual(self.stored(one.session_key), IDENTITY)
        self.assertEqual(self.places(), [[""]])

    def test_a_late_save_of_a_deleted_session_is_refused_as_with_django(self):
        key = self.start(a=1)
        late = self.request(key)
        self.engine(key).flush()
        late["late"] = 1
        with self.assertRaises(UpdateError):
            late.save()

    def test_the_session_of_another_user_is_written_over_as_with_django(self):
        key = self.start(**IDENTITY)
        one = self.request(key)
        self.write_as_other(key, _auth_user_id="2")
        one["one"] = 1
        one.save()
        self.assertEqual(self.stored(key)["_auth_user_id"], "1")
        self.assertNotEqual(self.places(), [])


on_every_store(Observe, aliases=["locmem", "database"])
del Observe
