"""The server's one ASGI application: sockets and live answers on the event loop, pages on threads."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")

from django.core.asgi import get_asgi_application

live = get_asgi_application()  # sets Django up; what is imported below has models

from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from multivocal.live.hub import hub
from multivocal.live.routing import websocket_urlpatterns
from multivocal.pages import Pages, with_small_body
from multivocal.wsgi import application as wsgi_application

pages = Pages(wsgi_application, threads=int(os.environ.get("WEB_THREADS", "6")))

sockets = AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Hand a connection to the part that serves it."""
    if scope["type"] == "lifespan":
        await _live_and_end(receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["path"].startswith("/live/"):
        await with_small_body(live, scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live_and_end(receive: Any, send: Any) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await hub().close()
    pages.pool.shutdown(wait=False, cancel_futures=True)
    await send({"type": "lifespan.shutdown.complete"})
