"""A shop in which a card is charged, with a lock and without.

A charge is a line in the file CHARGES: it is outside of every transaction, and nothing takes it
back.
"""

import asyncio
import os
import time

import shop_settings  # noqa: F401
from django.contrib.auth import get_user_model, login
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from session_merge.django import claim, exclusive

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT_THE_BANK_S = 0.2
PATIENCE_S = 60
LEASE_S = 2
FOR_EVER_S = 120


def start(request):
    """Log the customer in, with a cart to pay for and a token to use once."""
    login(request, get_user_model().objects.get(username="customer"), backend=BACKEND)
    request.session["cart"] = [1, 2, 3]
    request.session["token"] = "once"
    return HttpResponse(status=204)


def show(request):
    """Show what the session holds."""
    return JsonResponse({name: request.session.get(name) for name in ("cart", "paid", "token")})


def pay_unlocked(request):
    """Pay as one would without knowing of other requests."""
    return _pay(request)


@exclusive(timeout=PATIENCE_S)
def pay(request):
    """Pay in a view that is exclusive as a whole."""
    return _pay(request)


def pay_as_user(request):
    """Pay in a block, when the session has been read before, and by whom is known."""
    if not request.user.is_authenticated or "paid" in request.session:
        return HttpResponse("had been paid")
    with exclusive(request.session, timeout=PATIENCE_S):
        return _pay(request)


@exclusive(timeout=PATIENCE_S)
async def pay_async(request):
    """Pay in an async view that is exclusive as a whole."""
    if await request.session.aget("paid"):
        return HttpResponse("had been paid")
    await asyncio.sleep(AT_THE_BANK_S)
    _note_charge()
    await request.session.aset("paid", True)
    return HttpResponse("paid")


@exclusive(timeout=0.3)
def pay_at_once(request):
    """Pay, or say that somebody else is about to."""
    return _pay(request)


@exclusive(timeout=PATIENCE_S, lease=LEASE_S)
def hold(request):
    """Tell the process id, and never come back."""
    request.session["cart"] = "lost with the process"
    with open(os.environ["HOLDER"], "w") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(FOR_EVER_S)


def pop_token(request):
    """Use the token as one would without knowing of other requests."""
    found = request.session.pop("token", None)
    time.sleep(AT_THE_BANK_S)
    return HttpResponse("got it" if found else "too late")


def claim_token(request):
    """Use the token once."""
    found = claim(request.session, "token", None)
    return HttpResponse("got it" if found else "too late")


def _pay(request):
    if "paid" in request.session:
        return HttpResponse("had been paid")
    time.sleep(AT_THE_BANK_S)
    _note_charge()
    request.session["paid"] = True
    return HttpResponse("paid")


def _note_charge():
    with open(os.environ["CHARGES"], "ab", buffering=0) as file:
        file.write(b"charged\n")


PAYING = [pay_unlocked, pay, pay_as_user, pay_async, pay_at_once]
VIEWS = [start, show, *PAYING, hold, pop_token, claim_token]
urlpatterns = [path(view.__name__, view) for view in VIEWS]

application = get_wsgi_application()
