"""Events: history that is only ever added to, chained per subject, delivered to whoever listens."""

import json
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from linli.kernel import relay, seal
from linli.kernel.actor import SYSTEM
from linli.kernel.audit import seal_day
from linli.kernel.event import canonical, new_ids, record
from linli.kernel.models import Consumer, Delivery, Event
from linli.kernel.refusal import Conflict, Missing
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from tests.installation import DISTRICT
from tests.kernel import lamps
from tests.kernel.lamps import ANN, AT, Lamp, LampText, hung, switched


def test_events_of_a_subject_are_numbered_and_chained(district: str) -> None:
    one, two = hung(), hung()
    switched(one, 3)
    chain = list(Event.objects.filter(subject=f"lamp:{one}").order_by("seq"))
    assert [event.seq for event in chain] == [1, 2, 3, 4]
    before = seal.GENESIS
    for event in chain:
        assert bytes(event.previous) == before
        assert bytes(event.digest) == seal.digest(before, canonical(event))
        before = bytes(event.digest)
    assert bytes(Lamp.objects.get(pk=one).head) == before
    assert bytes(Event.objects.get(subject=f"lamp:{two}").previous) == seal.GENESIS


def test_an_event_belongs_to_its_district(district: str) -> None:
    event = Event.objects.get(subject=f"lamp:{hung()}")
    here = canonical(event)
    with tenants.district(DISTRICT):
        assert canonical(event) != here


def test_the_body_commits_to_what_was_written_and_does_not_say_it(district: str) -> None:
    lamp = hung(note="the one by the door flickers")
    event, kept = Event.objects.get(subject=f"lamp:{lamp}"), LampText.objects.get()
    assert (kept.event_id, kept.field, kept.lamp_id) == (event.id, "note", lamp)
    assert event.body == {"commitments": {"note": seal.commit(bytes(kept.salt), kept.text).hex()}}
    assert len(kept.salt) >= 16
    same = Event.objects.get(subject=f"lamp:{hung(note='the one by the door flickers')}")
    assert same.body != event.body


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_event SET by = by",
        "DELETE FROM kernel_event",
        "TRUNCATE kernel_event CASCADE",
        "UPDATE kernel_seal SET chains = chains",
        "DELETE FROM kernel_seal",
        "ALTER TABLE kernel_event DISABLE TRIGGER ALL",
        "DROP TABLE kernel_seal",
    ],
)
def test_the_application_only_adds_to_history(district: str, statement: str) -> None:
    hung()
    seal_day(AT)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_event_is_recorded_in_a_scope_only(district: str) -> None:
    with pytest.raises(RuntimeError):
        record(Lamp(), "lamps.lamp.hung", by="system", at=AT, cause=None, body={}, changes={})


def test_an_instant_without_a_zone_is_refused(district: str) -> None:
    with pytest.raises(ValueError):
        lamps.hang(by=ANN, at=AT.replace(tzinfo=None))
    assert not Lamp.objects.exists()


def test_who_read_an_older_version_is_told_what_stands_now(district: str) -> None:
    lamp = hung()
    old = Lamp.objects.get(pk=lamp)
    switched(lamp, 2)
    with pytest.raises(Conflict) as refused, scope(SYSTEM):
        record(old, lamps.SWITCHED, by="system", at=AT, cause=None, body={}, changes={"lit": True})
    assert refused.value.data == {"version": 3}
    gone = Lamp(id=10**6, version=1)
    with pytest.raises(Missing), scope(SYSTEM):
        record(gone, lamps.SWITCHED, by="system", at=AT, cause=None, body={}, changes={})


def test_ids_are_known_before_the_insert(district: str) -> None:
    first, second = new_ids(Lamp, 2)
    assert second > first
    with scope(SYSTEM):
        event = record(Lamp(id=second), "lamps.lamp.hung", by="system", at=AT, cause=None, body={}, changes={})
    assert event.subject == f"lamp:{second}"
    assert event.id.version == 7


def test_who_listens_stands_in_the_database(district: str) -> None:
    """So an event reaches a consumer that the process which records it has never heard of."""
    Consumer.objects.create(name="lamps.elsewhere", listens=[lamps.SWITCHED], ready=True)
    lamp = hung()
    switched(lamp)
    waiting = Delivery.objects.filter(consumer="lamps.elsewhere")
    assert list(waiting.values_list("subject", "seq")) == [(f"lamp:{lamp}", 2)]
    Delivery.objects.all().delete()


def test_an_event_for_nobody_is_delivered_to_nobody(district: str) -> None:
    hung()
    assert not Delivery.objects.exists()


def test_recording_costs_one_statement_beside_the_change(district: str) -> None:
    with lamps.listening():
        relay.introduce()
        lamp = Lamp.objects.get(pk=hung())
        with CaptureQueriesContext(connection) as asked, scope(SYSTEM):
            record(lamp, lamps.SWITCHED, by="system", at=AT, cause=None, body={}, changes={"lit": True})
    said = [query["sql"].split()[0] for query in asked.captured_queries]
    assert said == ["BEGIN", "SET", "UPDATE", "WITH", "COMMIT", "NOTIFY"]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
INSTANTS = st.integers(-(10**15), 10**16).map(lambda microseconds: AT + timedelta(microseconds=microseconds))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(body=JSON, at=INSTANTS)
def test_what_is_read_is_what_was_sealed(body: object, at: datetime) -> None:
    """Through jsonb and timestamptz and back, the canonical text is the same."""
    written = Event(
        id=UUID(int=1), subject="lamp:1", seq=1, name="lamps.lamp.hung", schema=1, by="system", body=body,
        at=at.astimezone(timezone(timedelta(hours=8))), recorded_at=at,
    )  # fmt: skip
    sealed = canonical(written)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, %s, %s", [written.at, written.recorded_at, Jsonb(body)])
        written.at, written.recorded_at, text = cursor.fetchone()
    written.body = json.loads(text)
    assert canonical(written) == sealed
