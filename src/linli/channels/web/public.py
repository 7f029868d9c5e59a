"""What everybody may see without signing in: results in public 办理结果公开, and the poster for a building's door."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.channels.web.codes import svg_of
from linli.channels.web.figures import Month, figures
from linli.channels.web.forms import whole_number
from linli.channels.web.offices import gas_company
from linli.channels.web.places import called, place_words
from linli.channels.web.rows import page_number, pager
from linli.channels.web.visitor import actor, language, moment
from linli.kernel import holidays
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.matters import queries
from linli.matters.models import PublicMatter
from linli.matters.wording import kept_kind, kind_words
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level, path_range

MONTHS = 12  # that can be looked back upon


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A matter that came to an end, without persons, no closer than its community."""

    number: str
    topic: str
    place: str
    closed_on: date
    took: timedelta
    outcome: str
    tone: str


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """How it went in a month, in a community or the whole district. GET ?community=&month=2026-11&page="""
    at, says, zone = moment(request), language(request), holidays.zone()
    with scope(actor(request)):
        district = territory.district_place()
        communities = list(territory.within(district, Level.COMMUNITY))
        asked = whole_number(request.GET.get("community"))
        place = next((one for one in communities if one.pk == asked), district)
        months = _months(at, zone)
        month = next((one for one in months if _value(one) == request.GET.get("month")), months[0])
        counted = figures(place, month, at, zone, says)
        context = {
            "communities": _community_options(communities, place, says),
            "months": [Option(_value(one), _month_words(one, says), one == month) for one in months],
            "opened": counted.opened,
            "closed": counted.closed,
            "rates": counted.rates,
            **_closed(request, place, month, zone),
        }
    return render(request, "results.html", context)


@require_GET
def poster(request: HttpRequest, place: int) -> HttpResponse:
    """For the door of a building, to be printed: its QR code opens the form with the place filled in."""
    with scope(actor(request)):
        found = territory.place(place)
        if found.ended_on is not None or found.level == Level.DWELLING:
            raise Missing("territory.unknown")
        words = place_words([place])[place]
    address = request.build_absolute_uri(reverse("web:report_at", args=[place]))
    context: dict[str, Any] = {
        "place": words,
        "code_svg": svg_of(address),
        "address": address.partition("://")[2],
        "gas": gas_company(request),
        "back": {"href": reverse("web:home"), "label": say("web.home.title", language(request))},
    }
    return render(request, "poster.html", context)


def _community_options(communities: list[Place], place: Place, says: str) -> list[Option]:
    whole = Option("", say("web.results.whole_district", says), place not in communities)
    return [whole, *(Option(str(one.pk), called(one), one == place) for one in communities)]


def _months(at: datetime, zone: tzinfo) -> list[Month]:
    months = [Month.of(at, zone)]
    while len(months) < MONTHS:
        months.append(months[-1].before)
    return months


def _value(month: Month) -> str:
    return f"{month.on:%Y-%m}"


def _month_words(month: Month, says: str) -> str:
    name = say(f"web.month.{month.on.month}", says)
    return say("web.results.month.label", says, year=month.on.year, month=name)


def _closed(request: HttpRequest, place: Place, month: Month, zone: tzinfo) -> dict[str, Any]:
    """A page of what was closed, latest first."""
    number = page_number(request)
    since, until = month.span(zone)
    low, high = path_range(place.path, place.level)
    found = queries.results(low, high, since=since, until=until, page=number)
    shown = found[: queries.PAGE]
    lineages = territory.lineages({face.place_id for face in shown})
    rows = [_row(face, lineages[face.place_id], zone, language(request)) for face in shown]
    return {"closed_rows": rows, "pager": pager(request, number, has_next=len(found) > queries.PAGE)}


def _row(face: PublicMatter, lineage: list[Place], zone: tzinfo, says: str) -> Closed:
    words = kind_words(kept_kind(face.kind_id), says)
    community = next((place for place in lineage if place.level == Level.COMMUNITY), lineage[-1])
    ended_at = face.ended_at or face.opened_at
    return Closed(
        number=face.number,
        topic=words.topic(face.topic),
        place=called(community),
        closed_on=ended_at.astimezone(zone).date(),
        took=ended_at - face.opened_at,
        outcome=words.outcome(face.outcome),
        tone="good" if face.outcome == "solved" else "",
    )
