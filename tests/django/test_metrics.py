"""Signals and log records tell enough to count by: rules, retries, locks, time."""

import json

from django.test import override_settings
from session_merge import merge, merge_json
from session_merge._deciding import deciding
from session_merge.django import SessionConflict, session_merge_refused, session_merged
from session_merge.django.conf import get_config
from support import IDENTITY, Interleaving, before_each_swap, write_as_other

RULES = {
    "/n*": {"conflict": "max"},
    "/gone": {"delete": "loses"},
    "/list": {"merge": "keyed", "key": "id"},
    "/doc": {"merge": "embedded", "root": {"conflict": "theirs"}},
    "/never": "fail",
}


@override_settings(SESSION_MERGE={"rules": RULES})
class Metrics(Interleaving):
    def setUp(self):
        super().setUp()
        self.merged, self.refused = [], []
        for signal, heard in ((session_merged, self.merged), (session_merge_refused, self.refused)):

            def hear(heard=heard, **kwargs):
                heard.append(kwargs)

            signal.connect(hear, weak=False, dispatch_uid="metrics")
            self.addCleanup(signal.disconnect, dispatch_uid="metrics")

    def collide(self, base, theirs, mine, **changed):
        key = self.start(**base)
        one = self.request(key)
        write_as_other(key, **theirs)
        one.update(mine)
        for name in changed.get("deleted", ()):
            del one[name]
        with self.assertLogs("session_merge", "INFO") as logs:
            one.save()
        return logs.records

    def test_each_conflict_has_the_pattern_that_decided_it(self):
        base = {"name": "b", "other": "b", "gone": 1, "list": [], "doc": "1", **IDENTITY}
        theirs = {"name": "t", "other": "t", "gone": 2, "list": [{"id": 1}, {"id": 1}], "doc": "2"}
        mine = {"name": "m", "other": "m", "list": [{"id": 2}], "doc": "3"}
        hashes = ({"_auth_user_hash": "t"}, {"_auth_user_hash": "m"})
        (record,) = self.collide(
            base, {**theirs, **hashes[0]}, {**mine, **hashes[1]}, deleted=["gone"]
        )
        (told,) = self.merged
        decided = {
            (conflict.pointer, conflict.kind): (conflict.winner, pattern)
            for conflict, pattern in zip(told["merge"].conflicts, told["patterns"], strict=True)
        }
        self.assertEqual(
            decided,
            {
                ("/name", "edit-edit"): ("theirs", "/n*"),
                ("/other", "edit-edit"): ("mine", None),
                ("/gone", "edit-delete"): ("theirs", "/gone"),
                ("/list", "duplicate-key"): ("both", "/list"),
                ("/doc", "edit-edit"): ("theirs", "/doc"),
                ("", "group"): ("mine", None),
            },
        )
        data = record.session_merge
        self.assertEqual(
            {(each["kind"], each["winner"], each["rule"]) for each in data["conflicts"]},
            {(kind, winner, rule) for (_, kind), (winner, rule) in decided.items()},
        )
        self.assertIn("edit-edit at '/name' -> theirs", record.getMessage())

    def test_the_record_as_data_holds_no_value_and_no_token(self):
        (record,) = self.collide({"t0ken": "base"}, {"t0ken": "theirs!"}, {"t0ken": "mine!"})
        text = json.dumps(record.session_merge)
        self.assertEqual(record.session_merge["conflicts"][0]["place"], "/…")
        for secret in ("t0ken", "base", "theirs!", "mine!"):
            self.assertNotIn(secret, text)

    def test_a_merge_takes_time_and_no_lock(self):
        (record,) = self.collide({}, {"a": 1}, {"b": 1})
        (told,) = self.merged
        self.assertGreater(told["seconds"], 0)
        self.assertLess(told["seconds"], 30)
        self.assertIs(told["locked"], False)
        data = record.session_merge
        self.assertEqual((data["event"], data["attempts"], data["locked"]), ("merged", 2, False))
        self.assertEqual(data["seconds"], told["seconds"])

    def test_the_write_lock_is_told_of(self):
        with self.settings(SESSION_MERGE={"attempts": 2}):
            key = self.start()
            one = self.request(key)
            one["mine"] = 1
            with before_each_swap(lambda n: write_as_other(key, **{f"t{n}": n})):
                one.save()
        (told,) = self.merged
        self.assertEqual((told["locked"], told["attempts"]), (True, 3))
        self.assertEqual(self.stored(key), {"mine": 1, "t1": 1, "t2": 2})

    def test_a_conflict_that_a_rule_forbids(self):
        key = self.start(never="base", name="base")
        one = self.request(key)
        write_as_other(key, never="theirs!", name="theirs!")
        one.update({"never": "mine!", "name": "mine!"})
        with self.assertLogs("session_merge", "WARNING") as logs:
            with self.assertRaises(SessionConflict):
                one.save()
        self.assertEqual(self.merged, [])
        (told,) = self.refused
        self.assertIs(told["sender"], self.engine)
        self.assertIs(told["session"], one)
        winners = {c.pointer: c.winner for c in told["conflicts"]}
        self.assertEqual(winners, {"/never": None, "/name": "theirs"})
        self.assertEqual(set(told["patterns"]), {"/never", "/n*"})
        (record,) = logs.records
        self.assertEqual(record.session_merge["event"], "refused")
        self.assertIn("edit-edit at '/never' -> refused", record.getMessage())
        self.assertNotIn("!", record.getMessage())

    def test_a_group_is_decided_as_one_and_by_what_its_parent_says(self):
        rules = {**RULES, "conflict": "theirs", "/user": {"delete": "loses"}}
        group = {"groups": [["/user/id", "/user/hash"]]}
        with self.settings(SESSION_MERGE={"rules": {**rules, **group}}):
            compiled = get_config().rules
        documents = [
            {"user": {"id": 1, "hash": "a"}},
            {"user": {"id": 1, "hash": "b"}},
        ]
        for mine, field, pattern in (
            ({"user": {"id": 1, "hash": "c"}}, "conflict", ""),
            ({"user": {"id": 1}}, "delete", "/user"),
        ):
            texts = [json.dumps(document) for document in (*documents, mine)]
            for merged in (merge(*documents, mine, compiled), merge_json(*texts, compiled)):
                (conflict,) = merged.conflicts
                decided = deciding(compiled, conflict)
                self.assertEqual((decided.field, decided.said.pattern), (field, pattern))
