"""Authlib's client for Django: a key of its own for every state, so that no rule is needed."""

from racing import MERGING, STOCK, LoginRaces


class Logins(LoginRaces):
    def begin(self):
        return self.browser.get("/authlib/begin")["Location"]

    def end(self, back):
        """Return whether the site lets the browser in that comes back from the provider."""
        return self.browser.get(back).status_code == 200

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
        url, _ = self.at_once(self.begin, lambda: self.end(back))
        return self.end(self.consent(url))

    def test_one_begins_while_another_ends(self):
        with self.on(STOCK):
            self.assertFalse(self.end_and_begin())
        with self.on(MERGING):
            self.assertTrue(self.end_and_begin())
