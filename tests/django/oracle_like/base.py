"""SQLite under Oracle's name, to see that Oracle is refused without having one."""

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    vendor = "oracle"
