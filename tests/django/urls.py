"""The views of the test project are whatever a test has put into ``VIEWS``."""

from django.urls import path

VIEWS = {}


def dispatch(request, name):
    return VIEWS[name](request)


urlpatterns = [path("<str:name>/", dispatch)]
