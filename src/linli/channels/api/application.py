"""The API, version 1: a thin layer of commands and queries. Refusals become a status, a code and a sentence."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer

from linli.channels.api import indicators, kinds, matters, photos, places, session
from linli.channels.api.security import language
from linli.kernel.refusal import Refusal
from linli.kernel.words import say

RETRY_AFTER = "5"  # seconds


class PlainRenderer(JSONRenderer):
    """JSON as people can read it: Chinese stays Chinese, and takes half the room."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


api = NinjaAPI(
    title="Linli 邻里",
    version="1",
    description="Residents report, grid workers and community staff handle it in time, all see what became of it.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    renderer=PlainRenderer(),
)
api.add_router("", session.router)
api.add_router("", places.router)
api.add_router("", kinds.router)
api.add_router("", photos.router)
api.add_router("", matters.router)
api.add_router("", indicators.router)


@api.exception_handler(Refusal)
def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    sentence = say(f"refusal.{refusal.code}", language(request), **refusal.data)
    return _answer(request, refusal.status, refusal.code, sentence, refusal.data)


@api.exception_handler(AuthenticationError)
def ask_to_sign_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _answer(request, 401, "sign_in_first", say("refusal.sign_in_first", language(request)), {})


@api.exception_handler(ValidationError)
def point_out(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the schema refuses: where, and why; never what was sent."""
    faults = [{"where": ".".join(map(str, fault["loc"])), "why": fault["msg"]} for fault in error.errors]
    where = "、".join(fault["where"] for fault in faults)
    sentence = say("refusal.bad_input", language(request), what=where)
    return _answer(request, 422, "bad_input", sentence, {"faults": faults})


@api.exception_handler(HttpError)
def stumble(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What cannot be read at all, a body that is no JSON say."""
    return _answer(request, error.status_code, "unreadable", say("refusal.unreadable", language(request)), {})


def _answer(request: HttpRequest, status: int, code: str, message: str, data: dict[str, Any]) -> HttpResponse:
    response = api.create_response(request, {**data, "code": code, "message": message}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    if status == 429 and "seconds" in data:
        response["Retry-After"] = str(data["seconds"])
    return response
