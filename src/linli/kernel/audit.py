"""Walk every chain of the current district and say what does not fit: has anyone touched the history?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.apps import apps
from django.db import connection

from linli.kernel import seal
from linli.kernel.actor import SYSTEM
from linli.kernel.event import canonical
from linli.kernel.models import Chained, Commitment, Event, Seal
from linli.kernel.scope import scope


@dataclass(frozen=True, slots=True)
class Finding:
    """`fault`: gap, broken_link, changed_event, cut_tail, changed_row, no_history, changed_text, missing_text,
    stray_text, broken_seal, or what a room's own check says. `where` names ids only."""

    fault: str
    where: str


@dataclass(frozen=True, slots=True)
class Report:
    chains: int
    events: int
    texts: int
    seals: int
    findings: tuple[Finding, ...]


_checks: list[Callable[[], Iterable[Finding]]] = []


def check(function: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
    """Register a room's own check (its files, say); it runs within the audit, seeing everything."""
    _checks.append(function)
    return function


def audit() -> Report:
    """Everything in the current district. Reads only; run it as the application login."""
    with scope(SYSTEM):
        heads: dict[str, tuple[int, bytes]] = {}
        promised: dict[tuple[str, str], str] = {}
        findings: list[Finding] = []
        events = Event.objects.order_by("subject", "seq").iterator(chunk_size=2000)
        count = 0
        for subject, chain in groupby(events, key=lambda event: event.subject):
            links = list(chain)
            count += len(links)
            findings += _walk(subject, links)
            heads[subject] = (links[-1].seq, bytes(links[-1].digest))
            for event in links:
                for field, digest in event.body.get("commitments", {}).items():
                    promised[str(event.id), field] = digest
        findings += _rows(heads)
        texts = len(promised)
        findings += _texts(promised)
        findings += _seals()
        for room in _checks:
            findings += room()
        return Report(len(heads), count, texts, Seal.objects.count(), tuple(findings))


def seal_day(until: datetime) -> Seal:
    """Seal the heads of all chains as they stood at `until` in a Merkle root; again for the same instant: the same."""
    with scope(SYSTEM):
        kept = Seal.objects.filter(until=until).first()
        if kept is not None:
            return kept
        leaves = _heads_at(until)
        return Seal.objects.create(until=until, chains=len(leaves), root=seal.merkle_root(leaves))


def _walk(subject: str, links: list[Event]) -> Iterator[Finding]:
    before, seq = b"", 0
    for event in links:
        where = f"{subject} event {event.seq}"
        if event.seq != seq + 1:
            yield Finding("gap", where)
        elif bytes(event.previous) != before:
            yield Finding("broken_link", where)
        if seal.digest(bytes(event.previous), canonical(event)) != bytes(event.digest):
            yield Finding("changed_event", where)
        before, seq = bytes(event.digest), event.seq


def _rows(heads: dict[str, tuple[int, bytes]]) -> Iterator[Finding]:
    """Every aggregate stands where its chain ends: a cut tail or a lost row shows here."""
    left = dict(heads)
    for model in apps.get_models():
        if not issubclass(model, Chained) or model._meta.db_table not in _tables():
            continue
        for key, version, head in model._base_manager.values_list("pk", "version", "head").iterator(chunk_size=2000):
            subject = f"{model._meta.model_name}:{key}"
            last = left.pop(subject, None)
            if last is None:
                if version:
                    yield Finding("no_history", subject)
            elif last != (version, bytes(head)):
                yield Finding("cut_tail" if last[0] < version else "changed_row", subject)
    for subject in left:
        yield Finding("missing_row", subject)


def _texts(promised: dict[tuple[str, str], str]) -> Iterator[Finding]:
    for model in apps.get_models():
        if not issubclass(model, Commitment) or model._meta.db_table not in _tables():
            continue
        for row in model._base_manager.all().iterator(chunk_size=2000):
            digest = promised.pop((str(row.event_id), row.field), None)
            where = f"text {row.field} of event {row.event_id}"
            if digest is None:
                yield Finding("stray_text", where)
            elif row.salt is None and row.text is None:
                continue  # erased by right: the commitment stays, the words are gone
            elif row.salt is None or seal.commit(bytes(row.salt), row.text or "").hex() != digest:
                yield Finding("changed_text", where)
    for event_id, field in promised:
        yield Finding("missing_text", f"text {field} of event {event_id}")


def _seals() -> Iterator[Finding]:
    for kept in Seal.objects.order_by("until"):
        leaves = _heads_at(kept.until)
        if len(leaves) != kept.chains or seal.merkle_root(leaves) != bytes(kept.root):
            yield Finding("broken_seal", f"seal of {kept.until.isoformat()}")


def _heads_at(until: datetime) -> list[bytes]:
    last = (
        Event.objects.filter(recorded_at__lt=until)
        .order_by("subject", "-seq")
        .distinct("subject")
        .values_list("subject", "seq", "digest")
    )
    return [f"{subject} {seq} ".encode() + bytes(digest) for subject, seq, digest in last]


def _tables() -> set[str]:
    return set(connection.introspection.table_names())
