"""One view for each fix. All of them make the same change to the session.

The fixes are written as answers and tutorials print them, with the session's own ``save()`` inside
what is to protect it.
"""

import threading

import lab_settings  # noqa: F401
from changes import change
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import path
from session_merge.django import exclusive
from tasks import change_in_background

LOCK = threading.Lock()


def start(request):
    """Begin a session."""
    request.session.update({"count": 0, "log": []})
    return HttpResponse()


def show(request):
    """Return what is in the session."""
    return JsonResponse(dict(request.session.items()))


def plain(request):
    """Change the session, and leave the rest to the engine."""
    change(request.session, *_order(request))
    return HttpResponse()


def atomic(request):
    """Change and save it in a transaction."""
    with transaction.atomic():
        change(request.session, *_order(request))
        request.session.save()
    return HttpResponse()


def view_lock(request):
    """Change and save it under a lock that nobody else has."""
    lock = threading.Lock()
    with lock:
        change(request.session, *_order(request))
        request.session.save()
    return HttpResponse()


def module_lock(request):
    """Change and save it under a lock that all threads of this process share."""
    with LOCK:
        change(request.session, *_order(request))
        request.session.save()
    return HttpResponse()


def cache_copy(request):
    """Change the copy in the cache, which others have changed too, and save it."""
    key = f"copy-{request.session.session_key}"
    copy = cache.get(key) or dict(request.session.items())
    change(copy, *_order(request))
    cache.set(key, copy)
    request.session.update(copy)
    request.session.save()
    return HttpResponse()


def task(request):
    """Have it changed in the background; answer with the id of the task."""
    name, work = _order(request)
    return HttpResponse(change_in_background.delay(request.session.session_key, name, work).id)


def lock_the_row(get_response):
    """Lock the session's row before it is loaded, until it has been saved, where a path says so.

    It has to stand before the session middleware, which saves when the view has returned.
    """

    def middleware(request):
        if request.path != "/select-for-update":
            return get_response(request)
        key = request.COOKIES[settings.SESSION_COOKIE_NAME]
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=key)
            return get_response(request)

    return middleware


def one_at_a_time(request):
    """Change it as the only request that does so now."""
    with exclusive(request.session):
        change(request.session, *_order(request))
    return HttpResponse()


def _order(request):
    return request.GET["name"], float(request.GET["work"])


urlpatterns = [
    path("start", start),
    path("show", show),
    path("stock", plain),
    path("atomic", atomic),
    path("view-lock", view_lock),
    path("module-lock", module_lock),
    path("cache-copy", cache_copy),
    path("task", task),
    path("select-for-update", plain),
    path("session-merge", plain),
    path("exclusive", one_at_a_time),
]

application = get_wsgi_application()
