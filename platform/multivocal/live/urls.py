"""Addresses of the plain twin; served by the ASGI handler (see asgi.py)."""

from django.urls import path

from multivocal.live.views import live

urlpatterns = [path("<slug:slug>/<slug:stage>/", live, name="live")]
