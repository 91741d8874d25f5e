"""social-auth-app-django: a key for every login under way, and an index of them."""

from urllib.parse import parse_qs, urlsplit

from racing import MERGING, STOCK, LoginRaces, Races

INDEX = "github-enterprise_oauth2_transaction_index"


class Logins(LoginRaces):
    def begin(self):
        return self.browser.post("/social/login/github-enterprise/")["Location"]

    def test_two_logins_begin_at_once(self):
        with self.on(STOCK):
            self.assertEqual(self.two_at_once(), [False, True])
        with self.on(MERGING):
            self.assertEqual(self.two_at_once(), [True, True])
            self.assertNotIn(INDEX, self.stored())

    def one_ends_while_another_begins(self):
        """Return the index of logins under way, and whether the later one can be finished."""
        self.browser.get("/cart/add/1")
        back = self.consent(self.begin())
        url, ended = self.at_once(self.begin, lambda: self.end(back))
        self.assertTrue(ended)
        under_way = list(self.stored().get(INDEX, {}))
        return under_way, self.end(self.consent(url)), url

    def test_one_begins_while_another_ends(self):
        with self.on(STOCK):
            self.assertFalse(self.one_ends_while_another_begins()[1])
        with self.on(MERGING):
            (state,), ended, url = self.one_ends_while_another_begins()
            self.assertTrue(ended)
            self.assertIn(f"state={state}", url)

    def test_without_the_rule_the_index_would_forget_the_later_one(self):
        rules = {"/*_oauth2_transaction_index": "deep"}
        with self.on(MERGING, rules=rules):
            under_way, ended, _ = self.one_ends_while_another_begins()
            self.assertEqual((under_way, ended), ([], True))


class OldLogins(Races):
    """OAuth 1: a list of tokens, in an order that means nothing."""

    def begin(self):
        """Return the token of a login that begins."""
        url = self.browser.post("/social/login/old/")["Location"]
        return parse_qs(urlsplit(url).query)["oauth_token"][0]

    def end(self, token):
        url = f"/social/complete/old/?oauth_token={token}&oauth_verifier=1"
        return self.browser.get(url).headers.get("Location") == "/welcome"

    def begin_and_end(self):
        """Return which of many logins can be finished after one ended while another began."""
        self.browser.get("/cart/add/1")
        under_way = [self.begin() for _ in range(8)]
        begun, ended = self.at_once(self.begin, lambda: self.end(under_way[0]))
        self.assertTrue(ended)
        left = self.stored()["oldunauthorized_token_name"]
        kept = {parse_qs(token)["oauth_token"][0] for token in left}
        self.assertEqual(len(left), len(kept))
        return kept == {*under_way[1:], begun}

    def test_one_begins_while_another_ends(self):
        with self.on(STOCK):
            self.assertFalse(self.begin_and_end())
        with self.on(MERGING):
            self.assertTrue(self.begin_and_end())
