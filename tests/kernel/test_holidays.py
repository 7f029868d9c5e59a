"""The district's calendar: seeded once, announced year by year, read by everybody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from linli.kernel import holidays
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM, Actor, Post
from linli.kernel.audit import audit
from linli.kernel.holidays import announce, calendar, seed
from linli.kernel.models import Day, Event, WorkingCalendar
from linli.kernel.quantity import Duration
from linli.kernel.refusal import Forbidden
from linli.kernel.registry import tenants
from tests.installation import DISTRICT
from tests.kernel.lamps import at_once

AT = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
ADMINISTRATOR = Actor("person", party=1, posts=(Post(1, "administrator", 1, 0, 2**62),))
FRIDAY = datetime(2031, 9, 26, 1, 0, tzinfo=UTC)
WEEK = Duration.parse("5 working days")


@pytest.fixture
def here(empty_district: str) -> str:
    holidays._calendar.forget()
    return empty_district


def test_a_new_district_knows_the_announced_years_and_not_more(here: str) -> None:
    seed(SYSTEM, AT)
    assert calendar().announced >= {2022, 2023, 2024, 2025}
    assert not calendar().is_working_day(date(2025, 10, 8))
    assert calendar().is_working_day(date(2025, 9, 28))
    assert calendar().is_provisional(FRIDAY.date())
    seed(SYSTEM, AT)
    assert Event.objects.count() == WorkingCalendar.objects.get().version == 1
    assert audit().findings == ()


def test_an_announcement_changes_what_is_due(here: str) -> None:
    seed(SYSTEM, AT)
    before = calendar().add(FRIDAY, WEEK)
    event = announce(
        by=ADMINISTRATOR, at=AT, years=[2031],
        days={date(2031, 10, day): "holiday" for day in range(1, 9)} | {date(2031, 9, 28): "workday"},
    )  # fmt: skip
    assert not calendar().is_provisional(FRIDAY.date())
    assert before == datetime(2031, 10, 3, 9, 30, tzinfo=UTC)
    assert calendar().add(FRIDAY, WEEK) == datetime(2031, 10, 10, 9, 30, tzinfo=UTC)
    assert event.body["years"] == [2031] and len(event.body["days"]) == 9
    assert event.by == "party:1"


def test_a_year_announced_again_replaces_what_was_known(here: str) -> None:
    announce(by=SYSTEM, at=AT, years=[2031], days={date(2031, 5, 1): "holiday", date(2031, 5, 2): "holiday"})
    announce(by=SYSTEM, at=AT, years=[2031], days={date(2031, 5, 1): "holiday", date(2033, 5, 1): "holiday"})
    assert list(Day.objects.values_list("on", flat=True)) == [date(2031, 5, 1)]
    assert calendar().announced == {2031}
    assert "2033-05-01" not in Event.objects.get(seq=2).body["days"]


@pytest.mark.parametrize("actor", [NOBODY, CLOCK, Actor("person", party=2)])
def test_only_an_administrator_announces(here: str, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        announce(by=actor, at=AT, years=[2031], days={})
    assert not WorkingCalendar.objects.exists()


def test_two_who_announce_at_once_are_both_heard(here: str) -> None:
    at_once(
        here,
        lambda: announce(by=SYSTEM, at=AT, years=[2031], days={date(2031, 5, 1): "holiday"}),
        lambda: announce(by=SYSTEM, at=AT, years=[2032], days={date(2032, 5, 3): "holiday"}),
    )
    holidays._calendar.forget()
    assert calendar().announced == {2031, 2032} and len(calendar().days) == 2


def test_each_district_has_its_own_calendar(here: str) -> None:
    announce(by=SYSTEM, at=AT, years=[2031], days={date(2031, 5, 1): "holiday"})
    assert 2031 in calendar().announced
    with tenants.district(DISTRICT):
        assert 2031 not in calendar().announced
    assert 2031 in calendar().announced


def test_a_calendar_that_is_refused_is_not_remembered(here: str) -> None:
    announce(by=SYSTEM, at=AT, years=[2031], days={}, key="a")
    kept = calendar()
    announce(by=SYSTEM, at=AT + timedelta(days=1), years=[2031], days={}, key="a")
    assert calendar() is kept


def test_the_zone_is_the_districts(here: str) -> None:
    assert holidays.zone().key == "Asia/Shanghai"
    assert connection.tenant.zone == "Asia/Shanghai"
