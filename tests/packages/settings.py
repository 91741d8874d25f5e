"""A site that uses all the packages that ready rule sets are for."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp(prefix="session-merge-packages-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
PROVIDER = os.environ["PROVIDER_URL"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": SCRATCH / "site.sqlite3",
        "TEST": {"NAME": SCRATCH / "test.sqlite3"},
    }
}
SECRET_KEY = "k" * 50
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
SESSION_ENGINE = "session_merge.django.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_REDIRECT_URL = "/welcome"
LOGIN_URL = "/login"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "two_factor",
    "social_django",
    "formtools",
    "shop",
    "session_merge.django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "racing.Meanwhile",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "social_core.backends.github_enterprise.GithubEnterpriseOAuth2",
    "oauth1.Old",
]

# django-allauth
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_RATE_LIMITS = False
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "github": {
        "GITHUB_URL": PROVIDER,
        "APPS": [{"client_id": "site", "secret": "of-the-site", "key": ""}],
    }
}

# social-auth-app-django
SOCIAL_AUTH_GITHUB_ENTERPRISE_URL = PROVIDER
SOCIAL_AUTH_GITHUB_ENTERPRISE_API_URL = f"{PROVIDER}/api/v3"
SOCIAL_AUTH_GITHUB_ENTERPRISE_KEY = "site"
SOCIAL_AUTH_GITHUB_ENTERPRISE_SECRET = "of-the-site"
SOCIAL_AUTH_OLD_KEY = "site"
SOCIAL_AUTH_OLD_SECRET = "of-the-site"

# Authlib
AUTHLIB_OAUTH_CLIENTS = {
    "hub": {
        "client_id": "site",
        "client_secret": "of-the-site",
        "authorize_url": f"{PROVIDER}/login/oauth/authorize",
        "access_token_url": f"{PROVIDER}/login/oauth/access_token",
        "api_base_url": f"{PROVIDER}/api/v3/",
    }
}

# django-carton
CART_PRODUCT_MODEL = "shop.models.Product"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"null": {"class": "logging.NullHandler"}},
    "loggers": {"session_merge": {"handlers": ["null"], "propagate": False}},
}
