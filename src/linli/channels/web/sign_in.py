"""Signing in and out in the browser, and registering: the pages that somebody sees who is not known yet.

What one step leaves for the next (a ticket) travels in a short-lived cookie that no script can read.
"""

from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.channels.web import places
from linli.channels.web.forms import Choice, Field, whole_number
from linli.channels.web.post_words import post_words
from linli.channels.web.visitor import actor, forget, language, moment, remember, token
from linli.kernel.refusal import Refusal
from linli.kernel.words import has, say
from linli.people import commands
from linli.people.commands.sessions import Opened
from linli.people.commands.sign_in import Visit
from linli.people.queries import actor_of
from linli.people.rules import ADMINISTRATOR
from linli.people.safety import CODES_PER_PHONE, PROVEN_PHONE_LIFE, TICKET_LIFE

_TICKET = "linli-step"
_NEW = "linli-new"
_WAIT = int(CODES_PER_PHONE[0][1].total_seconds())  # seconds until another code may be asked for
_FIELDS = {"bad_phone": "phone", "wrong_code": "code", "code_expired": "code", "bad_name": "name"}


def visit(request: HttpRequest) -> Visit:
    """Where a request comes from, for counting attempts and for the list of devices."""
    return Visit(request.META.get("REMOTE_ADDR") or "", request.headers.get("User-Agent", ""), "web")


def sentence(request: HttpRequest, refusal: Refusal) -> str:
    return say(f"refusal.{refusal.code}", language(request), **refusal.data)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By phone and code, or by phone and password."""
    if request.method == "GET":
        if actor(request).party is not None:
            return HttpResponseRedirect(_wanted(request) or reverse("web:home"))
        return _page(request, request.GET.get("way", ""))
    way, phone = request.POST.get("way", ""), request.POST.get("phone", "")
    try:
        if way == "password":
            opened = commands.sign_in_with_password(
                at=moment(request), visit=visit(request), phone=phone, password=request.POST.get("password", "")
            )
        else:
            opened = commands.sign_in_with_code(
                at=moment(request), visit=visit(request), phone=phone, code=request.POST.get("code", "")
            )
    except Refusal as refusal:
        if refusal.code == "people.totp_needed":
            return _next_step(request, "web:second_step", _TICKET, refusal)
        if refusal.code == "people.not_registered":
            return _next_step(request, "web:register", _NEW, refusal)
        field = _field_of(refusal, "password" if way == "password" else "code")
        return _page(
            request, way, errors={field: sentence(request, refusal)}, status=refusal.status, sent=way != "password"
        )
    return _signed_in(request, opened)


@never_cache
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code; answers with the part of the form about it, or with the whole page where no script runs."""
    errors, status, wait = {}, 200, _WAIT
    try:
        commands.request_code(at=moment(request), visit=visit(request), phone=request.POST.get("phone", ""))
    except Refusal as refusal:
        errors, status, wait = {"phone_for_code": sentence(request, refusal)}, refusal.status, 0
    context = {"sent": not errors, "wait": wait, "errors": errors}
    if request.headers.get("HX-Request"):
        return render(request, "parts/code.html", context, status=status)
    return _page(request, "code", errors=errors, status=status, sent=not errors)


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, for those who switched it on."""
    error, status = "", 200
    if request.method == "POST":
        try:
            opened = commands.sign_in_with_totp(
                at=moment(request),
                visit=visit(request),
                ticket=request.COOKIES.get(_TICKET, ""),
                totp=request.POST.get("totp", ""),
            )
        except Refusal as refusal:
            error, status = sentence(request, refusal), refusal.status
        else:
            response = _signed_in(request, opened)
            response.delete_cookie(_TICKET, samesite="Lax")
            return response
    context = {"error": error, "next": _wanted(request)}
    return render(request, "sign_in_totp.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Somebody new, whose phone is proven: who they are, where they live, that they are old enough."""
    if not request.COOKIES.get(_NEW):
        return HttpResponseRedirect(_with_next("web:sign_in", _wanted(request)))
    if request.method == "GET":
        return _registration(request)
    home = whole_number(request.POST.get("place"))
    if home is None:
        return _registration(request, {"home": say("people.register.home_needed", language(request))}, status=422)
    try:
        opened = commands.self_register(
            at=moment(request),
            visit=visit(request),
            ticket=request.COOKIES[_NEW],
            name=request.POST.get("name", ""),
            home=home,
            of_age=request.POST.get("of_age") == "yes",
            language=language(request),
        )
    except Refusal as refusal:
        field = "of_age" if refusal.code == "people.guardian_needed" else _field_of(refusal, "head")
        return _registration(request, {field: sentence(request, refusal)}, status=refusal.status)
    response = _signed_in(request, opened)
    response.delete_cookie(_NEW, samesite="Lax")
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, here and in the database."""
    if actor(request).party is not None:
        commands.sign_out(by=actor(request), at=moment(request), token=token(request))
    response = HttpResponseRedirect(reverse("web:home"))
    forget(response)
    response["Clear-Site-Data"] = '"cache"'  # pages and photos that were seen on a computer which others use too
    return response


def _page(
    request: HttpRequest, way: str, *, errors: dict[str, str] | None = None, status: int = 200, sent: bool = False
) -> HttpResponse:
    context = {
        "way": "password" if way == "password" else "code",
        "phone": request.POST.get("phone", ""),
        "next": _wanted(request),
        "sent": sent,
        "wait": _WAIT if sent and not errors else 0,
        "errors": errors or {},
        "demo": _demo_accounts(language(request)) if settings.DEMO else [],
    }
    return render(request, "sign_in.html", context, status=status)


def _registration(request: HttpRequest, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    spoken, errors = language(request), errors or {}
    said = request.POST.get("of_age")
    ages = [
        Choice(value, say(f"people.register.of_age.{value}", spoken), chosen=said == value) for value in ("yes", "no")
    ]
    chosen, typed = whole_number(request.POST.get("place")), request.POST.get("place_words", "")
    offered = places.choices([chosen], chosen) if chosen else places.searched(typed)
    context = {
        "next": _wanted(request),
        "refusal": errors.get("head", ""),
        "name": Field(
            "line",
            "name",
            say("web.people.name", spoken),
            required=True,
            error=errors.get("name", ""),
            value=request.POST.get("name", ""),
            max=30,
            autocomplete="name",
        ),
        "ages": Field(
            "choice",
            "of_age",
            say("people.register.of_age", spoken),
            required=True,
            error=errors.get("of_age", ""),
            choices=ages,
        ),
        "legend": say("people.register.home", spoken),
        "error": errors.get("home", ""),
        "places": offered,
        "place_words": typed,
        "searched": bool(typed),
    }
    return render(request, "register.html", context, status=status)


def _signed_in(request: HttpRequest, opened: Opened) -> HttpResponse:
    """To where they wanted to go, or to what somebody like them looks at first."""
    posts = actor_of(opened.party, moment(request)).posts
    first = "web:home"
    if posts:
        first = "web:people" if all(post.name == ADMINISTRATOR for post in posts) else "web:inbox"
    rotate_token(request)
    response = HttpResponseRedirect(_wanted(request) or reverse(first))
    remember(response, opened)
    return response


def _next_step(request: HttpRequest, route: str, cookie: str, refusal: Refusal) -> HttpResponse:
    """On to the step that the refusal asks for, with its ticket."""
    response = HttpResponseRedirect(_with_next(route, _wanted(request)))
    life = TICKET_LIFE if cookie == _TICKET else PROVEN_PHONE_LIFE
    response.set_cookie(
        cookie,
        refusal.data["ticket"],
        max_age=int(life.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


def _wanted(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if here and not wanted.startswith(reverse("web:sign_in")) else ""


def _with_next(route: str, wanted: str) -> str:
    return f"{reverse(route)}?{urlencode({'next': wanted})}" if wanted else reverse(route)


def _field_of(refusal: Refusal, otherwise: str) -> str:
    return _FIELDS.get(refusal.code.removeprefix("people."), otherwise)


@dataclass(frozen=True, slots=True)
class _DemoAccount:
    role: str
    name: str
    phone: str
    password: str


def _demo_accounts(spoken: str) -> list[_DemoAccount]:
    """Whom to sign in as on a demo installation: the cast that the setting DEMO_CAST names."""
    cast = import_module(getattr(settings, "DEMO_CAST", "linli.channels.console.cast"))
    return [
        _DemoAccount(_role(member.role, spoken), member.name, member.phone, cast.PASSWORD) for member in cast.MEMBERS
    ]


def _role(role: str, spoken: str) -> str:
    kind = f"people.kind.{role}"
    return say(kind, spoken) if has(kind) else post_words(role, spoken)
