"""The relay carries events to those who listen: in order per subject, nothing lost, nothing twice.

One relay at a time delivers to a consumer of a district, the others pass by; so events of a subject never overtake each
other, and what a killed relay was doing is free at once. An event that fails is tried again, then parked, and holds up
its own subject only.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from linli.kernel import consumers
from linli.kernel.actor import SYSTEM
from linli.kernel.consumers import Policy, Projection
from linli.kernel.district import schema
from linli.kernel.models import Consumer, Delivery, Event
from linli.kernel.scope import scope

log = logging.getLogger("linli.relay")

BATCH = 200
TRIES = 5
DEEPEST = 16  # causes in a row, from which on a policy is thought to run in circles
# Classes of SQLSTATE that say something about the server rather than about what it was asked: connection, resources,
# transactions in each other's way, an administrator's intervention, system errors.
_WEATHER = ("08", "53", "40", "57", "58")


class TooDeep(Exception):
    """A policy that causes what it answers to."""


def deliver(at: datetime, limit: int = BATCH) -> int:
    """One round in the current district: up to `limit` events to each consumer. Returns how many were delivered."""
    due = Delivery.objects.filter(Q(not_before=None) | Q(not_before__lte=at), parked_at=None)
    known = Consumer.objects.filter(Exists(due.filter(consumer=OuterRef("name"))), ready=True)
    waiting = set(known.values_list("name", flat=True))
    delivered = 0
    for consumer in consumers.registered():
        if consumer.name in waiting and isinstance(consumer, Projection):
            delivered += _project(consumer, at, limit)
        elif consumer.name in waiting and isinstance(consumer, Policy):
            delivered += _act(consumer, at, limit)
    return delivered


def drain(at: datetime) -> int:
    """Introduce who is new, and deliver until nothing is left that can be delivered at this instant."""
    introduce()
    total = 0
    while delivered := deliver(at):
        total += delivered
    return total


def parked() -> list[Delivery]:
    """Deliveries that failed too often: their subjects wait for a human."""
    return list(Delivery.objects.filter(parked_at__isnull=False).select_related("event").order_by("id"))


def unpark(delivery_id: int) -> None:
    """Try a parked delivery again, after its cause was mended."""
    Delivery.objects.filter(id=delivery_id).update(parked_at=None, attempts=0, not_before=None)


def introduce() -> list[str]:
    """Make consumers known that are new in this district, or listen to other events than before: a projection replays
    history, a policy starts now. Returns their names."""
    known = dict(Consumer.objects.filter(ready=True).values_list("name", "listens"))
    fresh = [each for each in consumers.registered() if set(known.get(each.name, ())) != each.listens]
    for consumer in fresh:
        replays = isinstance(consumer, Projection)
        Consumer.objects.update_or_create(
            name=consumer.name, defaults={"listens": sorted(consumer.listens), "ready": not replays}
        )
        if replays:
            _await_writers()
            rebuild(consumer.name)
            Consumer.objects.filter(name=consumer.name).update(ready=True)
    return [consumer.name for consumer in fresh]


def rebuild(name: str) -> int:
    """Empty a projection's tables and replay history into them, while commands go on. Returns how many events it was.

    One snapshot serves all steps: what it shows is replayed, and its deliveries are done with; what is recorded later
    brings deliveries of its own, which the relay takes up afterwards.
    """
    consumer = next(each for each in consumers.registered() if each.name == name)
    if not isinstance(consumer, Projection):
        raise ValueError(f"{name} is no projection")
    count = 0
    with _turn(name, wait=True), scope(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        Delivery.objects.filter(consumer=name).delete()
        consumer.clear()
        history = Event.objects.filter(name__in=consumer.listens).order_by("subject", "seq")
        for event in history.iterator(chunk_size=2000):
            consumer.apply(event)
            count += 1
    return count


def _project(consumer: Projection, at: datetime, limit: int) -> int:
    """A batch in one transaction; when an event fails, the batch once more with each event on its own."""
    try:
        return _apply(consumer, at, limit, each_alone=False)
    except Exception as error:
        if _is_weather(error):
            raise
    return _apply(consumer, at, limit, each_alone=True)


def _apply(consumer: Projection, at: datetime, limit: int, *, each_alone: bool) -> int:
    """Effects and marks in one transaction. Constraints are checked at once, so that a fault is laid at the right door
    and not found at the end."""
    done: list[int] = []
    failed: set[str] = set()
    with scope(SYSTEM):
        if not _has_turn(consumer.name):
            return 0
        if each_alone:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for delivery in _next(consumer.name, at, limit):
            if delivery.subject in failed:
                continue
            try:
                if each_alone:
                    with transaction.atomic():
                        consumer.apply(delivery.event)
                else:
                    consumer.apply(delivery.event)
            except Exception as error:
                if not each_alone or _is_weather(error):
                    raise
                _postpone(delivery, at, error)
                failed.add(delivery.subject)
            else:
                done.append(delivery.pk)
        Delivery.objects.filter(id__in=done).delete()
    return len(done)


def _act(consumer: Policy, at: datetime, limit: int) -> int:
    """Act, then mark: a relay that dies in between leaves the mark out, and the act is repeated."""
    acted = 0
    failed: set[str] = set()
    with _turn(consumer.name, wait=False) as my_turn:
        for delivery in _next(consumer.name, at, limit) if my_turn else ():
            if delivery.subject in failed:
                continue
            try:
                _refuse_circles(delivery.event)
                consumer.act(delivery.event, at)
            except Exception as error:
                if _is_weather(error):
                    raise
                _postpone(delivery, at, error)
                failed.add(delivery.subject)
            else:
                Delivery.objects.filter(id=delivery.pk).delete()
                acted += 1
    return acted


def _next(consumer: str, at: datetime, limit: int) -> list[Delivery]:
    """The oldest deliveries, without the subjects that wait for one that failed."""
    mine = Delivery.objects.filter(consumer=consumer)
    held_up = mine.filter(Q(parked_at__isnull=False) | Q(not_before__gt=at)).values("subject")
    return list(mine.exclude(subject__in=held_up).select_related("event").order_by("id")[:limit])


def _postpone(delivery: Delivery, at: datetime, error: Exception) -> None:
    """Later, each time twice as late; after TRIES park it. The log names the event, not what it is about."""
    delivery.attempts += 1
    delivery.not_before = at + timedelta(seconds=2**delivery.attempts)
    delivery.parked_at = at if delivery.attempts >= TRIES else None
    delivery.save(update_fields=["attempts", "not_before", "parked_at"])
    log.warning("%s could not take event %s: %s", delivery.consumer, delivery.event_id, type(error).__name__)


def _refuse_circles(event: Event) -> None:
    """TooDeep when this event is the end of a long row of events that each caused the next."""
    last = event
    for _ in range(DEEPEST):
        try:
            caused_by = (last.cause or "").removeprefix("event:")
            found = Event.objects.filter(id=caused_by).first() if caused_by else None
        except ValidationError:  # caused by something that is no event
            return
        if found is None:
            return
        last = found
    raise TooDeep


def _is_weather(error: Exception) -> bool:
    """Whether the server is to blame, a database that is gone say: nothing is then counted against the event."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state[:2] in _WEATHER if state else isinstance(error, OperationalError)


def _await_writers() -> None:
    """Until everybody has committed who recorded an event without seeing what was written before this call."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE kernel_delivery IN SHARE MODE")


def _has_turn(consumer: str) -> bool:
    """Take the consumer's turn until the end of the transaction, unless somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_door(consumer)])
        return bool(cursor.fetchone()[0])


@contextmanager
def _turn(consumer: str, *, wait: bool) -> Iterator[bool]:
    """The consumer's turn across several transactions; the server ends it when this connection ends."""
    door = _door(consumer)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(hashtextextended(%s, 0))", [door])
        mine = wait or bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [door])


def _door(consumer: str) -> str:
    return f"{schema()}/{consumer}"
