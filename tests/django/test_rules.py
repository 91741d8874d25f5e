"""Ready rule sets, and rules in a file: what goes before what, and what is said of a mistake."""

import json
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, override_settings
from session_merge import Rules, merge
from session_merge.django.conf import get_config
from session_merge.django.rules import ALWAYS, CHOSEN, layered, ready_set, with_built_in
from support import Interleaving


class Layers(SimpleTestCase):
    def test_every_ready_set_compiles_alone_and_with_all_others(self):
        for name in (*ALWAYS, *CHOSEN):
            Rules(ready_set(name))
        Rules(with_built_in({}, CHOSEN))

    def test_no_ready_set_overrides_another(self):
        keys = [key for name in (*ALWAYS, *CHOSEN) for key in ready_set(name) if key != "groups"]
        self.assertEqual(len(keys), len(set(keys)))
        groups = [g for name in (*ALWAYS, *CHOSEN) for g in ready_set(name).get("groups", [])]
        self.assertEqual(with_built_in({}, CHOSEN)["groups"], groups)

    def test_the_later_goes_before_the_earlier_pattern_by_pattern(self):
        merged = layered([{"/a": "counter", "/b": "set"}, {"/a": "text", "delete": "loses"}])
        self.assertEqual(merged, {"/a": "text", "/b": "set", "delete": "loses", "groups": []})

    def test_a_group_takes_the_place_of_those_it_shares_a_member_with(self):
        merged = layered([{"groups": [["/a", "/b"], ["/c"]]}, {"groups": [["/b", "/d"]]}])
        self.assertEqual(merged["groups"], [["/c"], ["/b", "/d"]])

    def test_to_use_what_always_holds_changes_nothing(self):
        self.assertEqual(with_built_in({}, ALWAYS), with_built_in({}))

    def test_a_chosen_set_holds_only_where_it_is_used(self):
        self.assertNotIn("/cart/*/quantity", with_built_in({}))
        self.assertIn("/cart/*/quantity", with_built_in({}, ["cart"]))
        used = with_built_in({"/cart/*/quantity": "mine"}, ["cart"])
        self.assertEqual(used["/cart/*/quantity"], "mine")
        self.assertIn("/cart/*", used)


class OneValue(SimpleTestCase):
    """What is called one value comes from one request, and member by member it would not."""

    def merged(self, pattern, rules):
        """Return what two requests make of a place that matches, each changing one member."""
        names = pattern.replace("*", "x").strip("/").split("/")
        base, theirs, mine = (
            nested(names, value) for value in ({"a": 0, "b": 0}, {"a": 1, "b": 0}, {"a": 0, "b": 1})
        )
        return merge(base, theirs, mine, rules).value, nested(names, {"a": 1, "b": 1}), mine

    def test_each(self):
        patterns = [
            pattern
            for name in (*ALWAYS, *CHOSEN)
            for pattern, rule in ready_set(name).items()
            if rule == "atomic"
        ]
        self.assertGreater(len(patterns), 5)
        for pattern in patterns:
            with self.subTest(pattern):
                merged, _mixed, mine = self.merged(pattern, with_built_in({}, CHOSEN))
                self.assertEqual(merged, mine)
                merged, mixed, _ = self.merged(pattern, with_built_in({pattern: "deep"}, CHOSEN))
                self.assertEqual(merged, mixed)

    def test_each_group(self):
        for group in with_built_in({})["groups"]:
            one, two, *_ = (member.strip("/") for member in group)
            base, theirs, mine = ({one: n, two: m} for n, m in ((0, 0), (1, 0), (0, 1)))
            merged = merge(base, theirs, mine, with_built_in({})).value
            self.assertEqual(merged, mine)
            self.assertEqual(merge(base, theirs, mine).value, {one: 1, two: 1})


def nested(names, value):
    """Return a document that holds the value at the end of this path."""
    for name in reversed(names):
        value = {name: value}
    return value


class Files(Interleaving):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "session-rules.json")

    def write(self, rules):
        self.path.write_text(json.dumps(rules), "utf-8")
        return self.path

    def refused(self, *words, **setting):
        with self.settings(SESSION_MERGE={"rules_file": self.path, **setting}):
            with self.assertRaises(ImproperlyConfigured) as error:
                get_config()
        for word in words:
            self.assertIn(word, str(error.exception))

    def merged(self, **setting):
        """Return what two requests make of n and m, both 0, that add 1 and 2 to each."""
        with self.settings(SESSION_MERGE=setting):
            key = self.start(n=0, m=0)
            one, two = self.request(key), self.request(key)
            one.update({"n": 1, "m": 1})
            two.update({"n": 2, "m": 2})
            one.save()
            two.save()
        return self.stored(key)

    def test_it_goes_before_what_is_ready_and_the_setting_before_it(self):
        path = self.write({"/n": "counter", "/m": "counter"})
        self.assertEqual(self.merged(rules_file=path), {"n": 3, "m": 3})
        self.assertEqual(self.merged(rules_file=str(path)), {"n": 3, "m": 3})
        rules = {"/m": "theirs"}
        self.assertEqual(self.merged(rules_file=path, rules=rules), {"n": 3, "m": 1})
        with self.settings(
            SESSION_MERGE={"rules_file": self.write({"/cart/*/quantity": "max"}), "use": ["cart"]}
        ):
            self.assertIn('"/cart/*"', repr(get_config().rules))

    def test_a_mistake_in_it_is_told_with_the_file_and_the_pattern(self):
        self.write({"/n": "counter", "/cart/*": "mergee"})
        self.refused("'rules_file'", str(self.path), "'/cart/*'", "mergee")
        self.write({"groups": [["/a"], ["/a"]]})
        self.refused("'rules_file'", str(self.path), "'/a'")

    def test_a_mistake_in_the_setting_is_not_the_files(self):
        self.write({"/n": "counter"})
        self.refused("SESSION_MERGE['rules'] cannot", "'/m'", rules={"/m": "sum"})

    def test_what_is_no_rule_set(self):
        self.refused("cannot be read", str(self.path))
        self.path.write_text('{"/a": "counter",\n "/b" "set"}')
        self.refused(str(self.path), "line 2")
        self.path.write_bytes(b'{"/\xff": "set"}')
        self.refused(str(self.path), "utf-8")
        self.path.write_text("[" * 100_000)
        self.refused(str(self.path))
        self.write(["/a"])
        self.refused(str(self.path), "must hold an object")

    def test_a_pattern_that_is_there_twice(self):
        self.path.write_text('{"/a": "counter", "/a": "set"}')
        self.refused(str(self.path), "'/a' is there twice")

    def test_a_path_that_depends_on_where_the_server_is_started(self):
        self.path = "session-rules.json"
        self.refused("absolute", "session-rules.json")

    def test_what_is_no_path(self):
        for self.path in (None, 5, ["/x"]):
            self.refused("'rules_file'", "path")


class Names(SimpleTestCase):
    def test_a_name_that_is_not_known_is_told_with_those_that_are(self):
        for names in (["cart", "kart"], [5]):
            with self.settings(SESSION_MERGE={"use": names}):
                with self.assertRaises(ImproperlyConfigured) as error:
                    get_config()
            self.assertIn(repr(names[-1]), str(error.exception))
            self.assertIn("'formtools'", str(error.exception))

    def test_what_is_no_list_of_names(self):
        for names in ("cart", 5, None):
            with self.settings(SESSION_MERGE={"use": names}):
                with self.assertRaisesMessage(ImproperlyConfigured, "must be a list of names"):
                    get_config()

    @override_settings(SESSION_MERGE={"use": ("cart",)})
    def test_a_tuple_is_a_list_too(self):
        self.assertIn('"/cart/*/quantity"', repr(get_config().rules))
