"""The site for ASGI servers: its consumers, and those of the examples in the documentation."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "depot.settings")
http = get_asgi_application()

from shop.asgi import websockets  # noqa: E402

from depot.consumers import EditConsumer, ScopeConsumer  # noqa: E402 - after Django is set up

routes = [
    path("scope", ScopeConsumer.as_asgi()),
    path("edit", EditConsumer.as_asgi()),
    path("shop/", websockets),
]
application = ProtocolTypeRouter(
    {"http": http, "websocket": SessionMiddlewareStack(URLRouter(routes))}
)
