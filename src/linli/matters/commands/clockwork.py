"""What time does to matters: deadlines, alarms, reminders; and what follows when posts or holidays change."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from linli.kernel import holidays
from linli.kernel.actor import CLOCK, SYSTEM, Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Refusal
from linli.kernel.scope import scope
from linli.matters.commands.writing import body_of, columns_of
from linli.matters.models import Matter
from linli.matters.rules import Configuration, Facts, Step, recompute, settle, tick
from linli.matters.schema import Kind as KindRules
from linli.matters.situation import facts_for, rules_of, situation
from linli.matters.wording import kept_kind
from linli.people.queries import occupants_of

log = logging.getLogger("linli.matters")

BATCH = 500


def tick_due(at: datetime) -> int:
    """Let the clock act on every matter whose time has come, oldest first. Returns how often it acted."""
    with scope(CLOCK):
        waiting = Matter.objects.filter(next_at__lte=at).order_by("next_at").values_list("id", "version")
        due = list(waiting[:BATCH])
    acted = 0
    for matter_id, version in due:
        acted += _ticked(matter_id, version, at)
    return acted


@command("matters.tick")
def tick_matter(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, matter: int, version: int
) -> Event:
    """One act of the clock on one matter: alarm, the move that is due, or a reminder."""
    return _changed(matter, version, tick, by=by, at=at, cause=cause)


@command("matters.settle")
def settle_matter(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, matter: int, version: int
) -> Event:
    """Send a matter whose seat has become vacant one rung up, to somebody who is there."""
    return _changed(matter, version, settle, by=by, at=at, cause=cause)


@command("matters.reckon")
def reckon_matter(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, matter: int, version: int
) -> Event:
    """Compute the deadlines of a matter anew after the calendar has changed."""

    def again(rules: KindRules, now: Configuration, facts: Facts, at: datetime) -> Step | None:
        fresh = recompute(rules, now, holidays.calendar())
        if fresh == now:
            return None
        return Step("reckoned", "reckon", now.state, now.state, fresh, now.seat)

    return _changed(matter, version, again, by=by, at=at, cause=cause)


def settle_vacant(at: datetime) -> int:
    """Whatever is held by a seat that nobody fills any more goes where somebody is; so does what waits for a post to
    which nobody had ever been appointed. Returns how many went."""
    with scope(SYSTEM):
        still_open = Matter.objects.filter(ended_at=None)
        seats = still_open.filter(seat__isnull=False).values_list("seat_id", flat=True).distinct()
        filled = occupants_of(list(seats), at)
        vacant = [seat for seat, occupants in filled.items() if all(o.party is None for o in occupants)]
        waiting = still_open.filter(Q(seat_id__in=vacant) | Q(seat=None, holder=None))
        held = list(waiting.values_list("id", "version"))
    return sum(_try(settle_matter, matter_id, version, at, None) is not None for matter_id, version in held)


def reckon_all(at: datetime, cause: str) -> None:
    """After the calendar has changed: every open matter that runs against a deadline."""
    with scope(SYSTEM):
        running = list(Matter.objects.filter(next_at__isnull=False).values_list("id", "version"))
    for matter_id, version in running:
        _try(reckon_matter, matter_id, version, at, cause)


def _ticked(matter_id: int, version: int, at: datetime) -> int:
    """Act until nothing is due any more: an alarm and an escalation may fall on the same instant."""
    for acted in range(4):
        event = _try(tick_matter, matter_id, version, at, None)
        if event is None:
            return acted
        version = event.seq
    return 4


def _try(run: Callable[..., Event], matter_id: int, version: int, at: datetime, cause: str | None) -> Event | None:
    """Nothing may be left to do, and somebody else may be faster: then it is looked at as it stands after them. A
    matter that cannot be read holds up no other; the log names it, not what it is about."""
    while True:
        try:
            return run(by=CLOCK, at=at, cause=cause, key=f"{matter_id}/{version}", matter=matter_id, version=version)
        except NothingToDo:
            return None
        except Conflict as conflict:
            if "version" not in conflict.data:  # this very version was dealt with already
                return None
            version = conflict.data["version"]
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.error("matter %s: the clock failed with %s", matter_id, type(error).__name__)
            return None


class NothingToDo(Refusal):
    """There is nothing that the clock should do now."""


def _changed(
    matter_id: int,
    version: int,
    change: Callable[[KindRules, Configuration, Facts, datetime], Step | None],
    *,
    by: Actor,
    at: datetime,
    cause: str | None,
) -> Event:
    matter = Matter.objects.get(pk=matter_id)
    if matter.version != version:
        raise Conflict("stale", version=matter.version)
    rules = rules_of(matter.kind_id)
    around = situation(matter.place_id, at, ended_too=True)
    facts = facts_for(matter, rules, around, by=by, at=at)
    made = change(rules, Configuration.from_json(matter.configuration), facts, at)
    if made is None:
        raise NothingToDo("matters.nothing_to_do")
    return record(
        matter, f"matters.matter.{made.event}", by=by.ref, at=at, cause=cause,
        body=body_of(matter, kept_kind(matter.kind_id), made, around.occupants),
        changes={**columns_of(matter, made), "before": None},
    )  # fmt: skip
