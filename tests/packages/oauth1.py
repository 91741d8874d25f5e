"""An OAuth 1 backend of social-auth, made as its documentation tells, for the tests' provider."""

from django.conf import settings
from social_core.backends.oauth import BaseOAuth1


class Old(BaseOAuth1):
    """Whoever comes is octocat."""

    name = "old"
    AUTHORIZATION_URL = f"{settings.PROVIDER}/oauth1/authorize"
    REQUEST_TOKEN_URL = f"{settings.PROVIDER}/oauth1/request_token"
    REQUEST_TOKEN_METHOD = "POST"
    ACCESS_TOKEN_URL = f"{settings.PROVIDER}/oauth1/access_token"
    ACCESS_TOKEN_METHOD = "POST"

    def user_data(self, access_token, *args, **kwargs):
        """Return what the provider tells of a user."""
        return {"id": 1, "login": "octocat"}

    def get_user_details(self, response):
        """Return what the site keeps of it."""
        return {"username": response["login"]}
