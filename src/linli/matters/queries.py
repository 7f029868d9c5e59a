"""Reading matters, within the caller's scope. Lists and lights; what one matter looks like is in portrait.py."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet

from linli.kernel.actor import Actor
from linli.kernel.district import Remembered
from linli.kernel.refusal import Missing, Refusal
from linli.matters.models import Follow, Kind, Matter, Note, PublicMatter, Reader, Token
from linli.matters.rules.search import asked
from linli.people.queries import Occupant, occupants_of
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import path_range

PAGE = 100
LIGHTS = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in a list: with what was reported, and who has to act."""

    matter: Matter
    what: str
    holders: tuple[Occupant, ...]
    light: str | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Row, ...]
    number: int
    has_next: bool


def _current(_: list[Kind] | None) -> list[Kind]:
    return list(Kind.objects.filter(current=True).order_by("method", "position"))


kinds_now = Remembered(10.0, _current)


def current_kinds() -> list[Kind]:
    """The editions on which new matters are opened, in the order of their methods."""
    return kinds_now()


def current_kind(name: str) -> Kind:
    """By its name, or by method and name (`lingdong/five-haves/report`). Missing when there is none."""
    for kind in current_kinds():
        if name in (kind.name, f"{kind.method}/{kind.name}"):
            return kind
    raise Missing("matters.unknown_kind", kinds="、".join(kind.name for kind in current_kinds()))


def visible_to(actor: Actor) -> QuerySet[Matter]:
    """What the actor may see, said once more beside row level security, in a form that indexes can serve."""
    if actor.party is None:
        return Matter.objects.none() if actor.role in ("person", "nobody") else Matter.objects.all()
    seen = Q(reporter_id=actor.party) | Q(_any_of(Reader.objects.filter(party_id=actor.party).values("matter_id")))
    for post in actor.posts:
        seen |= Q(path__gte=post.low, path__lt=post.high) | Q(seat_id=post.seat)
    return Matter.objects.filter(seen)


def can_see(actor: Actor, matter: Matter) -> bool:
    """For wide commands, which see everything: what row level security would have said."""
    if actor.reaches(matter.path) or matter.seat_id in actor.seats:
        return True
    if actor.party is None:
        return False
    return actor.party == matter.reporter_id or Reader.objects.filter(party_id=actor.party, matter=matter).exists()


def access_matter(actor: Actor, matter_id: int) -> Matter:
    """The matter, if the actor may see it; otherwise it is not there."""
    found = visible_to(actor).select_related("place").filter(pk=matter_id).first()
    if found is None:
        raise Missing("not_found")
    return found


def listed(
    actor: Actor,
    at: datetime,
    *,
    held_by_me: bool = False,
    reported_by_me: bool = False,
    is_open: bool | None = None,
    state: str = "",
    place: int | None = None,
    light: str = "",
    words: str = "",
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """Matters that the actor may see, what is due first before all else. Five SQL whatever the page's size."""
    matters = visible_to(actor)
    if held_by_me:
        matters = held_by(actor)
    if reported_by_me:
        matters = matters.filter(reporter_id=actor.party)
    if is_open is not None:
        matters = matters.filter(ended_at__isnull=is_open)
    if state:
        matters = matters.filter(state=state)
    if place is not None:
        found = territory.place(place)
        low, high = path_range(found.path, found.level)
        matters = matters.filter(path__gte=low, path__lt=high)
    if light:
        matters = matters.filter(_light(light, at))
    if words.strip():
        matters = _with_words(matters, words.strip())
    start = (max(page, 1) - 1) * size
    ordered = matters.select_related("place").order_by("due_at", "-id")
    rows = list(ordered[start : start + size + 1])
    return Page(tuple(_rows(rows[:size], at)), max(page, 1), len(rows) > size)


def held_by(actor: Actor) -> QuerySet[Matter]:
    """Open matters in which the actor has to act now: by a seat they fill, or as the one who reported."""
    mine = Q(holder_id=_party(actor), reporter_id=_party(actor))  # said twice, for there is an index on the reporter
    return Matter.objects.filter(Q(seat_id__in=actor.seats) | mine, ended_at=None)


def counted_lights(actor: Actor, at: datetime) -> dict[str, int]:
    """How many matters wait for the actor, in all and by light. One SQL."""
    times = list(held_by(actor).values_list("yellow_at", "due_at"))
    lights = [_light_of(yellow, due, at) for yellow, due in times]
    return {"all": len(lights), "red": lights.count("red"), "yellow": lights.count("yellow")}


def asking(actor: Actor) -> list[Matter]:
    """What the actor reported and now has to say a word about: is it really done?"""
    waiting = Matter.objects.filter(holder_id=_party(actor), ended_at=None)
    return list(waiting.order_by("due_at", "id")[:5])


def counted_mine(actor: Actor) -> dict[str, int]:
    """How many matters the actor reported, open and ended, and how many they follow. Two SQL."""
    ended = list(Matter.objects.filter(reporter_id=_party(actor)).values_list("ended_at", flat=True))
    still_open = ended.count(None)
    followed = Follow.objects.filter(party_id=_party(actor)).count()
    return {"open": still_open, "ended": len(ended) - still_open, "followed": followed}


def places_reported(actor: Actor, limit: int = 3) -> list[int]:
    """Where the actor reported something last: the places, the latest first, each once."""
    mine = Matter.objects.filter(reporter_id=_party(actor)).order_by("-opened_at").values_list("place_id", flat=True)
    return list(dict.fromkeys(mine[:20]))[:limit]


def followed(actor: Actor, page: int = 1, size: int = PAGE) -> list[PublicMatter]:
    """What the actor follows, as anybody may see it, the latest first; one more than a page holds if there are."""
    ids = Follow.objects.filter(party_id=_party(actor)).values("matter_id")
    start = (max(page, 1) - 1) * size
    faces = PublicMatter.objects.filter(matter_id__in=ids).select_related("place")
    return list(faces.order_by("-opened_at")[start : start + size + 1])


def followed_face(actor: Actor, matter_id: int) -> PublicMatter | None:
    """One of them, None if the actor does not follow it."""
    if not Follow.objects.filter(party_id=_party(actor), matter_id=matter_id).exists():
        return None
    return PublicMatter.objects.select_related("place").filter(matter_id=matter_id).first()


def shared_by(actor: Actor, matter_ids: Iterable[int]) -> set[int]:
    """Which of these matters the actor raised or follows: they hear of these anyway."""
    ids = list(matter_ids)
    reported = Matter.objects.filter(reporter_id=_party(actor), id__in=ids).values_list("id", flat=True)
    follows = Follow.objects.filter(party_id=_party(actor), matter_id__in=ids).values_list("matter_id", flat=True)
    return {*reported, *follows}


def open_nearby(places: Sequence[Place], topic: str = "", limit: int = 20) -> list[PublicMatter]:
    """Open matters at these places and below, as anybody may see them; what most neighbours share first."""
    near = Q()
    for place in places:
        low, high = path_range(place.path, place.level)
        near |= Q(path__gte=low, path__lt=high)
    found = PublicMatter.objects.filter(near, ended_at=None).select_related("place")
    if topic:
        found = found.filter(topic=topic)
    return list(found.order_by("-followers", "-opened_at")[:limit]) if places else []


def results(low: int, high: int, *, since: datetime, until: datetime, page: int = 1) -> list[PublicMatter]:
    """办理结果公开: matters ended in a time, between two paths, latest first; one more than a page."""
    ended = PublicMatter.objects.filter(path__gte=low, path__lt=high, ended_at__gte=since, ended_at__lt=until)
    start = (max(page, 1) - 1) * PAGE
    return list(ended.select_related("place").order_by("-ended_at")[start : start + PAGE + 1])


def overdue_open(low: int, high: int, before: datetime) -> int:
    """How many open matters between two paths have a deadline that passed before an instant: they were not in time."""
    return PublicMatter.objects.filter(path__gte=low, path__lt=high, ended_at=None, due_at__lt=before).count()


def light(matter: Matter, at: datetime) -> str | None:
    """The light of a matter: 绿, 黄 from 80 % of the time, 红 after the deadline; none after the end."""
    return None if matter.ended_at else _light_of(matter.yellow_at, matter.due_at, at)


def _any_of(ids: QuerySet[Reader, Any]) -> Func:
    """`id = ANY (ARRAY (...))`: an array is made once, and each of its ids is looked up in the index."""
    return Func(
        F("id"), ArraySubquery(ids), template="(%(expressions)s))", arg_joiner=" = ANY (", output_field=BooleanField()
    )


def _party(actor: Actor) -> int:
    """The person's own id, 0 (nobody's) for whoever is none."""
    return actor.party or 0


def _light_of(yellow_at: datetime | None, due_at: datetime | None, at: datetime) -> str:
    if due_at is not None and at > due_at:
        return "red"
    return "yellow" if yellow_at is not None and at >= yellow_at else "green"


def _light(light: str, at: datetime) -> Q:
    if light not in LIGHTS:
        raise Refusal("matters.unknown_light", lights="、".join(LIGHTS))
    red = Q(due_at__lt=at)
    yellow = Q(yellow_at__lte=at) & ~red
    by_light = {"red": red, "yellow": yellow, "green": ~red & (Q(yellow_at__gt=at) | Q(yellow_at=None))}
    return by_light[light] & Q(ended_at=None)


def _with_words(matters: QuerySet[Matter], words: str) -> QuerySet[Matter]:
    """By the beginning of a number, or by what was reported: all that can be looked for must be in it."""
    tokens = asked(words)
    if not tokens:
        return matters.none()
    said = matters
    for token, until in tokens:
        which = {"token": token} if until is None else {"token__gte": token, "token__lt": until}
        these = Token.objects.filter(**which)
        said = said.filter(id__in=these.values("matter_id"))
    plain = unicodedata.normalize("NFKC", words)
    if re.fullmatch("[0-9-]+", plain):
        return matters.filter(Q(number__startswith=plain) | Q(id__in=said.values("id")))
    return said


def _rows(matters: Sequence[Matter], at: datetime) -> list[Row]:
    ids = [matter.pk for matter in matters]
    said = dict(Note.objects.filter(matter_id__in=ids, field="what").values_list("matter_id", "text"))
    filled = occupants_of({matter.seat_id for matter in matters if matter.seat_id}, at)
    return [
        Row(matter, said.get(matter.pk) or "", tuple(filled.get(matter.seat_id or 0, ())), light(matter, at))
        for matter in matters
    ]
