"""The first screen: what can be raised, what waits for one's own word, how the neighbourhood's matters went."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from linli.channels.web.figures import Month, figures
from linli.channels.web.rows import rows
from linli.kernel import holidays
from linli.kernel.actor import Actor
from linli.kernel.refusal import Missing
from linli.kernel.words import say
from linli.matters import queries
from linli.matters.models import Kind, Matter
from linli.matters.wording import kept_kind, kind_words
from linli.people.rules import ADMINISTRATOR
from linli.territory import queries as territory

SHOWN = 5  # of one's own matters


def first_screen(by: Actor, at: datetime, language: str) -> dict[str, Any]:
    """The context of home.html, read in the caller's scope."""
    context: dict[str, Any] = {
        "kinds": [_kind(kind, number, language) for number, kind in enumerate(queries.current_kinds())],
        "results": _results(at, language),
    }
    if by.party is None:
        return context
    mine = queries.listed(by, at, reported_by_me=True, is_open=True, size=SHOWN)
    context["rows"] = rows(mine.rows, language, staff=False)
    context["asks"] = [_ask(matter, language) for matter in queries.asking(by)]
    if any(post.name != ADMINISTRATOR for post in by.posts):
        counts = queries.counted_lights(by, at)
        context |= {"staff": True, "open_count": counts["all"], "late_count": counts["red"]}
    return context


def _kind(kind: Kind, number: int, language: str) -> dict[str, str]:
    words = kind_words(kind, language)
    icon = "message" if number == 0 else "building"
    href = f"{reverse('web:report')}?kind={kind.name}"
    return {"href": href, "label": words.kind(), "text": words.promise(), "icon": icon}


def _ask(matter: Matter, language: str) -> dict[str, str]:
    words = kind_words(kept_kind(matter.kind_id), language)
    href = reverse("web:matter", args=[matter.pk])
    return {"href": href, "number": matter.number, "topic": words.topic(matter.topic)}


def _results(at: datetime, language: str) -> dict[str, Any] | None:
    """This month's figures of the whole district, or last month's while nothing is closed yet."""
    try:
        district = territory.district_place()
    except Missing:
        return None  # a district whose divisions are not entered yet
    zone = holidays.zone()
    this = Month.of(at, zone)
    for month in (this, this.before):
        found = figures(district, month, at, zone, language)
        if found.closed:
            return {"closed": found.closed, "month": say(f"web.month.{month.on.month}", language), "rates": found.rates}
    return None
