"""Being away from one's posts, and a substitute (AB岗) meanwhile."""

from datetime import datetime

from django.db.models import Q, QuerySet

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.people import events
from linli.people.commands.seats import check_period
from linli.people.models import Absence, Holding
from linli.people.rules import may_appoint, may_substitute


@command("people.report_absence", wide=True)
def report_absence(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    party: int | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    substitute: int | None = None,
    reason: str = "leave",
) -> Event:
    """Report oneself, or somebody whom one may appoint, away from all their posts, with or without a substitute.

    The absence's id is the number in the event's subject. Refusals: people.no_post, people.absent_already,
    people.not_in_the_past, people.bad_period, people.substitute_yourself, people.substitute_too_far.
    """
    who = by.party if party is None else party
    if who is None:
        raise Missing("not_found")
    held = list(_held(who, at).select_for_update(of=("self",)).select_related("seat__place__parent"))
    if who != by.party and not any(_may_appoint(by, holding) for holding in held):
        raise Missing("not_found")
    if not held:
        raise Refusal("people.no_post")
    if reason not in Absence.REASONS:
        raise Refusal("bad_input", what="reason")
    from_at = from_at or at
    check_period(at, from_at, until_at)
    _check_substitute(who, substitute, held, at)
    lasting = Absence.objects.filter(Q(until_at=None) | Q(until_at__gt=from_at), party_id=who)
    if lasting.filter(Q() if until_at is None else Q(from_at__lt=until_at)).exists():
        raise Conflict("people.absent_already")
    changes = {
        "party_id": who,
        "substitute_id": substitute,
        "reason": reason,
        "from_at": from_at,
        "until_at": until_at,
    }
    body = {
        "party": who,
        "substitute": substitute,
        "reason": reason,
        "from_at": from_at.isoformat(),
        "until_at": until_at.isoformat() if until_at else None,
    }
    absence = Absence(id=new_id(Absence))
    return record(absence, events.ABSENCE_REPORTED, by=by.ref, at=at, cause=cause, body=body, changes=changes)


@command("people.end_absence", wide=True)
def end_absence(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, absence: int) -> Event:
    """Be back, or not go after all: the substitute stands back at this instant."""
    found = Absence.objects.select_for_update().filter(id=absence).first()
    if found is None:
        raise Missing("not_found")
    held = _held(found.party_id, at).select_related("seat__place__parent")
    if found.party_id != by.party and not any(_may_appoint(by, holding) for holding in held):
        raise Missing("not_found")
    until_at = max(at, found.from_at)
    if found.until_at is not None and found.until_at <= until_at:
        raise Conflict("people.absence_over")
    body = {"party": found.party_id, "until_at": until_at.isoformat()}
    changes = {"until_at": until_at}
    return record(found, events.ABSENCE_ENDED, by=by.ref, at=at, cause=cause, body=body, changes=changes)


def _held(party: int, at: datetime) -> QuerySet[Holding]:
    return Holding.objects.filter(Q(until_at=None) | Q(until_at__gt=at), party_id=party)


def _may_appoint(by: Actor, holding: Holding) -> bool:
    return may_appoint(by, holding.seat.post, *holding.station.place)


def _check_substitute(who: int, substitute: int | None, held: list[Holding], at: datetime) -> None:
    if substitute is None:
        return
    if substitute == who:
        raise Refusal("people.substitute_yourself")
    theirs = _held(substitute, at).select_related("seat__place__parent")
    if not may_substitute([holding.station for holding in held], [holding.station for holding in theirs]):
        raise Forbidden("people.substitute_too_far")
