"""The fixes that are in circulation, each as it is usually printed, and ours."""

from dataclasses import dataclass

DATABASES = ("sqlite", "postgresql", "mariadb")
EVERYWHERE = (*DATABASES, "redis", "memcached", "files")


@dataclass(frozen=True)
class Fix:
    """One way to keep two requests from losing each other's changes."""

    name: str
    """Also the path of its view in the project, and the name of its figures in the docs."""
    title: str
    stores: tuple[str, ...] = EVERYWHERE
    merging: bool = False
    """Whether it runs on our engines; if not, on Django's."""
    in_background: bool = False
    """Whether a Celery task does the work, after the request was answered."""


STOCK = Fix("stock", "Django's engine, no fix")
MERGING = Fix("session-merge", "session-merge", merging=True)
EXCLUSIVE = Fix("exclusive", "session-merge, exclusive", merging=True)
SELECT_FOR_UPDATE = Fix("select-for-update", "select_for_update around it", DATABASES)

FIXES = [
    STOCK,
    Fix("atomic", "transaction.atomic and save", DATABASES),
    Fix("view-lock", "a lock made in the view"),
    Fix("module-lock", "a lock of the module"),
    Fix("cache-copy", "a copy in the cache, and save"),
    Fix("task", "a Celery task on the model", DATABASES, in_background=True),
    SELECT_FOR_UPDATE,
    MERGING,
    EXCLUSIVE,
]

WHY_NOT = {
    "atomic": "a transaction is the database's, and these sessions are not in it",
    "task": "there is no Session model",
    "select-for-update": "there is no row to lock",
}
"""Why a fix does not exist on the stores that it does not name."""

BY_NAME = {fix.name: fix for fix in FIXES}
