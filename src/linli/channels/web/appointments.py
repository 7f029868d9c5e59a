"""Administration of posts: who fills which post at a place, appointing and dismissing."""

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.channels.web import places
from linli.channels.web.forms import Field, fresh_key, whole_number
from linli.channels.web.places import place_words
from linli.channels.web.post_words import post_words
from linli.channels.web.sign_in import sentence
from linli.channels.web.visitor import actor, language, moment, signed_in_only
from linli.kernel import holidays
from linli.kernel.refusal import Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.people import commands, directory
from linli.people.models import Seat
from linli.people.rules import ADMINISTRATOR, APPOINTS, may_appoint
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level, path_range

_WITH_POSTS = (Level.DISTRICT, Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID, Level.BUILDING)
_FIELDS = {"people.bad_name": "shown_name", "people.not_in_the_past": "from_on"}


@never_cache
@require_GET
@signed_in_only
def posts(request: HttpRequest) -> HttpResponse:
    """The posts of one place, and the places below with their vacancies."""
    _check(request)
    typed = request.GET.get("place_words", "")
    number = whole_number(request.GET.get("place"))
    where = _place(number if number is not None else _highest(request)) if number is not None or not typed else None
    context = {
        "places": places.searched(typed) if typed else [],
        "searched": bool(typed),
        "place_words": typed,
        "place": _shown(request, where) if where else None,
        "seats": _seats(request, where) if where else [],
    }
    return render(request, "administration/posts.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def appoint(request: HttpRequest, number: int, post: str) -> HttpResponse:
    """Look somebody up and give them the post."""
    where = _place(number)
    _check_seat(request, post, where)
    sent = request.POST
    if "party" not in sent:
        return _appointing(request, where, post)
    try:
        commands.appoint(
            by=actor(request),
            at=moment(request),
            key=sent.get("key") or None,
            post=post,
            place=number,
            party=whole_number(sent.get("party")) or 0,
            shown_name=sent.get("shown_name") or None,
            from_at=_midnight(sent.get("from_on", ""), moment(request)),
        )
    except Refusal as refusal:
        errors = {_FIELDS.get(refusal.code, "head"): sentence(request, refusal)}
        return _appointing(request, where, post, errors, refusal.status)
    return HttpResponseRedirect(_address(number))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def dismiss(request: HttpRequest, seat: int, party: int) -> HttpResponse:
    """Asked once more, then the post is empty or with the others who hold it."""
    found = Seat.objects.select_related("place").filter(id=seat).first()
    if found is None:
        raise Missing("not_found")
    refused, status = "", 200
    if request.method == "POST":
        key = request.POST.get("key") or None
        try:
            commands.dismiss(by=actor(request), at=moment(request), key=key, seat=seat, party=party)
        except Refusal as refusal:
            refused, status = sentence(request, refusal), refusal.status
        else:
            return HttpResponseRedirect(_address(found.place_id))
    spoken = language(request)
    with scope(actor(request)):
        who = directory.shown_names([party], moment(request)).get(party, say("people.resident", spoken))
    title = say("people.dismiss", spoken, who=who, post=post_words(found.post, spoken))
    confirm = {
        "title": title,
        "text": say("people.dismiss_text", spoken, place=place_words([found.place_id])[found.place_id].whole),
        "label": say("web.posts.dismiss", spoken),
        "action": reverse("web:dismiss", args=[seat, party]),
        "key": fresh_key(),
        "version": None,
        "back": {"href": _address(found.place_id), "label": say("web.posts.title", spoken)},
    }
    return render(request, "confirm.html", {"confirm": confirm, "fields": [], "refusal": refused}, status=status)


def _check(request: HttpRequest) -> None:
    if not actor(request).has_post(ADMINISTRATOR, *APPOINTS):
        raise Forbidden("not_allowed")


def _check_seat(request: HttpRequest, post: str, where: Place) -> None:
    if not may_appoint(actor(request), post, *path_range(where.path, where.level)):
        raise Forbidden("not_allowed")


def _place(number: int) -> Place:
    found = territory.place(number)
    if found.level not in _WITH_POSTS:
        raise Missing("not_found")
    return found


def _highest(request: HttpRequest) -> int:
    """The highest place at which the visitor holds a post: what lies below it is theirs to fill."""
    return max(actor(request).posts, key=lambda post: post.high - post.low).place


def _shown(request: HttpRequest, where: Place) -> dict[str, Any]:
    below = [one for one in territory.children(where.pk) if one.level in _WITH_POSTS]
    with scope(actor(request)):
        vacant = directory.vacancies(below, moment(request))
    return {
        "name": place_words([where.pk])[where.pk].whole,
        "path": [{"href": _address(one.pk), "name": one.name} for one in territory.ancestors(where.pk)[:0:-1]],
        "poster": reverse("web:poster", args=[where.pk]) if where.level == Level.BUILDING else "",
        "children": [{"href": _address(one.pk), "name": one.name, "vacant": vacant[one.pk]} for one in below],
    }


def _seats(request: HttpRequest, where: Place) -> list[dict[str, Any]]:
    spoken, zone = language(request), holidays.zone()
    with scope(actor(request)):
        found = directory.posts_at(where.pk, where.level, moment(request))
    reach = path_range(where.path, where.level)
    return [
        {
            "post": post_words(one.post, spoken),
            "at_least": one.at_least,
            "vacant": one.missing > 0,
            "appoint": reverse("web:appoint", args=[where.pk, one.post])
            if may_appoint(actor(request), one.post, *reach)
            else "",
            "holders": [
                {
                    "name": holder.shown_name,
                    "since": holder.since_at.astimezone(zone).date(),
                    "absent": holder.away,
                    "substitute": holder.substitute,
                    "dismiss": reverse("web:dismiss", args=[one.seat, holder.party]),
                }
                for holder in one.holders
            ],
        }
        for one in found
    ]


def _appointing(
    request: HttpRequest, where: Place, post: str, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    spoken, sent, errors = language(request), request.POST, errors or {}
    q, chosen = sent.get("q", "").strip(), whole_number(sent.get("party"))
    with scope(actor(request)):
        found = directory.people_list(moment(request), search=q)[0] if q else []
        again = directory.person(chosen, moment(request)) if chosen else None
    people = found or ([again] if again else [])
    homes = place_words([one.home for one in people if one.home is not None])
    context = {
        "seat": {"post": post_words(post, spoken), "place": place_words([where.pk])[where.pk].whole},
        "back": {"href": _address(where.pk), "label": say("web.posts.title", spoken)},
        "key": fresh_key(),
        "q": q,
        "found": [_candidate(one, homes, spoken, chosen=one.party == chosen or len(people) == 1) for one in people],
        "fields": [
            Field(
                "line",
                "shown_name",
                say("people.appoint.shown_name", spoken),
                hint=say("people.appoint.shown_name_hint", spoken),
                error=errors.get("shown_name", ""),
                value=sent.get("shown_name", ""),
                max=100,
            ),
            Field(
                "date",
                "from_on",
                say("people.appoint.from_on", spoken),
                hint=say("people.absence.from_hint", spoken),
                error=errors.get("from_on", ""),
                value=sent.get("from_on", ""),
            ),
        ],
        "refusal": errors.get("head", ""),
    }
    return render(request, "administration/appoint.html", context, status=status)


def _candidate(
    one: directory.Person, homes: dict[int, places.PlaceWords], spoken: str, *, chosen: bool
) -> dict[str, Any]:
    return {
        "id": one.party,
        "name": one.name,
        "phone": one.phone,
        "home": homes[one.home].whole if one.home in homes else "",
        "posts": "、".join(post_words(post.post, spoken) for post in one.posts),
        "chosen": chosen,
    }


def _midnight(typed: str, now: datetime) -> datetime | None:
    """The beginning of the day that was typed, in the district's zone; None for today or nothing."""
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Refusal("bad_input", what=typed[:20]) from None
    zone = holidays.zone()
    return None if day == now.astimezone(zone).date() else datetime.combine(day, time(), zone)


def _address(place: int) -> str:
    return f"{reverse('web:posts')}?place={place}"
