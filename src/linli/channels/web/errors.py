"""Errors as pages, parts of pages or JSON: what happened and what to do, in the user's words."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from linli.kernel.refusal import Refusal
from linli.kernel.words import preferred, say

RETRY_AFTER = "5"  # seconds


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as the asker can read it: JSON under /api/, a page elsewhere."""
    sentence = say(f"refusal.{refusal.code}", language(request), **refusal.data)
    response: HttpResponse
    if request.path.startswith("/api/"):
        body = {"code": refusal.code, "message": sentence, **refusal.data}
        response = JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    else:
        response = _page(request, refusal.status, sentence)
    if refusal.status == 503:
        response["Retry-After"] = RETRY_AFTER
    if refusal.status == 429 and "seconds" in refusal.data:
        response["Retry-After"] = str(refusal.data["seconds"])
    return response


def language(request: HttpRequest) -> str:
    """The language on screen: the visitor's own choice (a cookie), else Chinese. Programs say what they prefer."""
    if request.path.startswith("/api/"):
        return preferred(request.headers.get("Accept-Language", ""))
    return "en" if request.COOKIES.get("language") == "en" else "zh"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _plain(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return _plain(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _plain(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _plain(request, 500)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    sentence = say(f"web.error.{status}", language(request))
    if request.path.startswith("/api/"):
        return JsonResponse({"code": str(status), "message": sentence}, status=status)
    return _page(request, status, sentence)


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    context = {"status": status, "sentence": sentence, "language": language(request)}
    return HttpResponse(render_to_string("error.html", context), status=status)
