"""My account: who I am here, password, second step, where I am signed in."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.channels.web.codes import svg_of
from linli.channels.web.forms import Field
from linli.channels.web.places import place_words
from linli.channels.web.post_words import post_words
from linli.channels.web.sign_in import sentence
from linli.channels.web.visitor import actor, language, moment, session, signed_in_only
from linli.kernel.masks import mask_phone
from linli.kernel.refusal import Conflict, Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.people import commands, directory
from linli.people.models import Session


@dataclass(frozen=True, slots=True)
class Device:
    """A session in the list of devices."""

    device: str
    since: datetime
    seen_on: date
    this: bool
    action: str


@never_cache
@require_GET
@signed_in_only
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@signed_in_only
def set_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other device has to sign in again."""
    found = session(request)
    try:
        commands.set_password(
            by=actor(request),
            at=moment(request),
            party=actor(request).party or 0,
            password=request.POST.get("new_password", ""),
            current=request.POST.get("password"),
            keep=found.session if found else None,
        )
    except Refusal as refusal:
        field = "password" if refusal.code in ("people.wrong_password", "people.locked") else "new_password"
        return _page(request, errors={field: sentence(request, refusal)}, status=refusal.status)
    return _page(request, notice=say("people.account.password_set", language(request)))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def totp_on(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code, and take the first code of the app; then the recovery codes, once."""
    error, status = "", 200
    try:
        if request.method == "POST":
            code = request.POST.get("totp", "")
            switched = commands.switch_totp_on(by=actor(request), at=moment(request), code=code)
            return render(request, "recovery_codes.html", {"codes": switched.recovery_codes})
    except Conflict:
        return HttpResponseRedirect(reverse("web:account"))
    except Refusal as refusal:
        error, status = sentence(request, refusal), refusal.status
    try:
        offer = commands.offer_totp(by=actor(request), at=moment(request))
    except Conflict:
        return HttpResponseRedirect(reverse("web:account"))
    context = {"code_svg": svg_of(offer.address), "secret": _in_groups(offer.secret), "error": error}
    return render(request, "totp_on.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def totp_off(request: HttpRequest) -> HttpResponse:
    """Asked once more, with a last code of the app."""
    error, status = "", 200
    if request.method == "POST":
        try:
            commands.switch_totp_off(by=actor(request), at=moment(request), code=request.POST.get("totp", ""))
        except Conflict:
            return HttpResponseRedirect(reverse("web:account"))
        except Refusal as refusal:
            error, status = sentence(request, refusal), refusal.status
        else:
            return HttpResponseRedirect(reverse("web:account"))
    spoken = language(request)
    confirm = {
        "title": say("web.account.totp.off", spoken),
        "text": say("people.totp.off_text", spoken),
        "label": say("web.account.totp.off", spoken),
        "action": reverse("web:totp_off"),
        "key": "",
        "version": None,
        "back": {"href": reverse("web:account"), "label": say("web.account.title", spoken)},
    }
    asked = Field(
        "line", "totp", say("web.totp.code", spoken), required=True, error=error, max=24, autocomplete="one-time-code"
    )
    return render(request, "confirm.html", {"confirm": confirm, "fields": [asked]}, status=status)


@require_POST
@signed_in_only
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign one device out."""
    try:
        commands.end_sessions(by=actor(request), at=moment(request), session=number)
    except Refusal as refusal:
        return _page(request, refusal=sentence(request, refusal), status=refusal.status)
    return HttpResponseRedirect(reverse("web:account"))


@require_POST
@signed_in_only
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign all other devices out."""
    found = session(request)
    commands.end_sessions(by=actor(request), at=moment(request), keep=found.session if found else None)
    return HttpResponseRedirect(reverse("web:account"))


def _page(
    request: HttpRequest,
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    me, spoken = actor(request), language(request)
    with scope(me):
        mine = directory.my_details(me.party or 0)
        devices = [_device(one, request) for one in directory.my_sessions(me.party or 0, moment(request))]
        where = place_words([*([mine.home] if mine and mine.home else []), *(post.place for post in me.posts)])
    assert mine is not None
    context = {
        "me": {
            "name": mine.name,
            "phone": mask_phone(mine.phone) if mine.phone else "",
            "home": where[mine.home].whole if mine.home in where else "",
            "posts": [{"post": post_words(post.name, spoken), "place": where[post.place].whole} for post in me.posts],
        },
        "totp": {"offered": bool(me.posts) or mine.second_factor, "on": mine.second_factor},
        "password": {"set": mine.has_password},
        "sessions": devices,
        "end_others": reverse("web:end_other_sessions") if len(devices) > 1 else "",
        "errors": errors or {},
        "refusal": refusal,
        "notice": notice,
    }
    return render(request, "account.html", context, status=status)


def _device(one: Session, request: HttpRequest) -> Device:
    found = session(request)
    return Device(
        say(f"people.device.{one.device}", language(request)),
        one.opened_at,
        one.used_on,
        found is not None and found.session == one.id,
        reverse("web:end_session", args=[one.id]),
    )


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
