"""The views of the test project are whatever a test has put into ``VIEWS``."""

from django.urls import path

VIEWS = {}


def dispatch(request, name):
    return VIEWS[name](request)


async def dispatch_async(request, name):
    return await VIEWS[name](request)


urlpatterns = [path("async/<str:name>/", dispatch_async), path("<str:name>/", dispatch)]
