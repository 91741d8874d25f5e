"""Authlib's client for Django: a key of its own for every state, so that no rule is needed."""

from racing import MERGING, STOCK, Races


class Logins(Races):
    def begin(self):
        return self.browser.get("/authlib/begin")["Location"]

    def two_at_once(self):
        """Return which of two logins that began at once can be finished."""
        self.browser.get("/cart/add/1")
        back = [self.consent(url) for url in self.at_once(self.begin, self.begin)]
        return [self.browser.get(url).status_code == 200 for url in back]

    def test_two_authorize_redirects_at_once(self):
        with self.on(STOCK):
            self.assertEqual(self.two_at_once(), [False, True])
        with self.on(MERGING):
            self.assertEqual(self.two_at_once(), [True, True])
            self.assertEqual([key for key in self.stored() if key.startswith("_state_")], [])

    def end_and_begin(self):
        """Return whether a login can be finished that began while another one was finished."""
        self.browser.get("/cart/add/1")
        back = self.consent(self.begin())
        url, _ = self.at_once(self.begin, lambda: self.browser.get(back))
        return self.browser.get(self.consent(url)).status_code == 200

    def test_one_begins_while_another_ends(self):
        with self.on(STOCK):
            self.assertFalse(self.end_and_begin())
        with self.on(MERGING):
            self.assertTrue(self.end_and_begin())
