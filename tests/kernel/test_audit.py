"""The audit finds whatever was done to history behind its back; it finds nothing where nothing was done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from psycopg import sql

from linli.kernel import seal
from linli.kernel.audit import Finding, audit, check, seal_day
from linli.kernel.event import canonical
from linli.kernel.models import Event, Seal
from tests.installation import SERVER
from tests.kernel import lamps
from tests.kernel.lamps import ANN, AT, LampText, at_once, hung, switched


@dataclass(frozen=True)
class Column:
    table: str
    key: str
    name: str
    kind: str


COLUMNS = [
    *(Column("kernel_event", "id", name, "text") for name in ("subject", "name", "by", "cause")),
    *(Column("kernel_event", "id", name, "integer") for name in ("seq", "schema")),
    *(Column("kernel_event", "id", name, "instant") for name in ("at", "recorded_at")),
    *(Column("kernel_event", "id", name, "bytes") for name in ("previous", "digest")),
    Column("kernel_event", "id", "id", "uuid"),
    Column("kernel_event", "id", "body", "json"),
    Column("test_lamp", "id", "version", "integer"),
    Column("test_lamp", "id", "head", "bytes"),
    Column("test_lamp", "id", "id", "integer"),
    Column("test_lamp_text", "id", "text", "text"),
    Column("test_lamp_text", "id", "field", "text"),
    Column("test_lamp_text", "id", "salt", "bytes"),
    Column("test_lamp_text", "id", "event_id", "uuid"),
]


@pytest.fixture
def history(district: str) -> str:
    """A few lamps, switched and written about, sealed twice."""
    for number in range(3):
        lamp = hung(note="" if number == 1 else f"lamp number {number}")
        switched(lamp, number + 1)
    seal_day(_soon())
    lamps.switch(by=ANN, at=AT, cause="event:none", lamp=lamp)
    seal_day(_soon())
    return district


def test_a_history_that_nobody_touched_is_whole(history: str) -> None:
    report = audit()
    assert report.findings == ()
    assert (report.chains, report.events, report.texts, report.seals) == (3, 10, 3, 2)


def test_an_empty_district_is_whole(district: str) -> None:
    assert audit().findings == ()


def test_it_is_whole_while_it_grows(district: str) -> None:
    lamp = hung(note="by the door")
    findings = at_once(district, lambda: switched(lamp, 60), lambda: [audit().findings for _ in range(8)])[1]
    assert findings == [()] * 8


def test_any_changed_byte_is_found(history: str) -> None:
    with _owner() as owner:
        _change_any_byte(owner)
    assert audit().findings == ()


def _change_any_byte(owner: psycopg.Connection[Any]) -> None:
    @given(data=st.data())
    @settings(max_examples=200, deadline=None)
    def change_one(data: st.DataObject) -> None:
        column = data.draw(st.sampled_from(COLUMNS))
        table, key, name = (sql.Identifier(part) for part in (column.table, column.key, column.name))
        rows = owner.execute(sql.SQL("SELECT {}, {} FROM {} ORDER BY 1").format(key, name, table)).fetchall()
        row, before = data.draw(st.sampled_from(rows))
        after = data.draw(_changed(column.kind, before))
        change = sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(table, name, key)
        try:
            owner.execute(change, [_sent(column, after), row])
        except (psycopg.IntegrityError, psycopg.DataError):
            assume(False)
        found = audit().findings
        owner.execute(change, [_sent(column, before), after if column.name == column.key else row])
        assert found, f"{column}: {before!r} became {after!r}"

    change_one()


@pytest.mark.parametrize(
    "change",
    [
        "at = 'infinity'",
        "recorded_at = '294000-01-01'",
        "at = '0044-03-15 BC'",
        "body = 'null'",
        "body = '{\"lit\": 1.0}'",
        "body = '{\"commitments\": []}'",
        "body = ('[' || repeat('9', 5000) || ']')::jsonb",
        "body = (repeat('[', 3000) || repeat(']', 3000))::jsonb",
        "previous = ''",
        "digest = ''",
    ],
)
def test_what_nobody_could_have_written_is_found_too(history: str, change: str) -> None:
    with _owner() as owner:
        owner.execute("UPDATE kernel_event SET " + change + " WHERE seq = 2 AND subject = 'lamp:3'")  # type: ignore[arg-type]
    assert Finding("changed_event", "lamp:3 event 2") in audit().findings


def test_any_missing_event_is_found(history: str) -> None:
    with _owner() as owner:
        owner.execute("CREATE TEMPORARY TABLE taken (LIKE kernel_event)")
        for (event,) in owner.execute("SELECT id FROM kernel_event").fetchall():
            owner.execute("INSERT INTO taken SELECT * FROM kernel_event WHERE id = %s", [event])
            owner.execute("DELETE FROM kernel_event WHERE id = %s", [event])
            assert {finding.fault for finding in audit().findings} & {"gap", "cut_tail"}
            owner.execute("INSERT INTO kernel_event SELECT * FROM taken")
            owner.execute("DELETE FROM taken")
    assert audit().findings == ()


def test_any_missing_text_or_row_is_found(history: str) -> None:
    with _owner() as owner:
        owner.execute("DELETE FROM test_lamp_text WHERE lamp_id = 2")
        owner.execute("DELETE FROM test_lamp_text WHERE lamp_id = 1")
        owner.execute("DELETE FROM test_lamp WHERE id = 1")
    event = Event.objects.get(subject="lamp:2", seq=1).id
    findings = audit().findings
    assert Finding("missing_text", f"lamp:2 text note of event {event}") in findings
    assert Finding("missing_row", "lamp:1") in findings


def test_a_text_that_no_event_promised_is_found(history: str) -> None:
    event = Event.objects.get(subject="lamp:1", seq=2).id
    LampText.objects.create(lamp_id=1, event_id=event, field="note", text="added later", salt=b"s" * 16)
    assert audit().findings == (Finding("stray_text", f"lamp:1 text note of event {event}"),)


def test_a_cut_tail_is_found_by_its_row(history: str) -> None:
    with _owner() as owner:
        owner.execute("DELETE FROM kernel_event WHERE subject = 'lamp:3' AND seq = 5")
    assert Finding("cut_tail", "lamp:3") in audit().findings


def test_a_tail_cut_together_with_its_row_is_found_by_the_seal(history: str) -> None:
    with _owner() as owner:
        owner.execute("DELETE FROM kernel_event WHERE subject = 'lamp:3' AND seq = 5")
        owner.execute(
            "UPDATE test_lamp SET version = 4, head = (SELECT digest FROM kernel_event WHERE subject = 'lamp:3' "
            "AND seq = 4) WHERE id = 3"
        )
    assert [finding.fault for finding in audit().findings] == ["broken_seal"]


def test_a_whole_chain_that_is_gone_is_found_by_the_seal(history: str) -> None:
    with _owner() as owner:
        owner.execute("DELETE FROM test_lamp_text WHERE lamp_id = 1")
        owner.execute("DELETE FROM test_lamp WHERE id = 1")
        owner.execute("DELETE FROM kernel_event WHERE subject = 'lamp:1'")
    assert [finding.fault for finding in audit().findings] == ["broken_seal"]


def test_a_chain_forged_from_end_to_end_is_found_by_the_seal(history: str) -> None:
    """Whoever owns the database can compute every digest anew, but not the seal that was given away before."""
    head = seal.GENESIS
    with _owner() as owner:
        for event in Event.objects.filter(subject="lamp:3").order_by("seq"):
            event.by = "party:99"
            event.previous, head = head, seal.digest(head, canonical(event))
            owner.execute(
                "UPDATE kernel_event SET by = %s, previous = %s, digest = %s WHERE id = %s",
                [event.by, event.previous, head, event.id],
            )
        owner.execute("UPDATE test_lamp SET head = %s WHERE id = 3", [head])
    assert {finding.fault for finding in audit().findings} == {"broken_seal"}


@pytest.mark.parametrize("change", ["chains = chains + 1", "until = until - interval '1 hour'", "root = sha256('x')"])
def test_a_changed_seal_is_found(history: str, change: str) -> None:
    with _owner() as owner:
        owner.execute("UPDATE kernel_seal SET " + change + " WHERE until = (SELECT min(until) FROM kernel_seal)")  # type: ignore[arg-type]
    assert "broken_seal" in {finding.fault for finding in audit().findings}


def test_a_seal_taken_out_of_the_row_is_found(history: str) -> None:
    with _owner() as owner:
        owner.execute("DELETE FROM kernel_seal WHERE until = (SELECT min(until) FROM kernel_seal)")
    assert [finding.fault for finding in audit().findings] == ["broken_seal"]


def test_erased_words_leave_the_history_whole(history: str) -> None:
    LampText.objects.filter(lamp_id=1).update(text=None, salt=None)
    assert audit().findings == ()


@pytest.mark.parametrize("change", [{"text": None}, {"salt": None}, {"text": "", "salt": None}, {"salt": b""}])
def test_half_erased_words_are_found(history: str, change: dict[str, Any]) -> None:
    LampText.objects.filter(lamp_id=2).update(**change)
    assert [finding.fault for finding in audit().findings] == ["changed_text"]


def test_a_day_is_sealed_once(history: str) -> None:
    last = Seal.objects.order_by("-until").first()
    assert last is not None
    assert seal_day(last.until) == last
    assert seal_day(last.until - timedelta(days=1)) == last
    assert Seal.objects.count() == 2


def test_two_who_seal_at_once_make_one_seal(district: str) -> None:
    hung()
    until = _soon()
    seals = at_once(district, *[lambda: seal_day(until)] * 3)
    assert {getattr(each, "until", each) for each in seals} == {until}
    assert Seal.objects.count() == 1 and audit().findings == ()


def test_a_seal_holds_whatever_instants_events_claim(district: str) -> None:
    """What is told late, about long ago, was written down after the seal all the same."""
    lamp = hung()
    seal_day(_soon())
    lamps.switch(by=ANN, at=AT - timedelta(days=400), lamp=lamp)
    lamps.switch(by=ANN, at=AT + timedelta(days=400), lamp=lamp)
    assert audit().findings == ()


def test_a_rooms_own_check_is_part_of_the_audit(district: str) -> None:
    from linli.kernel import audit as module

    @check
    def bulbs() -> Iterator[Finding]:
        yield Finding("lost_bulb", "bulb 4")

    try:
        assert audit().findings == (Finding("lost_bulb", "bulb 4"),)
    finally:
        module._checks.remove(bulbs)


def _soon() -> datetime:
    """An instant after everything recorded so far; ids may run ahead of the clock by a little."""
    last = Event.objects.order_by("-id").values_list("id", flat=True).first()
    ahead = datetime.fromtimestamp((last.int >> 80) / 1000, UTC) if last else datetime.now(UTC)
    return max(ahead, datetime.now(UTC)) + timedelta(milliseconds=2)


@contextmanager
def _owner() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(SERVER.owner_url, autocommit=True) as owner:
        owner.execute("SET search_path = d990001")
        yield owner


def _changed(kind: str, before: Any) -> st.SearchStrategy[Any]:
    """The same with one thing changed: a bit, a character, a number."""
    bits = st.integers(0, 62).map(lambda bit: 1 << bit)
    match kind:
        case "text":
            changed = st.none() | st.text("abc:1", max_size=4)
            if before:
                places = st.integers(0, len(before) - 1)
                changed |= places.map(lambda at: before[:at] + chr(ord(before[at]) ^ 1) + before[at + 1 :])
        case "bytes" if not before:
            changed = st.binary(min_size=1, max_size=40)
        case "bytes":
            places = st.integers(0, 8 * len(before) - 1)
            changed = places.map(lambda bit: _flipped(before, bit)) | st.just(bytes(before[:-1]))
        case "integer":
            changed = bits.map(lambda bit: before ^ bit)
        case "uuid":
            changed = st.integers(0, 127).map(lambda bit: UUID(int=before.int ^ 1 << bit))
        case "instant":
            changed = bits.map(lambda bit: before + timedelta(microseconds=bit % 10**15))
        case _:
            text = json.dumps(before)
            places = st.tuples(st.integers(0, len(text) - 1), st.integers(0, 6))
            changed = places.map(lambda at: text[: at[0]] + chr(ord(text[at[0]]) ^ 1 << at[1]) + text[at[0] + 1 :])
            return changed.filter(lambda after: _is_other_json(before, after)).map(json.loads)
    return changed.filter(lambda after: after != before)


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _is_other_json(before: Any, text: str) -> bool:
    try:
        return bool(json.loads(text) != before)
    except ValueError:
        return False


def _sent(column: Column, value: Any) -> Any:
    return json.dumps(value) if column.kind == "json" else value
