"""The Celery app, and the task that works on Django's Session model."""

import os

import lab_settings  # noqa: F401
from celery import Celery
from changes import change
from django.contrib.sessions.models import Session

app = Celery("tasks", broker=os.environ["LAB_QUEUE"], backend=os.environ["LAB_QUEUE"])
app.conf.broker_connection_retry_on_startup = True


@app.task
def change_in_background(session_key, name, work):
    """Change the session by way of its model."""
    session = Session.objects.get(pk=session_key)
    data = session.get_decoded()
    change(data, name, work)
    session.session_data = Session.objects.encode(data)
    session.save()
