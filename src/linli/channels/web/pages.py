"""What every page needs to know of its surroundings."""

from typing import Any

from django.http import HttpRequest

from linli.channels.web.errors import language
from linli.channels.web.navigation import tabs
from linli.channels.web.post_words import post_words
from linli.channels.web.visitor import actor, moment
from linli.kernel import holidays
from linli.kernel.actor import Actor
from linli.kernel.scope import scope
from linli.people import directory
from linli.people.rules import ADMINISTRATOR


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html: language, clock, district, visitor, tabs."""
    visitor = actor(request)
    here = request.resolver_match.view_name if request.resolver_match else ""
    staff = any(post.name != ADMINISTRATOR for post in visitor.posts)
    return {
        "language": language(request),
        "large": request.COOKIES.get("large") == "1",
        "now": moment(request),
        "zone": holidays.zone(),
        "district": request.tenant,  # type: ignore[attr-defined]
        "who": _who(visitor, language(request)),
        "tabs": tabs(staff=staff, administrator=visitor.has_post(ADMINISTRATOR)),
        "here": here,
        "path": request.get_full_path(),
    }


def _who(visitor: Actor, language: str) -> dict[str, str] | None:
    if visitor.party is None:
        return None
    with scope(visitor):
        name = directory.own_name(visitor)
    return {"name": name, "post": "、".join(post_words(post.name, language) for post in visitor.posts[:1])}
