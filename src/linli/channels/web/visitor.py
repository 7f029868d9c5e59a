"""Who looks at a page: known by the cookie of a session, the same sessions that the API has."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from linli.channels.web.errors import language
from linli.kernel.actor import NOBODY, Actor
from linli.people.commands import mark_used
from linli.people.commands.sessions import Opened
from linli.people.queries import SignedIn, signed_in

COOKIE = "linli"
COOKIE_AGE = 60 * 24 * 3600  # seconds; the session behind it may end sooner
View = Callable[..., HttpResponse]


def token(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def session(request: HttpRequest) -> SignedIn | None:
    """The session of this request, looked up once."""
    if not hasattr(request, "_session"):
        found = signed_in(token(request), moment(request)) if token(request) else None
        if found and found.unmarked:
            mark_used(found.session, moment(request))
        request._session = found  # type: ignore[attr-defined]
    return cast(SignedIn | None, request._session)  # type: ignore[attr-defined]


def actor(request: HttpRequest) -> Actor:
    found = session(request)
    return found.actor if found else NOBODY


def moment(request: HttpRequest) -> datetime:
    """The instant of the request, taken once when it came in."""
    return cast(datetime, request.at)  # type: ignore[attr-defined]


def remember(response: HttpResponse, opened: Opened) -> None:
    """Put a fresh session into the visitor's cookie: not for scripts, not for other sites."""
    response.set_cookie(COOKIE, opened.token, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS)


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def signed_in_only(view: View) -> View:
    """Whoever is not signed in is asked to, and comes back to where they wanted to go."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if actor(request).party is None:
            return to_sign_in(request)
        return view(request, *arguments, **named)

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = request.get_full_path() if request.method == "GET" else reverse("web:home")
    address = f"{reverse('web:sign_in')}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


__all__ = ["actor", "forget", "language", "moment", "remember", "session", "signed_in_only", "to_sign_in", "token"]
