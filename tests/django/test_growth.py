"""A session that only grows is told of: when it is too large, and at each doubling after that."""

import base64
import hashlib
from itertools import pairwise

from django.test import override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django import session_grown


@override_settings(SESSION_MERGE={"warn_bytes": 2000})
class Growth(OnEveryStore):
    def setUp(self):
        super().setUp()
        self.heard = []
        session_grown.connect(self.hear)
        self.addCleanup(session_grown.disconnect, self.hear)

    def hear(self, **kwargs):
        self.heard.append(kwargs)

    def noise(self, size, start=0):
        """Return text that does not compress below its size."""
        digests = (hashlib.sha512(b"%d %d" % (start, n)).digest() for n in range(size // 64 + 1))
        return base64.b64encode(b"".join(digests)).decode()[:size]

    def test_a_session_that_grows_a_little_with_each_save(self):
        key = self.start()
        told = []
        with self.assertLogs("session_merge", "WARNING") as logs:
            for n in range(40):
                one = self.request(key)
                one[f"entry-{n}"] = self.noise(400, start=n)
                one.save()
                told.append(len(self.heard))
        self.assertEqual(len(logs.records), len(self.heard))
        self.assertIn(len(self.heard), (3, 4, 5))  # 16,000 characters of noise, as they are stored
        sizes = [heard["size"] for heard in self.heard]
        self.assertEqual(sizes, sorted(sizes))
        self.assertGreater(sizes[0], 2000)
        for earlier, later in pairwise(sizes):
            self.assertGreater(later, 1.5 * earlier)
        self.assertIs(self.heard[0]["sender"], self.engine)
        self.assertNotIn(key, "".join(logs.output))

    def test_small_ones_are_not_told_of(self):
        key = self.start(a=self.noise(100))
        with self.assertNoLogs("session_merge"):
            one = self.request(key)
            one["b"] = 1
            one.save()
        self.assertEqual(self.heard, [])

    def test_the_largest_members_are_named_but_not_if_they_may_be_tokens(self):
        secret = "0a1b2c"
        with self.assertLogs("session_merge", "WARNING") as logs:
            session = self.engine()
            session.update(
                {"cart": self.noise(4000), secret: self.noise(3000), "seen": ["x"] * 9, "a": 1}
            )
            session.save()
        (told,) = self.heard
        self.assertEqual(told["largest"], ["cart", secret, "seen"])
        (record,) = logs.records
        self.assertTrue(record.getMessage().endswith("'/cart', '/…', '/seen'"))
        self.assertEqual(record.session_merge, {"event": "grown", "bytes": told["size"]})
        self.assertNotIn(secret, record.getMessage())

    def test_a_merge_that_makes_one_large(self):
        key = self.start()
        one = self.request(key)
        self.write_as_other(key, theirs=self.noise(1400))
        self.assertEqual(self.heard, [])
        one["mine"] = self.noise(1400, start=1)
        with self.assertLogs("session_merge", "WARNING"):
            one.save()
        (told,) = self.heard
        self.assertEqual(set(told["largest"]), {"theirs", "mine"})

    def test_a_new_key_is_no_growth(self):
        with self.assertLogs("session_merge", "WARNING"):
            key = self.start(a=self.noise(4000))
        one = self.request(key)
        with self.assertNoLogs("session_merge"):
            one.cycle_key()
            one.save()
        self.assertEqual(len(self.heard), 1)

    def test_nothing_is_told_if_it_is_not_wanted(self):
        with self.settings(SESSION_MERGE={"warn_bytes": None}):
            with self.assertNoLogs("session_merge"):
                self.start(a=self.noise(9000))
        self.assertEqual(self.heard, [])


on_every_store(Growth)
del Growth
