"""Addresses of the sockets."""

from django.urls import path

from multivocal.live.consumer import LiveConsumer

websocket_urlpatterns = [path("ws/live/<slug:slug>/<slug:stage>/", LiveConsumer.as_asgi())]
