"""Administration of people: who is here, entered and corrected, and their accounts. Names and phones are masked."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.channels.web import places
from linli.channels.web.forms import Choice, Field, fresh_key, whole_number
from linli.channels.web.post_words import post_words
from linli.channels.web.sign_in import sentence
from linli.channels.web.visitor import actor, language, moment, signed_in_only
from linli.kernel import holidays
from linli.kernel.refusal import Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.kernel.words import LANGUAGES, say
from linli.people import commands, directory
from linli.people.models import Party
from linli.people.rules import KEEPS_PEOPLE, may_administer

_FIELDS = {
    "people.bad_name": "name",
    "people.bad_phone": "phone",
    "people.phone_taken": "phone",
    "people.administrator_changes_it": "name",
}


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def people(request: HttpRequest) -> HttpResponse:
    """Everybody within reach, or whoever has a whole name or phone, which is posted: it belongs into no address."""
    _check(request)
    q, page = request.POST.get("q", "").strip(), max(1, whole_number(request.GET.get("page")) or 1)
    with scope(actor(request)):
        found, more = directory.people_list(moment(request), search=q, page=page)
        where = _where(found)
    context = {
        "q": q,
        "people": [_row(one, where, language(request)) for one in found],
        "pager": {
            "previous": _page_address(page - 1) if page > 1 else "",
            "next": _page_address(page + 1) if more else "",
            "page": page,
            "pages": 0,
        },
    }
    return render(request, "administration/people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def new_person(request: HttpRequest) -> HttpResponse:
    """Enter somebody. An administrator gives staff with a phone an account at once: they sign in by code."""
    _check(request)
    if request.method == "GET":
        return _form(request, None)
    by, at, sent = actor(request), moment(request), request.POST
    key = sent.get("key") or fresh_key()
    try:
        event = commands.register_party(
            by=by,
            at=at,
            key=key,
            kind=sent.get("kind", ""),
            name=sent.get("name", ""),
            phone=sent.get("phone") or None,
            home=whole_number(sent.get("place")),
            language=sent.get("language") or "zh",
        )
        party = int(event.subject.partition(":")[2])
        if may_administer(by) and sent.get("kind") == "staff" and sent.get("phone"):
            commands.open_account(by=by, at=at, key=f"{key}/account", party=party)
    except Refusal as refusal:
        return _form(request, None, _error(request, refusal), refusal.status)
    return HttpResponseRedirect(reverse("web:person", args=[party]))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One of them. What is left empty stays as it is: the masks are not sent back."""
    _check(request)
    found = _found(request, number)
    if request.method == "GET":
        return _form(request, found)
    sent = request.POST
    home = whole_number(sent.get("place"))
    try:
        commands.change_party(
            by=actor(request),
            at=moment(request),
            key=sent.get("key") or None,
            party=number,
            version=whole_number(sent.get("version")),
            name=sent.get("name") or None,
            phone=sent.get("phone") or None,
            home=home if home != found.home else None,
            language=sent.get("language") if sent.get("language") != found.language else None,
        )
    except Refusal as refusal:
        return _form(request, found, _error(request, refusal), refusal.status)
    return HttpResponseRedirect(reverse("web:person", args=[number]))


@require_POST
@signed_in_only
def change_account(request: HttpRequest, number: int, deed: str) -> HttpResponse:
    """Open, close or unlock somebody's account, or switch their second step off: for the administrator."""
    by, at = actor(request), moment(request)
    try:
        if deed == "open":
            commands.open_account(by=by, at=at, party=number)
        elif deed == "close":
            commands.close_account(by=by, at=at, party=number)
        elif deed == "unlock":
            commands.unlock_account(by=by, at=at, party=number)
        elif deed == "totp_off":
            commands.switch_totp_off(by=by, at=at, party=number)
        else:
            raise Missing("not_found")
    except Refusal as refusal:
        return _form(request, _found(request, number), {"head": sentence(request, refusal)}, refusal.status)
    return HttpResponseRedirect(reverse("web:person", args=[number]))


@never_cache
@require_POST
@signed_in_only
def reveal(request: HttpRequest, number: int, field: str) -> HttpResponse:
    """Show what is masked, for a reason; it is recorded and shown in this answer only."""
    reason, key = request.POST.get("reason", ""), request.POST.get("key") or None
    try:
        shown = commands.reveal(
            by=actor(request), at=moment(request), key=key, party=number, field=field, reason=reason
        )
    except Refusal as refusal:
        return _form(request, _found(request, number), {"head": sentence(request, refusal)}, refusal.status)
    return _form(request, _found(request, number), revealed={field: shown.value})


def _check(request: HttpRequest) -> None:
    if not actor(request).has_post(*KEEPS_PEOPLE):
        raise Forbidden("not_allowed")


def _found(request: HttpRequest, number: int) -> directory.Person:
    with scope(actor(request)):
        found = directory.person(number, moment(request))
    if found is None:
        raise Missing("not_found")
    return found


def _row(one: directory.Person, where: dict[int, places.PlaceWords], spoken: str) -> dict[str, Any]:
    return {
        "href": reverse("web:person", args=[one.party]),
        "name": one.name,
        "phone": one.phone,
        "kind": say(f"people.kind.{one.kind}", spoken),
        "home": where[one.home].whole if one.home in where else "",
        "posts": [{"post": post_words(post.post, spoken), "place": where[post.place].whole} for post in one.posts],
        "locked": one.locked,
    }


def _form(
    request: HttpRequest,
    found: directory.Person | None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    revealed: dict[str, str] | None = None,
) -> HttpResponse:
    errors = errors or {}
    context = {
        "person": _shown(request, found, revealed or {}) if found else None,
        "fields": _fields(request, found, errors),
        "key": fresh_key(),
        "action": reverse("web:person", args=[found.party]) if found else reverse("web:person_new"),
        "refusal": errors.get("head", ""),
    }
    return render(request, "administration/person.html", context, status=status)


def _shown(request: HttpRequest, one: directory.Person, revealed: dict[str, str]) -> dict[str, Any]:
    spoken, zone = language(request), holidays.zone()
    where = _where([one])
    deeds = {
        deed: reverse("web:change_account", args=[one.party, deed]) for deed in ("open", "close", "unlock", "totp_off")
    }
    return {
        "id": one.party,
        "name": revealed.get("name", one.name),
        "phone": revealed.get("phone", one.phone),
        "version": one.version,
        "posts": [
            {
                "post": post_words(post.post, spoken),
                "place": where[post.place].whole,
                "since": post.since_at.astimezone(zone).date(),
                "dismiss": reverse("web:dismiss", args=[post.seat, one.party]),
            }
            for post in one.posts
        ],
        "locked": one.locked and may_administer(actor(request)),
        "unlock": deeds["unlock"],
        "account": {
            "kept": may_administer(actor(request)) and one.party != actor(request).party,
            "state": one.account,
            "words": say(f"people.account.{one.account}", spoken),
            "totp": one.second_factor,
            "deeds": deeds,
        },
        "masked": [
            {
                "field": field,
                "label": say(f"web.people.{field}", spoken),
                "look": say(f"people.reveal.{field}", spoken),
                "shown": revealed.get(field, getattr(one, field)),
                "reveal": "" if field in revealed else reverse("web:reveal_person", args=[one.party, field]),
                "key": fresh_key(),
            }
            for field in ("name", "phone")
            if getattr(one, field)
        ],
    }


def _fields(request: HttpRequest, found: directory.Person | None, errors: dict[str, str]) -> list[Any]:
    spoken, sent = language(request), request.POST
    kept = say("people.form.kept", spoken) if found else ""
    fields: list[Any] = [
        Field(
            "line",
            "name",
            say("web.people.name", spoken),
            required=not found,
            hint=kept,
            error=errors.get("name", ""),
            value=sent.get("name", ""),
            max=100,
        ),
        Field(
            "line",
            "phone",
            say("web.people.phone", spoken),
            hint=kept,
            error=errors.get("phone", ""),
            value=sent.get("phone", ""),
            max=20,
            mode="tel",
        ),
    ]
    if found is None:
        kinds = [
            Choice(kind, say(f"people.kind.{kind}", spoken), chosen=sent.get("kind", "resident") == kind)
            for kind in Party.KINDS
        ]
        fields.append(Field("choice", "kind", say("web.people.kind", spoken), required=True, choices=kinds))
    fields.append(_home(request, found, errors))
    now = sent.get("language") or (found.language if found else "zh")
    tongues = [Choice(one, say(f"people.language.{one}", spoken), chosen=one == now) for one in LANGUAGES]
    fields.append(Field("choice", "language", say("web.account.language", spoken), required=True, choices=tongues))
    return fields


def _home(request: HttpRequest, found: directory.Person | None, errors: dict[str, str]) -> dict[str, Any]:
    chosen = whole_number(request.POST.get("place")) or (found.home if found else None)
    return {
        "kind": "place",
        "name": "place",
        "label": say("web.people.home", language(request)),
        "error": errors.get("place", ""),
        "places": places.choices([chosen], chosen) if chosen else places.searched(request.POST.get("place_words", "")),
    }


def _where(people: list[directory.Person]) -> dict[int, places.PlaceWords]:
    """The places in which these people live and hold posts."""
    homes = [one.home for one in people if one.home is not None]
    return places.place_words([*homes, *(post.place for one in people for post in one.posts)])


def _page_address(page: int) -> str:
    return f"{reverse('web:people')}?page={page}"


def _error(request: HttpRequest, refusal: Refusal) -> dict[str, str]:
    return {_FIELDS.get(refusal.code, "head"): sentence(request, refusal)}
