"""Addresses that break, for the tests of the page that says so."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

handler500 = "multivocal.refusals.server_error"


def breaks(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("inside, which nobody outside may see")


urlpatterns = [
    path("s/<slug:slug>/here/", breaks),
    path("api/v1/x", breaks),
    path("", include("multivocal.urls")),
]
