"""django-two-factor-auth: the wizard that logs in is about one user."""

from django.contrib.auth.models import User
from racing import MERGING, Races


class Logins(Races):
    def setUp(self):
        for name in ("ann", "bob"):
            user = User.objects.create_user(name, password=f"password-of-{name}")
            user.totpdevice_set.create(name="default")

    def password(self, name):
        fields = {"auth-username": name, "auth-password": f"password-of-{name}"}
        step = {"login_view-current_step": "auth"}
        return self.browser.post("/account/login/", {**step, **fields})

    def challenge(self):
        return self.browser.post("/account/login/", {"challenge_device": "of-ann"})

    def two_at_once(self):
        """Let bob's password arrive while ann chooses a device; return whose login it is."""
        self.browser.get("/account/login/")
        self.password("ann")
        self.at_once(lambda: self.password("bob"), self.challenge)
        wizard = self.stored()["wizard_login_view"]
        return User.objects.get(pk=wizard["user_pk"]).username, wizard.get("challenge_device")

    def test_two_logins_at_once_are_not_one(self):
        with self.on(MERGING):
            self.assertEqual(self.two_at_once(), ("ann", "of-ann"))
        with self.on(MERGING, rules={"/wizard_login_view": "deep"}):
            self.assertEqual(self.two_at_once(), ("bob", "of-ann"))
