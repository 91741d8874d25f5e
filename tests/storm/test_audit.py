"""The audit itself: for everything that may go wrong, a short history in which it does.

python -m unittest discover -s tests/storm
"""

import unittest

from audit import audit, unreported
from operations import OK, REFUSED, Operation

CONFLICT = {"attempts": 2, "conflicts": 1, "lost": [["/last", "a"]]}


class Story:
    """A history written by hand; every operation takes one second, one after the other."""

    def __init__(self):
        self.operations = []
        self.clock = 0

    def tell(self, name, kind, key, /, **fields):
        """Add an operation that was acknowledged, unless the fields say otherwise."""
        detail = {member: fields.pop(member) for member in ("name", "age") if member in fields}
        body = {"found": True, **fields.pop("body", {})}
        operation = Operation(name, kind, key, detail, sent=self.clock, status=OK, body=body)
        self.clock += 1
        operation.answered = self.clock
        for field, value in fields.items():
            setattr(operation, field, value)
        self.operations.append(operation)
        self.clock += 1
        return self

    def start(self):
        """Start the session s."""
        return self.tell("start", "start", None, new_key="s", body={"found": False})

    def add(self, name, saw=None, **fields):
        """Add to the session s."""
        return self.tell(name, "add", "s", body={"saw": saw}, **fields)

    def show(self, *names, key="s", user=None, **data):
        """Look at a session that holds these keys and entries, all counted."""
        last = {"last": names[-1]} if names else {}
        identity = {"_auth_user_id": user} if user else {}
        data = {
            **{f"k{name}": user for name in names}, "log": list(names), "count": len(names),
            **last, **identity, **data,
        }  # fmt: skip
        return self.tell(f"show{self.clock}", "show", key, body={"data": data, "user": user})

    def kinds(self, calm=True):
        """Return the kinds of the problems, in the order of the alphabet."""
        return sorted({problem.kind for problem in audit(self.operations, calm=calm)})


class Sound(unittest.TestCase):
    """Histories in which nothing is wrong."""

    def test_all_that_was_acknowledged_is_there(self):
        story = Story().start().add("a").add("b", saw="a").show("a", "b")
        self.assertEqual(story.kinds(), [])

    def test_a_request_without_an_answer_may_have_been_done_or_not(self):
        story = Story().start().add("a").add("b", status=None, answered=float("inf"))
        self.assertEqual(story.show("a").kinds(calm=False), [])
        story = Story().start().add("a").add("b", status=None, answered=float("inf"))
        self.assertEqual(story.show("a", "b").kinds(calm=False), [])

    def test_the_heir_of_a_login_goes_on_with_all(self):
        story = Story().start().add("a")
        before = {"data": {"ka": None, "log": ["a"], "count": 1, "last": "a"}, "user": 1}
        story.tell("in", "login", "s", new_key="t", body=before)
        story.show("a", key="t", user="1")
        story.tell("probe", "show", "s", body={"found": False})
        self.assertEqual(story.kinds(), [])

    def test_a_reported_conflict_accounts_for_the_value_that_lost(self):
        story = Story().start().add("a").add("b", merges=[CONFLICT]).show("a", "b")
        self.assertEqual(story.kinds(), [])

    def test_a_copy_that_is_behind_for_a_while(self):
        story = Story().start().add("a").show()
        behind_until = story.clock
        self.assertEqual(
            audit(story.show("a").operations, calm=True, behind_until=behind_until), []
        )
        self.assertIn("key lost", story.kinds())


class Wrong(unittest.TestCase):
    """Histories in which one thing is wrong."""

    def test_a_lost_update(self):
        story = Story().start().add("a").add("b", saw="a").show("b")
        self.assertEqual(story.kinds(), ["increments lost", "key lost", "list entry lost"])

    def test_more_than_was_sent(self):
        story = Story().start().add("a").show("a", count=2)
        self.assertEqual(story.kinds(), ["increments twice"])
        story = Story().start().add("a").show("a", log=["a", "a"])
        self.assertEqual(story.kinds(), ["list entry twice"])
        story = Story().start().add("a").show("a", kb=None)
        self.assertEqual(story.kinds(), ["key from nowhere"])

    def test_what_a_refused_request_left_behind(self):
        story = Story().start().add("a", status=REFUSED).show("a")
        self.assertIn("key from nowhere", story.kinds())
        self.assertIn("refused without reason", story.kinds())

    def test_a_deletion_that_is_undone(self):
        story = Story().start().add("a").tell("drop", "drop", "s", name="a").show("a", count=2)
        self.assertEqual(story.kinds(), ["deletion undone"])

    def test_an_older_value_that_came_back(self):
        story = Story().start().add("a").add("b", saw="a").show("a", "b", last="a")
        self.assertEqual(story.kinds(), ["last overwritten without a conflict", "last went back"])

    def test_a_value_that_nobody_saw_before_it_was_overwritten(self):
        story = Story().start().add("a").add("b").show("a", "b")
        self.assertEqual(story.kinds(), ["last overwritten without a conflict"])

    def test_an_expiry_that_came_back(self):
        story = Story().start()
        story.tell("one", "expire", "s", age="1000")
        story.tell("two", "expire", "s", age="2000", body={"saw_age": 1000})
        story.show(count=2, _session_expiry=1000)
        self.assertIn("_session_expiry went back", story.kinds())

    def test_a_row_that_expires_at_another_time_than_the_session_says(self):
        for left, kinds in ((995, []), (5000, ["row expires at another time"])):
            story = Story().start().tell("one", "expire", "s", age="1000")
            data = {"count": 1, "log": [], "_session_expiry": 1000}
            body = {"data": data, "user": None, "expires_in": left}
            self.assertEqual(story.tell("look", "inspect", "s", body=body).kinds(), kinds)

    def test_a_session_that_outlives_its_logout(self):
        story = Story().start()
        story.tell("out", "logout", "s", body={"data": {"count": 0, "log": []}}).show()
        self.assertEqual(story.kinds(), ["session came back"])

    def test_a_session_that_is_gone_for_no_reason(self):
        story = Story().start().tell("probe", "show", "s", body={"found": False})
        self.assertEqual(story.kinds(), ["session vanished"])

    def test_the_identity_of_another_user(self):
        story = Story().start()
        nobody = {"data": {"count": 0, "log": []}, "user": 1}
        story.tell("in", "login", "s", new_key="t", body=nobody).show(key="t", user="2")
        self.assertEqual(story.kinds(), ["identity of somebody else", "logged in as somebody else"])

    def test_data_that_another_user_wrote(self):
        story = Story().start().add("a").show("a", ka="2")
        self.assertEqual(story.kinds(), ["data of somebody else"])

    def test_a_login_that_leaves_something_behind(self):
        story = Story().start().add("a")
        early = {"data": {"count": 0, "log": []}, "user": 1}
        story.tell("in", "login", "s", new_key="t", body=early).show(key="t", user="1")
        self.assertIn("key lost", story.kinds())

    def test_two_logins_at_once_that_both_leave_something_behind(self):
        story = Story().start().add("a")
        early = {"data": {"count": 0, "log": []}, "user": 1}
        for name, key in (("in", "t"), ("again", "u")):
            story.tell(name, "login", "s", new_key=key, sent=0, body=early)
            story.show(key=key, user="1")
        self.assertIn("inheritance lost", story.kinds())

    def test_a_request_that_failed_while_nothing_was_killed(self):
        story = Story().start().add("a", status=500, error="OperationalError").show("a")
        self.assertEqual(story.kinds(), ["no answer but OperationalError"])

    def test_a_lost_key_that_nobody_told_of(self):
        story = Story().start().add("a").show()
        problems = audit(story.operations, calm=True)
        (silent,) = unreported(problems, story.operations)
        self.assertEqual((silent.kind, silent.subject), ("key lost", "a"))
        story.add("b", merges=[{"lost": [], "undone": ["/ka"]}])
        self.assertEqual(unreported(problems, story.operations), [])


if __name__ == "__main__":
    unittest.main()
