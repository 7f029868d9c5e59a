"""The relay carries events to those who listen: in order per subject, nothing lost, nothing twice.

A consumer is only ever handed a subject's oldest undelivered event (SKIP LOCKED alone would let a later one overtake).
A poisoned event parks its subject for that consumer; every other subject goes on.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from linli.kernel import consumers
from linli.kernel.actor import SYSTEM
from linli.kernel.consumers import Policy, Projection
from linli.kernel.district import schema
from linli.kernel.models import Consumer, Delivery, Event
from linli.kernel.scope import scope

log = logging.getLogger("linli.relay")

BATCH = 200
TRIES = 5
LEASE = timedelta(minutes=2)

_OLDEST = """
SELECT delivery.id FROM kernel_delivery delivery
WHERE delivery.consumer = %s AND delivery.parked_at IS NULL
  AND (delivery.not_before IS NULL OR delivery.not_before <= %s)
  AND NOT EXISTS (
    SELECT 1 FROM kernel_delivery earlier
    WHERE earlier.consumer = delivery.consumer AND earlier.subject = delivery.subject AND earlier.seq < delivery.seq)
ORDER BY delivery.id LIMIT %s FOR UPDATE OF delivery SKIP LOCKED
"""


def deliver(at: datetime, limit: int = BATCH) -> int:
    """One round in the current district: up to `limit` events to each consumer. Returns how many were delivered."""
    delivered = 0
    for consumer in consumers.registered():
        if isinstance(consumer, Projection):
            delivered += _project(consumer, at, limit)
        else:
            delivered += _act(consumer, at, limit)
    return delivered


def drain(at: datetime) -> int:
    """Deliver until nothing is left that can be delivered at this instant."""
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


def rebuild(name: str) -> int:
    """Empty a projection's tables and replay history into them; nothing is counted twice or left out meanwhile."""
    consumer = next(c for c in consumers.registered() if c.name == name)
    assert isinstance(consumer, Projection)
    with scope(SYSTEM):
        _lock(consumer.name, shared=False)
        # Rows that other transactions insert from here on bring their own deliveries: one snapshot for both below.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE kernel_delivery IN SHARE ROW EXCLUSIVE MODE")
        Delivery.objects.filter(consumer=name).delete()
        consumer.clear()
        events = Event.objects.filter(name__in=consumer.listens).order_by("recorded_at", "subject", "seq")
        count = 0
        for event in events.iterator(chunk_size=2000):
            consumer.apply(event)
            count += 1
        return count


def introduce(at: datetime) -> list[str]:
    """Make consumers known that are new in this district: a projection replays history, a policy starts now."""
    known = set(Consumer.objects.values_list("name", flat=True))
    fresh = [consumer for consumer in consumers.registered() if consumer.name not in known]
    for consumer in fresh:
        if isinstance(consumer, Projection):
            rebuild(consumer.name)
        Consumer.objects.create(name=consumer.name, since=at)
    return [consumer.name for consumer in fresh]


def _project(consumer: Projection, at: datetime, limit: int) -> int:
    """Effect and mark in one transaction; if one event of the batch fails, each is tried alone."""
    try:
        with scope(SYSTEM):
            _lock(consumer.name, shared=True)
            deliveries = _claim(consumer.name, at, limit)
            for delivery in deliveries:
                consumer.apply(delivery.event)
            _forget(deliveries)
            return len(deliveries)
    except Exception as error:
        if not _is_fault_of_event(error):
            raise
        return sum(_project_one(consumer, at) for _ in range(limit)) if limit > 1 else 0


def _project_one(consumer: Projection, at: datetime) -> int:
    delivery: Delivery | None = None
    try:
        with scope(SYSTEM):
            _lock(consumer.name, shared=True)
            for delivery in _claim(consumer.name, at, 1):
                consumer.apply(delivery.event)
                _forget([delivery])
                return 1
    except Exception as error:
        if delivery is None or not _is_fault_of_event(error):
            raise
        _postpone(delivery, at, error)
    return 0


def _act(consumer: Policy, at: datetime, limit: int) -> int:
    """Lease, act, forget: a relay that dies in between leaves the lease to run out, and the act is repeated."""
    with transaction.atomic(durable=True):
        deliveries = _claim(consumer.name, at, limit)
        Delivery.objects.filter(id__in=[delivery.id for delivery in deliveries]).update(not_before=at + LEASE)
    acted = 0
    for delivery in deliveries:
        try:
            consumer.act(delivery.event)
        except Exception as error:
            if not _is_fault_of_event(error):
                raise
            _postpone(delivery, at, error)
        else:
            _forget([delivery])
            acted += 1
    return acted


def _claim(consumer: str, at: datetime, limit: int) -> Sequence[Delivery]:
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [consumer, at, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(id__in=ids).select_related("event").order_by("id")) if ids else []


def _forget(deliveries: Sequence[Delivery]) -> None:
    if deliveries:
        Delivery.objects.filter(id__in=[delivery.id for delivery in deliveries]).delete()


def _postpone(delivery: Delivery, at: datetime, error: Exception) -> None:
    """Later, each time twice as late; after TRIES park it. The log names the event, not what it is about."""
    delivery.attempts += 1
    delivery.not_before = at + timedelta(seconds=2**delivery.attempts)
    delivery.parked_at = at if delivery.attempts >= TRIES else None
    delivery.save(update_fields=["attempts", "not_before", "parked_at"])
    log.warning("%s could not take event %s: %s", delivery.consumer, delivery.event_id, type(error).__name__)


def _is_fault_of_event(error: Exception) -> bool:
    """A database that is gone is not the event's fault: nothing is counted against it."""
    return not isinstance(error, (OperationalError, InterfaceError))


def _lock(consumer: str, *, shared: bool) -> None:
    """Delivering takes it shared, a rebuild alone: no event is applied by both."""
    kind = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{kind}(hashtext(%s))", [f"{schema()}/{consumer}"]
        )
