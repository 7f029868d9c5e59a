"""Reporting something: the first screen, the form, what neighbours reported already, and where else to go."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.channels.web import places as picking
from linli.channels.web.codes import svg_of
from linli.channels.web.forms import Entered, carried, draw, fresh_key, read, refused, whole_number
from linli.channels.web.home import first_screen
from linli.channels.web.matter_page import shown, words_for
from linli.channels.web.neighbours import Neighbour, around, neighbours
from linli.channels.web.offices import OFFICES, gas_company
from linli.channels.web.topics import TOPIC, topics
from linli.channels.web.visitor import actor, language, moment, signed_in_only, to_sign_in
from linli.kernel.actor import Actor
from linli.kernel.refusal import Missing, Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.matters import queries
from linli.matters.commands import move_matter, open_matter
from linli.matters.models import Kind
from linli.matters.portrait import FOLLOW, portrait
from linli.matters.situation import rules_of
from linli.matters.wording import Wording, kind_words
from linli.people import directory
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level

LOOK = "look"  # sent by whoever has no script, to search for places before anything else
SIMILAR = 3  # matters of neighbours offered instead of writing one's own


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    with scope(actor(request)):
        context = first_screen(actor(request), moment(request), language(request))
    return render(request, "home.html", context | {"gas": gas_company(request)})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Raise a matter: topic, place, a sentence. GET ?kind=&topic=&place= fills in what is known already."""
    return raise_one(request, "report.html")


@require_GET
def report_at(request: HttpRequest, place: int) -> HttpResponse:
    """`/r/<place>`: what the QR code on the building's door leads to."""
    return HttpResponseRedirect(f"{reverse('web:report')}?place={place}")


@require_GET
@signed_in_only
def reported(request: HttpRequest, matter: int) -> HttpResponse:
    by = actor(request)
    with scope(by):
        found = portrait(by, matter, moment(request))
        if found.matter.reporter_id != by.party:
            raise Missing("not_found")
        sight = shown(found, words_for(found, language(request), staff=False), language(request))
    code = svg_of(request.build_absolute_uri(sight.href))
    return render(request, "reported.html", {"matter": replace(sight, code_svg=code)})


def raise_one(request: HttpRequest, template: str) -> HttpResponse:
    """The form of a kind at a place, and what becomes of it when it is sent; also for patrols, on a page of theirs.

    Whoever has been signed out meanwhile gets their words back, not an empty page to sign in on.
    """
    signed_in = actor(request).party is not None
    if request.method != "POST" and not signed_in:
        return to_sign_in(request)
    kind, asked = _kind(request), _asked(request)
    if request.method != "POST":
        return _form(request, template, kind, asked, Entered())
    if not signed_in:
        return give_back(request, template, say("web.report.signed_out", language(request)), 401)
    form = rules_of(kind.pk).form
    asked = _meant(actor(request), asked)
    entered = read(request, form)
    if LOOK in request.POST:
        return _form(request, template, kind, replace(asked, place=None), entered)
    errors = dict(entered.errors)
    if asked.place is None:
        errors["place"] = say("web.place.missing", language(request))
    if errors:
        sentence = say("web.form.refused", language(request))
        return _form(request, template, kind, asked, Entered(entered.values, errors), sentence, 422)
    given = {name: value for name, value in entered.values.items() if value not in ("", [])}
    try:
        event = open_matter(
            by=actor(request), at=moment(request), key=request.POST.get("key") or None,
            kind=kind.name, place=asked.place or 0, form=given,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "matters.no_such_place":
            refusal = Refusal(refusal.code, field="place")
        again, sentence = refused(entered, refusal, {**form, "place": None}, language(request))
        return _form(request, template, kind, asked, again, sentence, refusal.status)
    return HttpResponseRedirect(reverse("web:reported", args=[event.subject.partition(":")[2]]))


def give_back(request: HttpRequest, template: str, sentence: str, status: int) -> HttpResponse:
    """The form as it was sent, with a sentence on why it has to be sent again. Nothing is uploaded or done."""
    kind = _kind(request)
    entered = Entered(dict(carried(request, rules_of(kind.pk).form)))
    return _form(request, template, kind, _asked(request), entered, sentence, status)


@require_GET
@signed_in_only
def similar(request: HttpRequest) -> HttpResponse:
    """What neighbours reported about the same at the same place: a part of the form, asked for as it is filled in."""
    asked = _asked(request)
    with scope(actor(request)):
        found = _similar(actor(request), asked, moment(request), language(request))
    return render(request, "parts/similar.html", {"similar": found})


@require_POST
@signed_in_only
def follow(request: HttpRequest, matter: int) -> HttpResponse:
    """我也遇到: the same move again by the same person is simply done already."""
    key = request.POST.get("follow_key") or None
    try:
        move_matter(by=actor(request), at=moment(request), key=key, matter=matter, move=FOLLOW, version=0)
    except Refusal as refusal:
        if refusal.code != "matters.already_done":
            return _said(request, refusal)
    if request.headers.get("HX-Request"):
        followed = {"id": matter, "followed": True, "key": "", "topic": ""}
        return render(request, "parts/follow.html", {"matter": followed})
    return HttpResponseRedirect(f"{reverse('web:mine')}?shown=followed")


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """What was typed into the search of the place picker, as places to choose from; also for whoever just registers."""
    words = request.GET.get("place_words", "")[:100]
    with scope(actor(request)):
        found = picking.searched(words, _vantage(actor(request)))
    return render(request, "parts/places_found.html", {"places": found, "searched": bool(words.strip())})


@require_POST
def places_here(request: HttpRequest) -> HttpResponse:
    """The buildings around the phone. The position is used for this answer and kept nowhere."""
    point = picking.point(request.POST.get("near", "")[:60])
    with scope(actor(request)):
        found = picking.here(point, language(request))
    return render(request, "parts/places_found.html", {"places": found, "searched": True})


@require_GET
@signed_in_only
def nearby(request: HttpRequest) -> HttpResponse:
    """What is open around a place: one's own neighbourhood at first."""
    by, words = actor(request), request.GET.get("place_words", "")[:100]
    with scope(by):
        asked = None if LOOK in request.GET else whole_number(request.GET.get("place"))
        place = territory.place(asked) if asked else None if words.strip() else _vantage(by)
        context: dict[str, Any] = {"place_words": words, "searched": bool(words.strip()) and not asked}
        context["places"] = picking.choices([place.pk], place.pk) if place else picking.searched(words, _vantage(by))
        if place:
            area = around(place, Level.COMMUNITY)
            context["place"] = picking.place_words([area.pk])[area.pk].whole
            found = queries.open_nearby([area])
            context["matters"] = neighbours(by, found, moment(request), language(request))
    return render(request, "nearby.html", context)


@require_GET
def elsewhere(request: HttpRequest) -> HttpResponse:
    return render(request, "elsewhere.html", {"offices": OFFICES, "gas": gas_company(request)})


def _said(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a sentence at the head of the page for the script, as a page of its own without."""
    if not request.headers.get("HX-Request"):
        raise refusal
    sentence = say(f"refusal.{refusal.code}", language(request), **refusal.data)
    response = render(request, "parts/messages.html", {"refusal": sentence}, status=422)
    response["HX-Retarget"] = "#messages"
    return response


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before the sentence is written: the place, as chosen or only as typed, and the topic."""

    place: int | None
    place_words: str
    topic: str


def _asked(request: HttpRequest) -> Asked:
    sent = request.POST if request.method == "POST" else request.GET
    place = whole_number(sent.get("place"))
    return Asked(place, sent.get("place_words", "")[:100], sent.get(TOPIC, "")[:40])


def _meant(by: Actor, asked: Asked) -> Asked:
    """Whoever typed where it is, and left chosen what was chosen beforehand, means what they typed."""
    with scope(by):
        likely = _known_places(by, on_patrol=False)[:1]
        if asked.place not in likely or not asked.place_words.strip():
            return asked
        found = {choice.id for choice in picking.searched(asked.place_words, _vantage(by))}
    return asked if asked.place in found else replace(asked, place=None)


def _kind(request: HttpRequest) -> Kind:
    """The kind that is asked for, the first one if none is."""
    name = request.POST.get("kind") or request.GET.get("kind")
    kinds = queries.current_kinds()
    if name is None and kinds:
        return kinds[0]
    return queries.current_kind(name or "")


def _form(
    request: HttpRequest,
    template: str,
    kind: Kind,
    asked: Asked,
    entered: Entered,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    by, says = actor(request), language(request)
    rules, words = rules_of(kind.pk), kind_words(kind, says, staff=template == "patrol.html")
    chips = topics(rules, words, asked.topic)
    with scope(by):
        context = {
            "kind": {"name": kind.name, "label": words.kind(), "text": words.promise()},
            "kinds": _other_kinds(by, kind, words, says, asked.place),
            "topics": chips,
            "fields": draw({n: f for n, f in rules.form.items() if not (chips and n == TOPIC)}, words, says, entered),
            "place_error": entered.errors.get("place", ""),
            "similar": _similar(by, asked, moment(request), says),
            "key": fresh_key(),
            "refusal": sentence,
            **_picker(by, asked, on_patrol=template == "patrol.html"),
        }
    return render(request, template, context | {"gas": gas_company(request)}, status=status)


def _other_kinds(by: Actor, current: Kind, words: Wording, says: str, place: int | None) -> list[dict[str, Any]]:
    """The kinds that this person may open, when there are several. The place that was chosen goes along."""
    openable = [kind for kind in queries.current_kinds() if _may_open(by, kind)]
    also = f"&place={place}" if place else ""
    if len(openable) < 2:
        return []
    return [
        {
            "href": f"?kind={kind.name}{also}",
            "label": kind_words(kind, says, staff=words.staff).kind(),
            "current": kind.pk == current.pk,
        }
        for kind in openable
    ]


def _may_open(by: Actor, kind: Kind) -> bool:
    opened_by = rules_of(kind.pk).opened_by
    return "resident" in opened_by or by.has_post(*opened_by)


def _picker(by: Actor, asked: Asked, *, on_patrol: bool) -> dict[str, Any]:
    """What the place picker offers at first: the place that is chosen, what was typed, else the places one knows."""
    if asked.place is not None:
        offered = picking.choices([asked.place, *_known_places(by, on_patrol)], asked.place)
        return {"places": offered, "place_words": asked.place_words}
    if asked.place_words.strip():
        found = picking.searched(asked.place_words, _vantage(by))
        return {"places": found, "place_words": asked.place_words, "searched": True}
    known = _known_places(by, on_patrol)
    likely = known[0] if known and not on_patrol else None  # home: a tap less for most, and it can be seen and changed
    return {"places": picking.choices(known, likely)}


def _known_places(by: Actor, on_patrol: bool) -> list[int]:
    """On patrol the places of one's own posts and their buildings; else where one lives and reported before."""
    if on_patrol:
        own = [post.place for post in by.posts]
        return [place for post in own for place in (post, *(below.pk for below in territory.children(post)[:4]))]
    home = _home(by)
    building = [place.pk for place in territory.ancestors(home) if place.level == "building"] if home else []
    return [*building, *([home] if home else []), *queries.places_reported(by)]


def _similar(by: Actor, asked: Asked, at: datetime, says: str) -> list[Neighbour]:
    """The same topic in the same grid."""
    if by.party is None or asked.place is None or not asked.topic:
        return []
    lineage = territory.ancestors(asked.place)
    if not lineage:
        return []
    return neighbours(by, queries.open_nearby([around(lineage[0], Level.GRID)], asked.topic, SIMILAR), at, says)


def _vantage(by: Actor) -> Place | None:
    """From where this person looks: their home, else the place of their first post."""
    place = _home(by) or next((post.place for post in by.posts), None)
    return territory.place(place) if place else None


def _home(by: Actor) -> int | None:
    details = directory.my_details(by.party) if by.party is not None else None
    return details.home if details else None
