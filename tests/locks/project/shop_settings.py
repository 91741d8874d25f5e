"""Settings of the shop; what it keeps its sessions in is told by SHOP_SETTINGS, in JSON.

Run as a program, it makes the tables and the customer.
"""

import json
import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="shop" * 10,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="shop",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "session_merge.django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    MIGRATION_MODULES={"contenttypes": None, "auth": None, "sessions": None},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    **json.loads(os.environ["SHOP_SETTINGS"]),
)
django.setup()


def prepare():
    """Make what is not there yet: the tables of the database and of the cache, and the customer."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    get_user_model().objects.get_or_create(username="customer")


if __name__ == "__main__":
    prepare()
