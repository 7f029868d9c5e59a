"""What surrounds every request: the database's weather, the district, headers, and refusals said in plain words."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from linli.channels.web import errors
from linli.kernel.refusal import Missing, Refusal, Unavailable
from linli.kernel.registry import tenants

Handler = Callable[[HttpRequest], HttpResponseBase]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


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
    """A strict content policy from the first page: nothing inline, nothing from elsewhere."""

    @functools.wraps(answer)
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.setdefault("Content-Security-Policy", _POLICY)
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
