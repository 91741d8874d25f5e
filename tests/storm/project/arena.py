"""The pages of the project that storms rage in.

Every page loads the session and answers with what it saw there.
"""

import threading

import arena_settings  # noqa: F401
import changes
import outside
from django.contrib.auth import get_user_model, login, logout
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone

BACKEND = "django.contrib.auth.backends.ModelBackend"


def change(request):
    """Change the session; some views save it themselves, before the middleware does."""
    body = changes.apply(request.session, request.GET)
    if "twice" in request.GET:
        try:
            request.session.save()
        except UpdateError:
            raise SessionInterrupted from None
    return JsonResponse(body)


def show(request):
    """Show what the session holds, and who is logged in by it."""
    return JsonResponse({**_content(request.session), "user": request.user.pk})


def inspect(request):
    """Show the same, and in how many seconds the row of the session expires, if it has one."""
    body = {**_content(request.session), "user": request.user.pk, "expires_in": None}
    if body["found"] and hasattr(request.session, "model"):
        row = request.session.model.objects.filter(pk=request.session.session_key).first()
        body["expires_in"] = row and (row.expire_date - timezone.now()).total_seconds()
    return JsonResponse(body)


def log_in(request):
    """Log a user in; show what the session held before."""
    body = _content(request.session)
    user = get_user_model().objects.get(username=f"user{request.GET['user']}")
    login(request, user, backend=BACKEND)
    return JsonResponse({**body, "user": user.pk})


def log_out(request):
    """Log out; show what the session held before."""
    body = _content(request.session)
    logout(request)
    return JsonResponse(body)


def from_outside(request):
    """Change a session in a thread without a request, as a background writer in this process."""
    answers = []
    operation = request.GET.dict()
    thread = threading.Thread(target=lambda: answers.append(outside.work(operation)))
    thread.start()
    thread.join()
    return JsonResponse(answers[0])


def _content(session):
    data = dict(session.items())
    return {"found": session.session_key is not None, "data": data}


urlpatterns = [
    path("change", change),
    path("show", show),
    path("inspect", inspect),
    path("login", log_in),
    path("logout", log_out),
    path("outside", from_outside),
]

application = get_wsgi_application()
