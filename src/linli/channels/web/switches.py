"""Language and large type: kept in the browser, for whoever looks, signed in or not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from linli.kernel.words import LANGUAGES

YEAR = 365 * 24 * 3600  # seconds


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    return _remembered(request, "language", chosen if chosen in LANGUAGES else "zh")


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    return _remembered(request, "large", "1" if request.POST.get("large") == "1" else "0")


def _remembered(request: HttpRequest, name: str, value: str) -> HttpResponse:
    """Back to the page from which it was switched, but to no other site. The script of large type writes the same."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    response = HttpResponseRedirect(wanted if safe else reverse("web:home"))
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response
