"""Recording what happened: the aggregate's change and its event, in one go."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb
from uuid6 import uuid7

from linli.kernel import seal
from linli.kernel.district import schema
from linli.kernel.models import Chained, Event
from linli.kernel.refusal import Conflict, Missing

SCHEMA = 1  # of event bodies; raised with an up-caster when a body's meaning changes
# Fields that no event has, for history cannot be made to forget: what they would say stands in the row, or in a text.
PERSONAL = frozenset(
    ("name", "names", "shown_name", "phone", "phones", "identity", "address", "text", "note", "words", "password")
)

# The event and its deliveries in one statement: whoever sees the one sees the others.
_INSERT = """
WITH event AS (
  INSERT INTO kernel_event (id, subject, seq, name, schema, at, recorded_at, by, cause, body, previous, digest)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, subject, seq, name
)
INSERT INTO kernel_delivery (consumer, subject, seq, event_id, attempts)
SELECT consumer.name, event.subject, event.seq, event.id, 0
FROM event JOIN kernel_consumer consumer ON event.name = ANY (consumer.listens)
"""


def record(
    aggregate: Chained,
    name: str,
    *,
    by: str,
    at: datetime,
    cause: str | None,
    body: Mapping[str, Any],
    changes: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
    recorded_at: datetime | None = None,
) -> Event:
    """Write `changes` to the aggregate and append the event `name` to its chain.

    A new aggregate (version 0) is inserted, an old one changed only if nobody changed it since it was read:
    otherwise Conflict("stale", version=what stands now). `texts` are what people wrote: the event holds salted
    commitments to them, the aggregate's own table of texts holds the words. `at` is when it happened, `recorded_at`
    when it was written down, the same unless history is imported. Outside of a scope this is refused: RuntimeError;
    so are bodies with PERSONAL fields: ValueError.
    """
    if personal := PERSONAL & set(_fields(body)):
        raise ValueError(f"the body of {name} has personal fields: {', '.join(sorted(personal))}")
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction that changes its aggregate")
    if aggregate.pk is None:
        aggregate.pk = new_id(type(aggregate))
    event = Event(
        id=UUID(int=uuid7().int),
        seq=aggregate.version + 1,
        name=name,
        schema=SCHEMA,
        at=at,
        recorded_at=recorded_at or at,
        by=by,
        cause=cause,
        previous=bytes(aggregate.head),
    )
    salts = {field: os.urandom(16) for field in texts or {}}
    commitments = {field: seal.commit(salts[field], text).hex() for field, text in (texts or {}).items()}
    event.body = {**body, "commitments": commitments} if commitments else dict(body)
    _change(aggregate, event, changes)
    _keep(aggregate, event, texts or {}, salts)
    _insert(event)
    return event


def canonical(event: Event) -> str:
    """What the digest of an event covers: every column but the digests, and the district's schema."""
    return seal.canonical(
        {
            "district": schema(),
            "id": str(event.id),
            "subject": event.subject,
            "seq": event.seq,
            "name": event.name,
            "schema": event.schema,
            "at": _instant(event.at),
            "recorded_at": _instant(event.recorded_at),
            "by": event.by,
            "cause": event.cause,
            "body": event.body,
        }
    )


def new_id(model: type[Chained]) -> int:
    """The id of an aggregate about to be created: known before the insert, for its first event names it."""
    return new_ids(model, 1)[0]


def new_ids(model: type[Chained], count: int) -> Sequence[int]:
    """`count` ids at once, for bulk commands."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _fields(value: Any) -> Iterator[str]:
    """The names of all fields, however deep; below `commitments` stand digests only."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from () if name == "commitments" else _fields(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _fields(inner)


def _change(aggregate: Chained, event: Event, changes: Mapping[str, Any]) -> None:
    """Insert the aggregate, or compare and set it; give the event its subject and digest."""
    event.subject = aggregate.subject
    event.digest = seal.digest(bytes(event.previous), canonical(event))
    new = {**changes, "version": event.seq, "head": event.digest}
    found = 1
    if event.seq > 1:
        rows = type(aggregate)._base_manager.filter(pk=aggregate.pk, version=event.seq - 1)
        found = rows.update(**new)
    if not found:
        current = type(aggregate)._base_manager.filter(pk=aggregate.pk).values_list("version", flat=True).first()
        raise Missing("not_found") if current is None else Conflict("stale", version=current)
    for field, value in new.items():
        setattr(aggregate, field, value)
    if event.seq == 1:
        aggregate.save(force_insert=True)


def _keep(aggregate: Chained, event: Event, texts: Mapping[str, str], salts: Mapping[str, bytes]) -> None:
    """The words, in the aggregate's table of texts, which names its aggregate in a column of that name."""
    if texts:
        model: Any = aggregate.texts
        owner = {str(aggregate._meta.model_name): aggregate}
        model.objects.bulk_create(
            model(**owner, event_id=event.id, field=field, text=text, salt=salts[field])
            for field, text in texts.items()
        )


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(UTC).isoformat()


def _insert(event: Event) -> None:
    row: list[Any] = [
        event.id, event.subject, event.seq, event.name, event.schema, event.at, event.recorded_at,
        event.by, event.cause, Jsonb(event.body), event.previous, event.digest,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        delivered = cursor.rowcount > 0
    if delivered and _hint not in [entry[1] for entry in connection.run_on_commit]:
        transaction.on_commit(_hint, robust=True)


def _hint() -> None:
    """Wake the relay. After the commit, for commits that notify wait for each other; a hint that is lost costs a second
    at most, until the relay looks by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY linli, '{schema()}'")
