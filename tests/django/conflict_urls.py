"""A page that changes a place of the session while another request changes it too."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from support import elsewhere, write_as_other


def seat(request):
    """Change the session after somebody else has changed what this request has loaded."""
    request.session.keys()
    key = request.COOKIES[settings.SESSION_COOKIE_NAME]
    if "theirs" in request.GET:
        elsewhere(lambda: write_as_other(key, seat=request.GET["theirs"]))
    request.session["seat"] = request.GET["mine"]
    return HttpResponse("taken")


urlpatterns = [path("seat", seat)]
