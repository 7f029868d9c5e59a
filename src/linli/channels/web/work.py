"""The pages of whoever fills a post: the one list of what is due, and what they see on patrol."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.channels.web.places import place_words
from linli.channels.web.post_words import post_words
from linli.channels.web.reporting import raise_one
from linli.channels.web.rows import ON_A_PAGE, page_number, pager, rows
from linli.channels.web.visitor import actor, language, moment, signed_in_only
from linli.kernel.actor import Actor
from linli.kernel.refusal import Forbidden
from linli.kernel.scope import scope
from linli.matters import queries
from linli.matters.situation import acting_posts
from linli.people.rules import ADMINISTRATOR
from linli.people.vacancies import stands_in_for, vacant_posts

VACANCIES = 5  # shown by name; of more only the number


@never_cache
@require_GET
@signed_in_only
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, what is due first before all else. GET ?light=red|yellow&page="""
    by, at, says = actor(request), moment(request), language(request)
    _require_post(by)
    asked = request.GET.get("light", "")
    light = asked if asked in ("red", "yellow") else ""
    number = page_number(request)
    with scope(by):
        page = queries.listed(by, at, held_by_me=True, light=light, page=number, size=ON_A_PAGE)
        context = {
            "rows": rows(page.rows, says, staff=True),
            "counts": queries.counted_lights(by, at),
            "shown": light or "all",
            **(_vacancies(request, by) if number == 1 else {}),
            "standing_in": "、".join(stands_in_for(by.party or 0, at)),
            "pager": pager(request, number, has_next=page.has_next),
        }
    return render(request, "inbox.html", context)


@require_http_methods(["GET", "POST"])
def patrol(request: HttpRequest) -> HttpResponse:
    """What I see on patrol: the same form as everybody's, with the places of my own posts at hand."""
    if actor(request).party is not None:
        _require_post(actor(request))
    return raise_one(request, "patrol.html")


def _require_post(by: Actor) -> None:
    if not any(post.name != ADMINISTRATOR for post in by.posts):
        raise Forbidden("not_allowed")


def _vacancies(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """岗位空缺 within reach, the first few, and who is handed their matters meanwhile. The administrator goes there to
    appoint somebody."""
    at, says = moment(request), language(request)
    found = vacant_posts(by, at)
    if not found:
        return {}
    first = found[:VACANCIES]
    acting = acting_posts([(one.post, one.place) for one in first], at)
    names = place_words({one.place for one in first})
    may_appoint = by.has_post(ADMINISTRATOR)
    shown = [
        {
            "post": post_words(one.post, says),
            "place": names[one.place].name,
            "by": post_words(post, says) if post else "",
            "href": f"{reverse('web:posts')}?place={one.place}" if may_appoint else "",
        }
        for one, post in zip(first, acting, strict=True)
    ]
    return {"vacancies": shown, "more_vacancies": len(found) - len(first)}
