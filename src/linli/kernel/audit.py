"""Walk every chain of the current district and say what does not fit: has anybody touched the history?

Subject by subject, three streams in one order meet: the events, the row of the aggregate, the texts. So the memory that
it takes does not grow with the history.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models.functions import Cast, Collate

from linli.kernel import seal
from linli.kernel.actor import SYSTEM
from linli.kernel.event import canonical
from linli.kernel.models import Chained, Commitment, Event, Seal
from linli.kernel.scope import scope

# What Python can hold of what a column of instants can hold.
_READABLE = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """`fault`: gap, broken_link, changed_event, cut_tail, changed_row, no_history, missing_row, changed_text,
    missing_text, stray_text, broken_seal, or what a room's own check says. `where` names ids only."""

    fault: str
    where: str


@dataclass(frozen=True, slots=True)
class Report:
    """How many chains, events, texts and seals were looked at, and what does not fit."""

    chains: int
    events: int
    texts: int
    seals: int
    findings: tuple[Finding, ...]


class _Row(NamedTuple):
    subject: str
    version: int
    head: bytes


class _Text(NamedTuple):
    subject: str
    event_id: UUID
    field: str
    text: str | None
    salt: bytes | None


_checks: list[Callable[[], Iterable[Finding]]] = []


def check(function: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
    """Register a room's own check (its files, say); it runs within the audit, seeing everything."""
    _checks.append(function)
    return function


def audit() -> Report:
    """Everything in the current district, as it is at one instant. Reads only; run it as the application login."""
    chains = events = texts = 0
    findings: list[Finding] = []
    with scope(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        findings += _unreadable()
        for subject, links, rows, written in _gather(_events(), _rows(), _texts()):
            chains += bool(links)
            events += len(links)
            texts += len(written)
            findings += _walk(subject, links)
            findings += _compare(subject, links, rows)
            findings += _open_commitments(subject, links, written)
        findings += _break_seals()
        for room in _checks:
            findings += room()
        return Report(chains, events, texts, Seal.objects.count(), tuple(findings))


def seal_day(until: datetime) -> Seal:
    """Seal what was written down up to `until`, on top of the seal before; again for the same instant, or an earlier
    one than was sealed already: nothing new, the last seal."""
    with scope(SYSTEM):
        last = Seal.objects.order_by("-until").first()
        if last is not None and last.until >= until:
            return last
        leaves = _leaves(last, until)
        made = {"chains": len(leaves) - 1, "root": seal.merkle_root(leaves)}
        return Seal.objects.get_or_create(until=until, defaults=made)[0]


def _gather(*streams: Iterable[Any]) -> Iterator[tuple[str, list[Any], list[Any], list[Any]]]:
    """Three streams sorted by subject as one: each subject with its items from each stream."""
    tagged = [_tag(number, stream) for number, stream in enumerate(streams)]
    for subject, items in groupby(heapq.merge(*tagged, key=itemgetter(0)), key=itemgetter(0)):
        found: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for _, number, item in items:
            found[number].append(item)
        yield subject, *found


def _tag(number: int, stream: Iterable[Any]) -> Iterator[tuple[str, int, Any]]:
    for item in stream:
        yield item.subject, number, item


def _events() -> Iterator[Event]:
    """All events that can be read, chain by chain; a body that nobody could have written is None."""
    readable = Event.objects.filter(at__range=_READABLE, recorded_at__range=_READABLE)
    stream = readable.defer("body").annotate(written=Cast("body", models.TextField()))
    for event in stream.order_by(Collate("subject", "C"), "seq").iterator(chunk_size=_CHUNK):
        try:
            event.body = json.loads(event.written)
        except (ValueError, RecursionError):
            event.body = None
        yield event


def _unreadable() -> Iterator[Finding]:
    beyond = Event.objects.exclude(at__range=_READABLE, recorded_at__range=_READABLE)
    for subject, seq in beyond.values_list("subject", "seq").iterator(chunk_size=_CHUNK):
        yield Finding("changed_event", f"{subject} event {seq}")


def _rows() -> Iterator[_Row]:
    """Where every aggregate says that its chain ends."""
    parts = [
        f"SELECT '{model._meta.model_name}:' || {_quoted(model._meta.pk.column)} AS subject, version, head "
        f"FROM {_quoted(model._meta.db_table)}"
        for model in _tables(Chained)
    ]
    for subject, version, head in _stream(parts, "subject"):
        yield _Row(subject, version, bytes(head))


def _texts() -> Iterator[_Text]:
    """Every text, with the subject that it belongs to."""
    parts = []
    for model in _tables(Commitment):
        owner = next(field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))
        name = owner.related_model._meta.model_name
        parts.append(
            f"SELECT '{name}:' || {_quoted(owner.column)} AS subject, event_id, field, text, salt "
            f"FROM {_quoted(model._meta.db_table)}"
        )
    for subject, event_id, field, text, salt in _stream(parts, "subject"):
        yield _Text(subject, event_id, field, text, None if salt is None else bytes(salt))


def _tables(kind: type[models.Model]) -> list[type[models.Model]]:
    """The models of a kind that this schema has a table for."""
    here = set(connection.introspection.table_names())
    return [model for model in apps.get_models() if issubclass(model, kind) and model._meta.db_table in here]


def _stream(parts: Sequence[str], order: str) -> Iterator[tuple[Any, ...]]:
    """The union of queries, sorted as Python sorts text, a chunk at a time."""
    if not parts:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT * FROM ({" UNION ALL ".join(parts)}) AS part ORDER BY {order} COLLATE "C"')
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _walk(subject: str, links: Sequence[Event]) -> Iterator[Finding]:
    before, seq = seal.GENESIS, 0
    for event in links:
        where = f"{subject} event {event.seq}"
        if event.seq != seq + 1:
            yield Finding("gap", where)
        elif bytes(event.previous) != before:
            yield Finding("broken_link", where)
        if _digest(event) != bytes(event.digest):
            yield Finding("changed_event", where)
        before, seq = bytes(event.digest), event.seq


def _digest(event: Event) -> bytes | None:
    """What the digest of an event should be; None when it holds what cannot be recorded."""
    try:
        return seal.digest(bytes(event.previous), canonical(event))
    except (ValueError, TypeError, RecursionError):
        return None


def _compare(subject: str, links: Sequence[Event], rows: Sequence[_Row]) -> Iterator[Finding]:
    """Every aggregate stands where its chain ends: a cut tail or a lost row shows here. One without events of its own
    (a place, whose root tells of it) says that it has none."""
    ends = (links[-1].seq, bytes(links[-1].digest)) if links else (0, seal.GENESIS)
    if links and not rows:
        yield Finding("missing_row", subject)
    for row in rows:
        if ends != (row.version, row.head):
            fault = "cut_tail" if ends[0] < row.version else "changed_row"
            yield Finding(fault if links else "no_history", subject)


def _open_commitments(subject: str, links: Sequence[Event], written: Sequence[_Text]) -> Iterator[Finding]:
    """Every text is the one that its event commits to, and no promised one is missing."""
    promised = {(event.id, field): digest for event in links for field, digest in _commitments(event)}
    for text in written:
        digest = promised.pop((text.event_id, text.field), None)
        where = f"{subject} text {text.field} of event {text.event_id}"
        if digest is None:
            yield Finding("stray_text", where)
        elif not _opens(digest, text):
            yield Finding("changed_text", where)
    for event_id, field in promised:
        yield Finding("missing_text", f"{subject} text {field} of event {event_id}")


def _commitments(event: Event) -> Iterable[tuple[str, str]]:
    promised = event.body.get("commitments") if isinstance(event.body, dict) else None
    return promised.items() if isinstance(promised, dict) else ()


def _opens(digest: str, text: _Text) -> bool:
    """Whether these are the words, or words and salt are both gone: erased by right."""
    if text.salt is None and text.text is None:
        return True
    if text.salt is None or text.text is None:
        return False
    try:
        return seal.commit(text.salt, text.text).hex() == digest
    except ValueError:  # such a salt was never used
        return False


def _break_seals() -> Iterator[Finding]:
    before: Seal | None = None
    for kept in Seal.objects.order_by("until"):
        leaves = _leaves(before, kept.until)
        if len(leaves) - 1 != kept.chains or seal.merkle_root(leaves) != bytes(kept.root):
            yield Finding("broken_seal", f"seal of {kept.until.isoformat()}")
        before = kept


def _leaves(before: Seal | None, until: datetime) -> list[bytes]:
    """The seal before, then the heads of the chains that grew since, in the order of their subjects."""
    first = b"" if before is None else f"{before.until.isoformat()} {before.chains} ".encode() + bytes(before.root)
    grown = Event.objects.filter(id__lt=_first_id(until))
    if before is not None:
        grown = grown.filter(id__gte=_first_id(before.until))
    heads = grown.order_by("subject", "-seq").distinct("subject").values_list("subject", "seq", "digest")
    return [first, *sorted(f"{subject} {seq} ".encode() + bytes(digest) for subject, seq, digest in heads)]


def _first_id(at: datetime) -> UUID:
    """The smallest id that an event written down at this instant can have (RFC 9562, version 7)."""
    return UUID(int=(at - _EPOCH) // timedelta(milliseconds=1) << 80)
