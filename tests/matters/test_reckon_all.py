"""When holidays are announced, deadlines that fall into them are computed anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linli.kernel import holidays, relay
from linli.kernel.actor import SYSTEM
from linli.kernel.calendar import Calendar, seed
from linli.kernel.district import schema
from linli.kernel.models import Event
from linli.kernel.registry import tenants
from linli.matters.commands import clockwork, reckon_all
from linli.matters.models import PublicMatter
from tests.cast import WORKING_AT, Scene
from tests.conftest import SCRATCH
from tests.matters.corner import Corner, events, stored

PROVISIONAL = datetime(2031, 1, 22, 1, 0, tzinfo=UTC)  # a Wednesday, 09:00; the new year of the lamb is on the 23rd
FESTIVAL = {date(2031, 1, day): "holiday" for day in (22, 23, 24, 27, 28)} | {date(2031, 1, 25): "workday"}


@pytest.fixture(autouse=True)
def _nothing_announced_before(stage: Scene) -> None:
    with tenants.district(SCRATCH):
        relay.drain(WORKING_AT)


def announce(days: dict[date, str], at: datetime) -> None:
    holidays.announce(by=SYSTEM, at=at, days=days, years=[2031])  # type: ignore[arg-type]
    relay.drain(at)


def test_a_provisional_year_is_reckoned_anew_when_it_is_announced(own_corner: Corner) -> None:
    matter = own_corner.open(at=PROVISIONAL)
    working = own_corner.move(own_corner.open(at=PROVISIONAL), "take_on", by="grid_worker", at=PROVISIONAL)
    assert matter.due_at == PROVISIONAL + timedelta(hours=5, minutes=30)  # 14:30, after the noon break
    noon = PROVISIONAL + timedelta(hours=3)
    announce(FESTIVAL, noon)
    after = stored(matter.pk)
    assert after.due_at == datetime(2031, 1, 25, 6, 0, tzinfo=UTC)  # 14:00 on the make-up Saturday
    assert after.next_at == after.due_at and after.yellow_at and after.yellow_at < after.due_at
    event = events(matter)[-1]
    assert (event.name, event.by, event.at) == ("matters.matter.reckoned", "clock", noon)
    assert event.cause and event.cause.startswith("event:")
    assert stored(working.pk).due_at == datetime(2031, 1, 30, 9, 30, tzinfo=UTC)  # days 25, 29 and 30
    relay.drain(noon)
    assert PublicMatter.objects.get(matter_id=matter.pk).due_at == after.due_at
    announce({}, noon)  # revised: no holiday at all
    assert stored(matter.pk).due_at == matter.due_at


def test_a_late_relay_reckons_when_it_comes(own_corner: Corner) -> None:
    matter = own_corner.open(at=PROVISIONAL)
    holidays.announce(by=SYSTEM, at=PROVISIONAL, days=FESTIVAL, years=[2031])  # type: ignore[arg-type]
    matter = own_corner.move(matter, "take_on", by="grid_worker", at=PROVISIONAL + timedelta(hours=1))
    relay.drain(PROVISIONAL + timedelta(hours=2))
    times = [event.at for event in events(matter)]
    assert times == sorted(times) and times[-1] == PROVISIONAL + timedelta(hours=2)
    announce({}, PROVISIONAL + timedelta(hours=3))


def test_what_no_holiday_touches_and_what_has_ended_stays(own_corner: Corner) -> None:
    matter = own_corner.open()
    solved = own_corner.solved(at=PROVISIONAL - timedelta(days=21))  # waits five natural days
    closed = own_corner.move(own_corner.solved(), "accept", by="resident")
    reckon_all(WORKING_AT, "event:none")
    assert [stored(m.pk).version for m in (matter, solved, closed)] == [1, 3, 4]


def test_the_pause_ends_when_it_ends_and_the_overall_deadline_moves(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.open(at=PROVISIONAL), "take_on", by="grid_worker", at=PROVISIONAL)
    paused = own_corner.move(matter, "pause", by="grid_worker", at=PROVISIONAL, note="等零件")
    announce(FESTIVAL, PROVISIONAL)
    after = stored(paused.pk)
    assert after.due_at == paused.due_at == PROVISIONAL + timedelta(days=15)
    before = paused.configuration["overall"]["due_at"]
    assert after.configuration["overall"]["due_at"] > before
    announce({}, PROVISIONAL)


def test_what_another_process_reckoned_with_the_old_calendar_is_reckoned_too(own_corner: Corner) -> None:
    matter = own_corner.open(at=PROVISIONAL)
    holidays.announce(by=SYSTEM, at=PROVISIONAL, days=FESTIVAL, years=[2031])  # type: ignore[arg-type]
    with old_calendar():
        moved = own_corner.move(matter, "take_on", by="grid_worker", at=PROVISIONAL)
    assert moved.due_at == datetime(2031, 1, 27, 9, 30, tzinfo=UTC)
    relay.drain(PROVISIONAL)
    assert stored(matter.pk).due_at == datetime(2031, 1, 30, 9, 30, tzinfo=UTC)
    announce({}, PROVISIONAL)


def test_a_matter_that_is_moved_while_all_are_reckoned_is_looked_at_again(
    own_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = own_corner.open(at=PROVISIONAL)
    announced = clockwork.reckon_matter

    def overtaken(**asked: Any) -> Event:
        if asked["matter"] == matter.pk and asked["version"] == 1:
            with old_calendar():
                own_corner.move(stored(matter.pk), "take_on", by="grid_worker", at=PROVISIONAL)
        return announced(**asked)

    monkeypatch.setattr(clockwork, "reckon_matter", overtaken)
    announce(FESTIVAL, PROVISIONAL)
    assert stored(matter.pk).due_at == datetime(2031, 1, 30, 9, 30, tzinfo=UTC)
    announce({}, PROVISIONAL)


@contextmanager
def old_calendar() -> Iterator[None]:
    """As in a process that has not heard of the announcement yet."""
    holidays._calendar._kept[schema()] = (float("inf"), Calendar(holidays.zone(), *seed(range(2023, 2029))))
    try:
        yield
    finally:
        holidays._calendar.forget()
