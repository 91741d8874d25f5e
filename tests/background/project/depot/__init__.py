"""A site whose one session is changed by everybody at once: requests, tasks and consumers."""

from depot.celery import app as celery_app

__all__ = ["celery_app"]
