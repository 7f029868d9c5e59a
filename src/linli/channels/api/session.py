"""Signing in and out."""

from django.http import HttpRequest
from ninja import Router, Schema

from linli.channels.api.problems import CHANGING, answers
from linli.channels.api.security import moment
from linli.people.commands import sign_in_with_password
from linli.people.commands.sign_in import Visit

router = Router(tags=["session"])


class SignIn(Schema):
    """`totp` is the second factor's code, where it is switched on."""

    phone: str
    password: str
    totp: str | None = None


class Token(Schema):
    """Send it as `Authorization: Bearer <token>`."""

    token: str


@router.post("/session", response=answers(200, Token, CHANGING), auth=None, summary="Sign in by phone and password")
def sign_in(request: HttpRequest, body: SignIn) -> Token:
    visit = Visit(request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""), "api")
    opened = sign_in_with_password(
        at=moment(request), visit=visit, phone=body.phone, password=body.password, totp=body.totp
    )
    return Token(token=opened.token)
