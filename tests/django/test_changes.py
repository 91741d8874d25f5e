"""Changes as plain data: what they do, what is refused, and what the ready tasks make of them."""

from importlib.util import find_spec

from django.test import SimpleTestCase, override_settings
from session_merge import Rules
from session_merge.django import ChangesError, SessionGoneError, changes_for
from session_merge.django.background import apply_changes
from session_merge.django.changes import apply, checked
from support import Interleaving

COUNTERS = Rules(
    {
        "/n": "counter",
        "/few": {"merge": "counter", "max": 3},
        "/cart/items": {"merge": "keyed", "key": "sku"},
        "/cart/items/*/qty": "counter",
    }
)


def changed(document, *changes, rules=COUNTERS):
    """Return what the changes make of a document."""
    apply(document, checked(changes), rules)
    return document


def on_a_django_with_tasks(has_tasks):
    """Return a decorator of a test that means something with such a Django alone."""
    return lambda test: test if bool(find_spec("django.tasks")) is has_tasks else None


def one(op, path, **more):
    return {"op": op, "path": path, **more}


class Operations(SimpleTestCase):
    def test_set(self):
        self.assertEqual(changed({}, one("set", "/a", value=None)), {"a": None})
        self.assertEqual(changed({"a": 1}, one("set", "/b/c", value=1)), {"a": 1, "b": {"c": 1}})
        self.assertEqual(changed({"a": [1, 2]}, one("set", "/a/1", value=3)), {"a": [1, 3]})
        self.assertEqual(changed({}, one("set", "/~01~1/", value=1)), {"~1/": {"": 1}})

    def test_remove(self):
        self.assertEqual(changed({"a": 1, "b": 2}, one("remove", "/a")), {"b": 2})
        self.assertEqual(changed({"b": 2}, one("remove", "/a")), {"b": 2})
        self.assertEqual(changed({"b": 2}, one("remove", "/a/c/d")), {"b": 2})
        self.assertEqual(changed({"a": [1, 2]}, one("remove", "/a/0")), {"a": [2]})

    def test_increment(self):
        self.assertEqual(changed({}, one("increment", "/n")), {"n": 1})
        self.assertEqual(changed({"n": 1}, one("increment", "/n", by=-2.5)), {"n": -1.5})
        self.assertEqual(changed({"few": 3}, one("increment", "/few")), {"few": 4})
        cart = {"cart": {"items": [{"sku": "pen", "qty": 1}]}}
        self.assertEqual(
            changed(cart, one("increment", "/cart/items/0/qty", by=2)),
            {"cart": {"items": [{"sku": "pen", "qty": 3}]}},
        )

    def test_append(self):
        self.assertEqual(changed({}, one("append", "/a/b", value=1)), {"a": {"b": [1]}})
        self.assertEqual(changed({"a": [1]}, one("append", "/a", value=[2])), {"a": [1, [2]]})

    def test_several_in_their_order(self):
        document = changed({}, one("set", "/n", value=5), one("increment", "/n"))
        self.assertEqual(document, {"n": 6})


class Refused(SimpleTestCase):
    def refused(self, *changes, document=None, rules=COUNTERS):
        with self.assertRaises(ChangesError) as raised:
            changed({} if document is None else document, *changes, rules=rules)
        self.assertNotIn("secret", str(raised.exception) + repr(raised.exception))
        return str(raised.exception)

    def test_what_cannot_be_meant(self):
        good = one("set", "/a", value=1)
        for bad in (
            "secret",
            {},
            one("secret", "/a"),
            one("set", "/a"),
            one("set", "/a", value=1, secret=2),
            one("set", "", value=1),
            one("set", "secret", value=1),
            one("set", "/secret~2", value=1),
            one("remove", ["secret"]),
            one("increment", "/n", by="secret"),
            one("increment", "/n", by=True),
        ):
            with self.subTest(bad):
                self.assertIn("number 1 ", self.refused(good, bad))

    def test_what_is_not_json(self):
        self.refused(one("set", "/a", value={"secret"}))
        for bad in ({"op": "remove", "path": "/secret"}, "secret", None):
            with self.subTest(bad), self.assertRaises(ChangesError):
                checked(bad)

    def test_what_does_not_fit(self):
        document = {"text": "secret", "list": [1], "yes": True}
        for bad in (
            one("set", "/text/a", value=1),
            one("set", "/list/1", value=1),
            one("set", "/list/-", value=1),
            one("remove", "/list/1"),
            one("remove", "/text/secret"),
            one("append", "/text", value=1),
            one("increment", "/text"),
            one("increment", "/yes"),
        ):
            with self.subTest(bad):
                self.refused(bad, document=document)

    def test_increments_where_two_at_once_would_be_one(self):
        for rules in (
            {},
            {"/n": "atomic"},
            {"/n": {"conflict": "max"}},
            {"/n": "fail"},
            {"/n": "counter", "groups": [["/n", "/m"]]},
        ):
            with self.subTest(rules):
                self.assertIn("counter", self.refused(one("increment", "/n"), rules=Rules(rules)))


@override_settings(SESSION_MERGE={"rules": {"/n": "counter"}})
class Tasks(Interleaving):
    def test_changes_are_applied_and_merged(self):
        key = self.start(n=1)
        request = self.request(key)
        changes = changes_for(
            request, [one("increment", "/n"), one("append", "/log", value="task")]
        )
        request.update({"n": 2, "log": ["request"]})
        apply_changes(changes)
        request.save()
        self.assertEqual(self.stored(key), {"n": 3, "log": ["task", "request"]})

    def test_all_or_none(self):
        key = self.start(n=1)
        changes = [one("increment", "/n"), one("append", "/n", value=1)]
        with self.assertRaises(ChangesError):
            apply_changes(changes_for(self.request(key), changes))
        self.assertEqual(self.stored(key), {"n": 1})

    def test_a_session_that_is_gone(self):
        request = self.request(self.start(n=1))
        changes = changes_for(request, [one("increment", "/n")])
        request.flush()
        with self.assertRaises(SessionGoneError):
            apply_changes(changes)

    @on_a_django_with_tasks(True)
    def test_djangos_task(self):
        from session_merge.django.tasks import change_session

        key = self.start(n=1)
        changes = changes_for(self.request(key), [one("increment", "/n")])
        self.assertEqual(change_session.enqueue(changes).errors, [])
        self.assertEqual(self.stored(key), {"n": 2})

    @on_a_django_with_tasks(False)
    def test_a_django_without_tasks(self):
        import session_merge.django.tasks as module  # as Celery does with all installed apps

        with self.assertRaisesRegex(ImportError, r"Django 6\.0"):
            from session_merge.django.tasks import change_session  # noqa: F401
        with self.assertRaises(AttributeError):
            module.another  # noqa: B018 - to read it is the test
