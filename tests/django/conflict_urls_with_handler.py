"""The same, of a site that has its own words for a conflict."""

from conflict_urls import urlpatterns
from django.http import HttpResponse
from django.views.defaults import bad_request
from session_merge.django import SessionConflict

__all__ = ["handler400", "urlpatterns"]


def handler400(request, exception):
    """Answer 409 where two requests wanted what only one can have."""
    if isinstance(exception, SessionConflict):
        return HttpResponse("Somebody else was faster. Try again.", status=409)
    return bad_request(request, exception)
