"""Every address of the platform: the pages, the API, and two questions of the machine room."""

from django.urls import include, path

from linli.channels.api.application import api
from linli.channels.web import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", api.urls),
    path("", include("linli.channels.web.urls")),
]
handler400 = "linli.channels.web.errors.bad_request"
handler403 = "linli.channels.web.errors.forbidden"
handler404 = "linli.channels.web.errors.not_found"
handler500 = "linli.channels.web.errors.broken"
