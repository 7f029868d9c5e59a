"""What surrounds every request: the database's weather, the district, headers, and refusals said in plain words."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from linli.channels.web import errors
from linli.kernel.refusal import Missing, Refusal, TooLarge, Unavailable
from linli.kernel.registry import tenants

Handler = Callable[[HttpRequest], HttpResponseBase]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


LARGEST_BODY = 96 * 1024**2  # bytes: nine photos of 10 MB, and what is written beside them


def find_district(answer: Handler) -> Handler:
    """Turn the connection to the district that the host names; the two health questions need none."""

    @functools.wraps(answer)
    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]
        if request.path in ("/healthz", "/readyz"):
            return answer(request)
        try:
            found = tenants.by_host(request.get_host().partition(":")[0])
            if found is None:
                return errors.refused(request, Missing("district.unknown", district=""))
            tenants.enter(found)
        except (OperationalError, InterfaceError):
            return _database_away(request)
        request.tenant = found  # type: ignore[attr-defined]
        return answer(request)

    return middleware


def refuse_oversized(answer: Handler) -> Handler:
    """Nobody, signed in or not, has more read from them than the largest form that there is."""

    @functools.wraps(answer)
    def middleware(request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdecimal() or len(announced) > 12 or int(announced) > LARGEST_BODY:
            return errors.refused(request, TooLarge("too_large", limit_mb=LARGEST_BODY // 1024**2))
        return answer(request)

    return middleware


def refuse_unprintable(answer: Handler) -> Handler:
    """No address and no form holds a NUL character, which no text of the database can hold either."""

    @functools.wraps(answer)
    def middleware(request: HttpRequest) -> HttpResponseBase:
        sent = [request.path, *_values(request.GET)]
        if request.method == "POST" and not request.path.startswith("/api/"):
            sent += _values(request.POST)
        if any("\0" in text for text in sent):
            return errors.refused(request, Refusal("unprintable"))
        return answer(request)

    return middleware


def guard_headers(answer: Handler) -> Handler:
    """A strict content policy from the first page: nothing inline, nothing from elsewhere. And what one person saw is
    kept for nobody else: not by a proxy, and by a browser only until it has asked again."""

    @functools.wraps(answer)
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.setdefault("Content-Security-Policy", _POLICY)
        keep = "no-store" if request.path.startswith("/api/") else "private, no-cache"
        response.setdefault("Cache-Control", keep)
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        if isinstance(response, HttpResponse):
            response.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware


def speak_plainly(answer: Handler) -> Handler:
    """A refusal that a view lets through becomes a sentence in the user's language; a database that is away becomes
    a 503 with Retry-After: nothing was half done, try again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return answer(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (OperationalError, InterfaceError)):
            return _database_away(request)
        return errors.refused(request, error) if isinstance(error, Refusal) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _database_away(request: HttpRequest) -> HttpResponse:
    connection.close()
    return errors.refused(request, Unavailable("database_away"))


def _values(given: QueryDict) -> list[str]:
    return [text for name, listed in given.lists() for text in (name, *listed)]
