from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.calendar import Calendar, Day, Left, period_end, seed
from linli.kernel.quantity import Duration

SHANGHAI, BERLIN, NEW_YORK = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
DAYS, ANNOUNCED = seed(range(2024, 2030))
CALENDAR = Calendar(SHANGHAI, DAYS, ANNOUNCED)
NIGHT_SHIFT = Calendar(BERLIN, hours=((time(0, 15), time(2, 45)), (time(2, 50), time(6)), (time(22), time(23, 59))))
SUMMER_WINTER = Calendar(NEW_YORK, DAYS, ANNOUNCED, ((time(9), time(16, 45)),))

calendars = st.sampled_from([CALENDAR, NIGHT_SHIFT, SUMMER_WINTER])
first, last = datetime(2024, 11, 1), datetime(2027, 12, 31)  # noqa: DTZ001  (hypothesis wants bounds without a zone)
instants = st.datetimes(first, last, timezones=st.just(UTC))
working_times = st.builds(Duration, st.integers(1, 3000), st.sampled_from(["minutes", "hours"]), st.just(True))
working_days = st.builds(Duration, st.integers(1, 400), st.just("days"), st.just(True))
exact = st.builds(Duration, st.integers(1, 3000), st.sampled_from(["minutes", "hours"]), st.booleans())
durations = working_times | working_days | exact


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(start: str, duration: str, calendar: Calendar = CALENDAR) -> str:
    end = calendar.add(at(start), Duration.parse(duration))
    assert end.tzinfo is UTC
    return end.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


# --- days ------------------------------------------------------------------------------------------------------------


def test_october_2025_has_eight_days_off_and_two_make_up_days() -> None:
    for day in range(1, 9):
        assert not CALENDAR.is_working_day(date(2025, 10, day))
    assert CALENDAR.is_working_day(date(2025, 9, 28))  # a Sunday
    assert CALENDAR.is_working_day(date(2025, 10, 11))  # a Saturday
    assert not CALENDAR.is_working_day(date(2025, 10, 12))


def test_a_year_without_announcement_is_provisional_and_has_weekends_only() -> None:
    later = max(ANNOUNCED) + 1
    assert CALENDAR.is_provisional(date(later, 10, 1)) and not CALENDAR.is_provisional(date(2025, 10, 1))
    assert [CALENDAR.is_working_day(date(2029, 10, day)) for day in range(1, 8)] == [True] * 5 + [False] * 2
    assert seed([1999, 2150]) == ({}, frozenset())


def test_the_last_week_of_december_waits_for_the_next_announcement() -> None:
    last = max(ANNOUNCED)
    assert not CALENDAR.is_provisional(date(last, 12, 24)) and CALENDAR.is_provisional(date(last, 12, 29))
    assert not CALENDAR.is_provisional(date(last - 1, 12, 29))


# --- working time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2025-09-22 09:00", "4 working hours", "2025-09-22 14:30"),  # over the noon break
        ("2025-09-22 08:30", "210 working minutes", "2025-09-22 12:00"),  # due before the break, not after it
        ("2025-09-22 12:30", "1 working hour", "2025-09-22 14:30"),
        ("2025-09-26 17:00", "1 working hour", "2025-09-28 09:00"),  # a make-up Sunday
        ("2025-09-30 17:00", "4 working hours", "2025-10-09 12:00"),  # eight days off
        ("2025-10-04 23:00", "30 working minutes", "2025-10-09 09:00"),
        ("2025-10-10 16:30", "8 working hours", "2025-10-11 17:00"),  # a make-up Saturday
        ("2025-10-11 17:00", "1 working hour", "2025-10-13 09:00"),
        ("2025-12-31 17:00", "1 working hour", "2026-01-04 09:00"),  # over New Year, a make-up Sunday
    ],
)
def test_working_hours_run_in_office_hours_only(start: str, duration: str, end: str) -> None:
    assert due(start, duration) == end


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2025-09-22 09:00", "1 working day", "2025-09-23 17:30"),  # the day of the start does not count
        ("2025-09-22 00:00", "1 working day", "2025-09-23 17:30"),
        ("2025-09-22 23:59", "1 working day", "2025-09-23 17:30"),
        ("2025-09-20 10:00", "1 working day", "2025-09-22 17:30"),  # started on a Saturday
        ("2025-09-27 10:00", "1 working day", "2025-09-28 17:30"),  # a make-up Sunday counts
        ("2025-09-29 10:00", "5 working days", "2025-10-13 17:30"),  # 30 September, 9, 10, 11 and 13 October
        ("2025-09-30 10:00", "15 working days", "2025-10-28 17:30"),
        ("2025-12-30 10:00", "2 working days", "2026-01-04 17:30"),
    ],
)
def test_working_days_end_at_the_close_of_office(start: str, duration: str, end: str) -> None:
    assert due(start, duration) == end


def test_office_hours_are_the_districts_own() -> None:
    market = Calendar(ZoneInfo("Asia/Urumqi"), DAYS, ANNOUNCED, ((time(10), time(14)), (time(16), time(20))))
    start = at("2025-09-22 13:00", ZoneInfo("Asia/Urumqi"))
    assert market.add(start, Duration.parse("2 working hours")) == at("2025-09-22 17:00", ZoneInfo("Asia/Urumqi"))
    assert market.add(start, Duration.parse("1 working day")) == at("2025-09-23 20:00", ZoneInfo("Asia/Urumqi"))


@pytest.mark.parametrize(
    "hours",
    [(), ((time(12), time(8)),), ((time(8), time(8)),), ((time(13), time(17)), (time(8), time(12))),
     ((time(8), time(12)), (time(11), time(17)))],
)  # fmt: skip
def test_office_hours_that_are_none_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        Calendar(SHANGHAI, hours=hours)


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.add(datetime.fromisoformat("2025-09-22 09:00"), Duration.parse("1 working hour"))


@given(instants, st.integers(1, 900), st.sampled_from([CALENDAR, SUMMER_WINTER]))
@settings(max_examples=40)
def test_working_time_is_what_a_walk_minute_by_minute_finds(start: datetime, minutes: int, calendar: Calendar) -> None:
    start = start.replace(second=0, microsecond=0)
    walked, at_work = start, 0
    while at_work < minutes:
        local = walked.astimezone(calendar.zone)
        open_now = any(opens <= local.time() < closes for opens, closes in calendar.hours)
        at_work += calendar.is_working_day(local.date()) and open_now
        walked += timedelta(minutes=1)
    assert calendar.add(start, Duration(minutes, "minutes", working=True)) == walked
    assert calendar.working(start, walked) == timedelta(minutes=minutes)


@given(calendars, instants, st.sampled_from(["minutes", "hours", "days"]), st.integers(1, 400), st.integers(1, 400))
def test_working_durations_are_additive(
    calendar: Calendar, start: datetime, unit: str, first: int, second: int
) -> None:
    one, two, both = (Duration(amount, unit, working=True) for amount in (first, second, first + second))
    assert calendar.add(calendar.add(start, one), two) == calendar.add(start, both)


@given(calendars, instants, instants, working_times | working_days)
def test_working_durations_are_monotone(calendar: Calendar, one: datetime, two: datetime, duration: Duration) -> None:
    earlier, later = sorted([one, two])
    assert calendar.add(earlier, duration) <= calendar.add(later, duration)
    longer = Duration(duration.amount + 1, duration.unit, working=True)
    assert earlier < calendar.add(earlier, duration) < calendar.add(earlier, longer)


@given(calendars, instants, working_times)
def test_the_working_time_until_it_is_over_is_the_duration(
    calendar: Calendar, start: datetime, duration: Duration
) -> None:
    end = calendar.add(start, duration)
    assert calendar.working(start, end) == timedelta(**{duration.unit: duration.amount})
    assert calendar.working(start, end - timedelta(microseconds=1)) < calendar.working(start, end)


@given(calendars, instants, instants, instants)
def test_working_time_adds_up_over_any_three_instants(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    assert calendar.working(one, two) + calendar.working(two, three) == calendar.working(one, three)
    assert calendar.working(one, two) == -calendar.working(two, one)


@given(calendars, instants, working_times | working_days)
def test_working_durations_end_on_working_days(calendar: Calendar, start: datetime, duration: Duration) -> None:
    assert calendar.is_working_day(calendar.add(start, duration).astimezone(calendar.zone).date())


# --- natural time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2025-10-03 23:59", "3 minutes", "2025-10-04 00:02"),  # the bell rings at night in a holiday
        ("2025-10-01 20:00", "24 hours", "2025-10-02 20:00"),
        ("2025-09-30 09:15", "5 days", "2025-10-05 09:15"),
        ("2025-01-31 09:00", "1 month", "2025-02-28 09:00"),
        ("2024-01-31 09:00", "1 month", "2024-02-29 09:00"),
        ("2025-11-30 09:00", "3 months", "2026-02-28 09:00"),
        ("2024-02-29 09:00", "1 year", "2025-02-28 09:00"),
    ],
)
def test_natural_time_runs_day_and_night(start: str, duration: str, end: str) -> None:
    assert due(start, duration) == end


def test_natural_days_keep_the_time_of_day_when_clocks_are_changed() -> None:
    calendar = Calendar(BERLIN)
    before = at("2025-03-29 12:00", BERLIN)
    assert calendar.add(before, Duration.parse("1 day")) == at("2025-03-30 12:00", BERLIN)
    assert calendar.add(before, Duration.parse("1 day")) - before == timedelta(hours=23)
    assert calendar.add(before, Duration.parse("24 hours")) == at("2025-03-30 13:00", BERLIN)
    skipped = calendar.add(at("2025-03-29 02:30", BERLIN), Duration.parse("1 day"))
    assert skipped == at("2025-03-30 03:30", BERLIN)


def test_office_hours_that_the_clock_skips_or_repeats_are_worked_as_they_pass() -> None:
    day = [("2025-03-31 00:00", "2025-04-01 00:00"), ("2025-10-24 00:00", "2025-10-25 00:00")]
    for start, end in day:
        worked = NIGHT_SHIFT.working(at(start, BERLIN), at(end, BERLIN))
        assert worked == timedelta(hours=2.5) + timedelta(hours=3, minutes=10) + timedelta(hours=1, minutes=59)
    sundays = Calendar(
        BERLIN, {date(2025, 3, 30): "workday", date(2025, 10, 26): "workday"}, hours=((time(1), time(4)),)
    )
    assert sundays.working(at("2025-03-30 00:00", BERLIN), at("2025-03-30 12:00", BERLIN)) == timedelta(hours=2)
    assert sundays.working(at("2025-10-26 00:00", BERLIN), at("2025-10-26 12:00", BERLIN)) == timedelta(hours=4)


# --- lights, pauses, recomputing -------------------------------------------------------------------------------------


def test_yellow_comes_on_the_clock_that_the_duration_runs_on() -> None:
    start = at("2025-09-30 16:30")  # an hour before eight days off
    four, hours = Duration.parse("5 working hours"), Duration.parse("10 hours")
    assert CALENDAR.fraction_at(four, start, CALENDAR.add(start, four)) == at("2025-10-09 11:30")
    assert CALENDAR.fraction_at(hours, start, CALENDAR.add(start, hours)) == at("2025-10-01 00:30")
    assert CALENDAR.fraction_at(hours, start, CALENDAR.add(start, hours), 0.5) == at("2025-09-30 21:30")


@given(calendars, instants, durations)
def test_yellow_lies_between_start_and_due(calendar: Calendar, start: datetime, duration: Duration) -> None:
    end = calendar.add(start, duration)
    assert start < calendar.fraction_at(duration, start, end) < end


def test_a_stopped_clock_keeps_what_was_left() -> None:
    days = Duration.parse("3 working days")
    left = CALENDAR.left(days, at("2025-09-22 10:00"), at("2025-09-24 16:30"))  # due on the 25th at 17:30
    assert left == Left(timedelta(hours=8, minutes=30), working=True)
    assert CALENDAR.resume(left, at("2025-10-05 12:00")) == at("2025-10-10 09:30")
    natural = CALENDAR.left(Duration.parse("5 days"), at("2025-09-22 10:00"), at("2025-09-26 10:00"))
    assert CALENDAR.resume(natural, at("2025-10-05 12:00")) == at("2025-10-06 12:00")


def test_a_clock_that_was_late_when_stopped_is_late_when_resumed() -> None:
    hours = Duration.parse("4 working hours")
    left = CALENDAR.left(hours, at("2025-09-22 08:30"), at("2025-09-22 15:30"))
    assert left == Left(-timedelta(hours=1, minutes=30), working=True)
    assert CALENDAR.resume(left, at("2025-09-24 09:00")) == at("2025-09-23 16:30")
    assert CALENDAR.resume(left, at("2026-01-04 08:30")) == at("2025-12-31 16:00")


@given(calendars, instants, durations, instants)
def test_a_pause_of_no_time_changes_nothing(
    calendar: Calendar, entered: datetime, duration: Duration, paused_at: datetime
) -> None:
    end = calendar.add(entered, duration)
    left = calendar.left(duration, entered, paused_at)
    used_up = paused_at if not left.time else end  # at 12:00 sharp, say, and paused in the noon break
    assert calendar.resume(left, paused_at) == used_up
    assert calendar.remaining(duration, paused_at, end) == calendar.left(duration, entered, paused_at)


@given(calendars, durations, st.lists(instants, min_size=3, max_size=3).map(sorted))
def test_a_pause_moves_the_end_by_what_it_took(calendar: Calendar, duration: Duration, moments: list[datetime]) -> None:
    entered, paused_at, resumed_at = moments
    end = calendar.add(entered, duration)
    later = calendar.resume(calendar.left(duration, entered, paused_at), resumed_at)
    if duration.working:
        assert calendar.working(end, later) == calendar.working(paused_at, resumed_at)
    else:
        assert later - end == resumed_at - paused_at


def test_an_announcement_gives_new_due_times() -> None:
    day_before, fifteen = "2027-09-30 10:00", "15 working days"
    known = {day: kind for day, kind in DAYS.items() if day.year < 2027}
    provisional = Calendar(SHANGHAI, known, ANNOUNCED - {2027, 2028})
    assert due(day_before, fifteen, provisional) == "2027-10-21 17:30"
    notice: dict[date, Day] = {date(2027, 10, day): "holiday" for day in range(1, 8)}
    announced = provisional.announce({**notice, date(2027, 10, 9): "workday"}, [2027])
    assert provisional.is_provisional(date(2027, 10, 21)) and not announced.is_provisional(date(2027, 10, 21))
    assert due(day_before, fifteen, announced) == "2027-10-27 17:30"
    assert due("2026-09-30 10:00", fifteen, announced) == due("2026-09-30 10:00", fifteen, provisional)
    left = Left(timedelta(hours=10), working=True)
    assert provisional.resume(left, at("2027-10-01 08:30")) == at("2027-10-04 11:00")
    assert announced.resume(left, at("2027-10-01 08:30")) == at("2027-10-09 11:00")


def test_a_revised_announcement_replaces_the_earlier_one() -> None:
    first = CALENDAR.announce({date(2027, 5, 3): "holiday"}, [2027])
    second = first.announce({date(2027, 5, 4): "holiday"}, [2027])
    assert second.is_working_day(date(2027, 5, 3)) and not second.is_working_day(date(2027, 5, 4))


# --- periods of law --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_on", "duration", "last_on"),
    [
        ("2025-01-15", "30 days", "2025-02-14"),  # 201: the first day is not counted
        ("2025-03-17", "1 day", "2025-03-18"),
        ("2025-01-15", "2 months", "2025-03-17"),  # 202: the 15th, a Saturday, gives way to Monday
        ("2025-01-31", "1 month", "2025-02-28"),  # 202: no 31 February
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2025-12-31", "6 months", "2026-06-30"),
        ("2025-09-03", "1 month", "2025-10-09"),  # 203: in the eight days off
        ("2025-09-30", "1 day", "2025-10-09"),
        ("2025-09-11", "1 month", "2025-10-11"),  # a make-up Saturday is a working day
        ("2025-09-12", "1 month", "2025-10-13"),  # an ordinary Sunday is not
        ("2025-09-29", "5 working days", "2025-10-13"),  # 行政许可法 82
        ("2025-09-20", "1 working day", "2025-09-22"),
    ],
)
def test_periods_of_law(start_on: str, duration: str, last_on: str) -> None:
    start, last = date.fromisoformat(start_on), at(f"{last_on} 00:00")
    assert period_end(start, Duration.parse(duration), CALENDAR) == last + timedelta(days=1)
    at_office = period_end(start, Duration.parse(duration), CALENDAR, office=True)
    assert at_office == last + timedelta(hours=17, minutes=30)


def test_a_period_in_hours_begins_at_an_instant() -> None:
    with pytest.raises(ValueError, match=r"Calendar\.add"):
        period_end(date(2025, 9, 1), Duration.parse("48 hours"), CALENDAR)
