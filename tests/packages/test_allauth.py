"""django-allauth: logins at a provider at once, and logins and resets that must stay apart."""

import re

from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth.models import User
from django.core import mail
from django.test import override_settings
from racing import MERGING, STOCK, LoginRaces, Races

RESET = "account_password_reset_verification"
# A group that shares a member with the ready one takes its place.
APART = {"rules": {"groups": [["/account_phone_verification"]]}}


class AtAProvider(LoginRaces):
    def begin(self):
        return self.browser.get("/allauth/github/login/")["Location"]

    def test_two_logins_begin_at_once(self):
        with self.on(STOCK):
            self.assertEqual(self.two_at_once(), [False, True])
        with self.on(MERGING):
            self.assertEqual(self.two_at_once(), [True, True])

    def one_ends_while_another_begins(self):
        """Return whether the one can be finished that began while the other one was."""
        self.browser.get("/cart/add/1")
        back = self.consent(self.begin())
        url, ended = self.at_once(self.begin, lambda: self.end(back))
        self.assertTrue(ended)
        return self.end(self.consent(url))

    def test_one_begins_while_another_ends(self):
        with self.on(STOCK):
            self.assertFalse(self.one_ends_while_another_begins())
        with self.on(MERGING):
            self.assertTrue(self.one_ends_while_another_begins())

    def two_signups_at_once(self):
        """Return whose name and whose addresses a signup has that two people began at once."""
        self.browser.get("/cart/add/1")
        back = [self.consent(self.begin(), login) for login in ("ann", "bob")]
        ann, bob = (lambda url=url: self.browser.get(url) for url in back)
        self.at_once(ann, bob, at=pre_social_login)  # the session was loaded again by then
        signup = self.stored()["socialaccount_sociallogin"]
        addresses = [address["email"] for address in signup["email_addresses"]]
        return signup["account"]["extra_data"]["login"], addresses

    @override_settings(SOCIALACCOUNT_AUTO_SIGNUP=False)
    def test_two_signups_at_once_are_not_one_with_the_addresses_of_both(self):
        with self.on(MERGING):
            self.assertEqual(self.two_signups_at_once(), ("bob", ["bob@example.com"]))
        with self.on(MERGING, rules={"/socialaccount_sociallogin": "deep"}):
            both = ["ann@example.com", "bob@example.com"]
            self.assertEqual(self.two_signups_at_once(), ("bob", both))


class WithCodes(Races):
    def setUp(self):
        for name in ("ann", "bob"):
            User.objects.create_user(name, f"{name}@example.com", f"password-of-{name}")

    def reset(self, name):
        return self.browser.post("/allauth/password/reset/", {"email": f"{name}@example.com"})

    def confirm(self):
        """Send the code that was mailed first, which is ann's."""
        (code,) = re.findall(r"^[A-Z0-9]{3,}-?[A-Z0-9]*$", mail.outbox[0].body, re.MULTILINE)
        return self.browser.post("/allauth/password/reset/confirm/", {"code": code})

    def reset_and_confirm_at_once(self):
        """Begin a reset for bob while ann's is confirmed; return whose password it changes."""
        mail.outbox.clear()
        self.browser.get("/cart/add/1")
        self.reset("ann")
        self.at_once(lambda: self.reset("bob"), self.confirm)
        new = {"password1": "of-whom-9000", "password2": "of-whom-9000"}
        self.browser.post("/allauth/password/reset/complete/", new)
        users = User.objects.order_by("username")
        return [user.username for user in users if user.check_password("of-whom-9000")]

    def test_the_code_of_one_does_not_reset_the_password_of_another(self):
        with self.on(MERGING):
            self.assertEqual(self.reset_and_confirm_at_once(), ["ann"])

    def test_member_by_member_it_would(self):
        with self.on(MERGING, rules={f"/{RESET}": "deep"}):
            self.assertEqual(self.reset_and_confirm_at_once(), ["bob"])

    def log_in(self, name):
        form = {"login": name, "password": f"password-of-{name}"}
        return self.browser.post("/allauth/login/", form)

    def two_logins_at_once(self):
        """Return whose login is pending, and how many times its user has authenticated."""
        self.browser.get("/cart/add/1")
        self.at_once(lambda: self.log_in("ann"), lambda: self.log_in("bob"))
        session = self.stored()
        (pending,) = {
            session["account_authentication_methods_user"],
            session["account_email_verification_code"]["user_id"],
        }
        methods = [method["username"] for method in session["account_authentication_methods"]]
        return User.objects.get(pk=pending).username, methods

    @override_settings(
        ACCOUNT_EMAIL_VERIFICATION="mandatory", ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True
    )
    def test_two_pending_logins_at_once_are_not_one_with_what_both_have_proved(self):
        with self.on(MERGING):
            self.assertEqual(self.two_logins_at_once(), ("bob", ["bob"]))
        with self.on(MERGING, **APART):
            self.assertEqual(self.two_logins_at_once(), ("bob", ["ann", "bob"]))
