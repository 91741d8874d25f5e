"""Tasks of the site's own, for Celery and for Django."""

from celery import shared_task
from django.conf import settings
from session_merge.django.celery import SessionTask

from depot.work import edited, work


@shared_task(base=SessionTask)
def celery_task(handle, name):
    """Work on the session in a Celery worker."""
    with edited(handle) as session:
        work(session, name)


if settings.HAS_TASKS:
    from django.tasks import task

    @task()
    def django_task(handle, name):
        """Work on the session in the worker of ``django.tasks``."""
        with edited(handle) as session:
            work(session, name)
