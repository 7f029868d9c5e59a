"""Seats: somebody is appointed to a post at a place, and leaves it; and which posts adopted methods work with."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.people import events, identity
from linli.people.commands.records import place_of
from linli.people.models import AdoptedPost, Holding, Party, Seat
from linli.people.rules import ADMINISTRATOR, may_administer, may_appoint
from linli.people.schema import Post
from linli.territory.models import Place
from linli.territory.rules import Level, path_range


@command("people.appoint", wide=True)
def appoint(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    post: str,
    place: int,
    party: int,
    shown_name: str | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Event:
    """Give somebody a post at a place, from now or a later instant on. `shown_name` is public; by default their name.

    Who may: rules.may_appoint, and nobody appoints themself. Several may hold one seat. Refusals: people.no_such_post,
    people.post_at_other_level, people.holds_already, people.not_in_the_past, people.bad_period, people.not_yourself.
    """
    where = place_of(place)
    assert where is not None
    if not may_appoint(by, post, *path_range(where.path, where.level)):
        raise Forbidden("not_allowed")
    if by.party == party:
        raise Forbidden("people.not_yourself")
    _check_level(post, where)
    from_at = from_at or at
    check_period(at, from_at, until_at)
    who = Party.objects.filter(id=party).first()
    if who is None or not (may_administer(by) or by.reaches(who.path) or _is_in_office(who, at)):
        raise Missing("not_found")  # or an appointment would tell anybody's name
    shown_name = identity.cleaned_name(shown_name or identity.name_of(who))
    seat = Seat.objects.select_for_update().filter(place=where, post=post).first() or Seat(id=new_id(Seat))
    theirs = seat.holdings.filter(Q(until_at=None) | Q(until_at__gt=from_at), party=who)
    if theirs.exclude(from_at__gte=until_at or datetime.max.replace(tzinfo=at.tzinfo)).exists():
        raise Conflict("people.holds_already")
    body = {
        "party": who.id,
        "post": post,
        "place": where.id,
        "from_at": from_at.isoformat(),
        "until_at": until_at.isoformat() if until_at else None,
    }
    changes = {"post": post, "place": where}
    event = record(seat, events.HOLDER_APPOINTED, by=by.ref, at=at, cause=cause, body=body, changes=changes)
    Holding.objects.create(seat=seat, party=who, shown_name=shown_name, from_at=from_at, until_at=until_at)
    return event


@command("people.dismiss", wide=True)
def dismiss(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, seat: int, party: int
) -> Event:
    """End what somebody holds, or was to hold, of a seat. Whoever may appoint may dismiss; anyone may lay down a post,
    but the last administrator."""
    found = Seat.objects.select_for_update().select_related("place").filter(id=seat).first()
    if found is None:
        raise Missing("not_found")
    reach = path_range(found.place.path, found.place.level)
    if by.party != party and not may_appoint(by, found.post, *reach):
        raise Forbidden("not_allowed")
    open_ones = found.holdings.filter(Q(until_at=None) | Q(until_at__gt=at))
    theirs = list(open_ones.filter(party_id=party))
    if not theirs:
        raise Conflict("people.holds_no_more")
    if found.post == ADMINISTRATOR and not open_ones.filter(from_at__lte=at).exclude(party_id=party).exists():
        raise Conflict("people.last_administrator")
    for holding in theirs:
        holding.until_at = max(at, holding.from_at)
        holding.save(update_fields=["until_at"])
    body = {"party": party, "post": found.post, "place": found.place_id, "until_at": at.isoformat()}
    return record(found, events.HOLDER_DISMISSED, by=by.ref, at=at, cause=cause, body=body, changes={})


def adopt_posts(method: str, posts: Mapping[str, Post]) -> None:
    """Keep the section `posts` of a method instead of the one it had before. Runs in the transaction of whoever adopts
    the method, whose event tells of it. Refusal("people.post_at_other_level") when another method has it elsewhere."""
    for name, post in posts.items():
        other = AdoptedPost.objects.filter(name=name).exclude(method=method).exclude(level=post.at).first()
        if other is not None or name == ADMINISTRATOR:
            raise Refusal("people.post_at_other_level", post=name, level=other.level if other else Level.DISTRICT)
    AdoptedPost.objects.filter(method=method).delete()
    AdoptedPost.objects.bulk_create(
        AdoptedPost(method=method, name=name, level=post.at, at_least=post.at_least) for name, post in posts.items()
    )


def check_period(at: datetime, from_at: datetime, until_at: datetime | None) -> None:
    """What was, was: nobody is appointed or away from an instant before now."""
    if from_at < at:
        raise Refusal("people.not_in_the_past")
    if until_at is not None and until_at <= from_at:
        raise Refusal("people.bad_period")


def _is_in_office(party: Party, at: datetime) -> bool:
    """Whether somebody holds a post already, and so is known by office."""
    return Holding.objects.filter(Q(until_at=None) | Q(until_at__gt=at), party=party).exists()


def _check_level(post: str, place: Place) -> None:
    """A post belongs to places of the level that the adopted methods say."""
    if post == ADMINISTRATOR:
        level = str(Level.DISTRICT)
    else:
        adopted = AdoptedPost.objects.filter(name=post).first()
        if adopted is None:
            raise Refusal("people.no_such_post", post=post)
        level = adopted.level
    if place.level != level:
        raise Refusal("people.post_at_other_level", post=post, level=level)
