"""Who is missing, and who stands in for whom. Public by office: seen in any scope."""

from datetime import datetime

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.people.models import Absence, AdoptedPost, Holding
from linli.people.queries import Occupant, occupants_within
from linli.territory.models import Place


def vacant_posts(actor: Actor, at: datetime) -> list[Occupant]:
    """岗位空缺 within the actor's reach: seats that nobody fills now, and posts that adopted methods want at a place
    where nobody ever held them (seat 0)."""
    found: dict[tuple[str, int], Occupant] = {}
    for own in actor.posts:
        seats = occupants_within(own.low, own.high, at)
        found |= {(seat.post, seat.place): seat for seat in seats if seat.party is None}
        known = {(seat.post, seat.place) for seat in seats}
        for post, place, name in _wanted(own.low, own.high):
            if (post, place) not in known:
                found[post, place] = Occupant(0, post, place, name, None, "", False)
    return list(found.values())


def stands_in_for(party: int, at: datetime) -> list[str]:
    """The names shown in office of those for whom the party stands in right now. Two queries."""
    lasting = Q(until_at=None) | Q(until_at__gt=at)
    away = list(
        Absence.objects.filter(lasting, substitute_id=party, from_at__lte=at).values_list("party_id", flat=True)
    )
    if not away:
        return []
    held = Holding.objects.filter(lasting, party_id__in=away, from_at__lte=at).order_by("id")
    return sorted(dict(held.values_list("party_id", "shown_name")).values())


def _wanted(low: int, high: int) -> list[tuple[str, int, str]]:
    """(post, place, its name) of what adopted methods want filled at the places of a reach."""
    posts: dict[str, list[str]] = {}
    for name, level in AdoptedPost.objects.filter(at_least__gt=0).values_list("name", "level"):
        posts.setdefault(level, []).append(name)
    places = Place.objects.filter(path__gte=low, path__lt=high, level__in=posts, ended_on=None).order_by("path")
    rows = places.values_list("id", "name", "level") if posts else []
    return [(post, place, name) for place, name, level in rows for post in posts[level]]
