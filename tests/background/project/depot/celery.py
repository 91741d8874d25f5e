"""The Celery application; its worker counts the tasks that it is done with."""

import os

from celery import Celery
from celery.signals import task_postrun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "depot.settings")

app = Celery("depot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def count(state, **kwargs):
    """Count the task as done, or as failed."""
    from depot import tally

    tally.add("celery done" if state == "SUCCESS" else "celery failed")
