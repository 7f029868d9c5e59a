"""Who is asking: the bearer token of a session, and the language of the answer."""

from datetime import datetime
from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Header
from ninja.security import HttpBearer

from linli.kernel.actor import Actor
from linli.kernel.words import preferred
from linli.people.queries import signed_in

Key = Annotated[
    str | None,
    Header(None, alias="Idempotency-Key", min_length=1, max_length=200, description="the same again: the first result"),
]


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`, the token of POST /session."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = signed_in(token, moment(request))
        if found is None:
            return None
        request.actor = found.actor  # type: ignore[attr-defined]
        return found.actor


def actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def moment(request: HttpRequest) -> datetime:
    """The instant of the request, taken once when it came in."""
    return cast(datetime, request.at)  # type: ignore[attr-defined]


def language(request: HttpRequest) -> str:
    """The language of the answer, as the asker prefers it (Accept-Language)."""
    return preferred(request.headers.get("Accept-Language", ""))
