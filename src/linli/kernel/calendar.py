"""The working calendar of a district and the periods of the law. Pure: no database and no clock of its own.

Instants go in as aware datetimes of any zone and come out in UTC. How each duration runs:

working minutes, hours  only in office hours of working days. Due at the earliest instant at which they are used up.
working days            the day of the start does not count; due at the close of office on the n-th working day after
                        it. Our reading of 工作日 in 行政许可法 82 (working days leave out statutory holidays) with
                        民法典 201 (the first day is not counted) and 203 (the last day ends when business hours end).
minutes, hours          elapsed time, by day and night.
days, months, years     the same time of day on the later date in the district's zone; a month without that day gives
                        its last one. A time of day that the zone's clock skips is moved by what was skipped.

Working durations are additive (the end of 2, then 3 more, is the end of 5) and monotone (a later start is never due
earlier). Natural ones need not be: a month after 31 January, then another, is 28 March; two months after is 31 March.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from chinese_calendar.constants import holidays, workdays

from linli.kernel.quantity import Duration

Day = Literal["holiday", "workday"]
OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_NOTHING = timedelta()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Left:
    """What a stopped clock keeps: the time that was left, negative when it had run out."""

    time: timedelta
    working: bool


@dataclass(frozen=True)
class Calendar:
    """Which days and hours a district works.

    `days` holds the exceptions from Monday to Friday: statutory holidays and make-up working days. `announced` are the
    years whose holidays the State Council has announced; any other year is provisional, weekends only. `hours` are
    office hours in the local time of `zone`, in order, within one day. Tables of working time are made on first use,
    year by year, and kept with the calendar: keep the calendar too.
    """

    zone: tzinfo
    days: Mapping[date, Day] = field(default_factory=dict, hash=False)
    announced: frozenset[int] = frozenset()
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    _years: dict[int, "_Year"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        instants = [instant for span in self.hours for instant in span]
        spans = all(opens < closes for opens, closes in self.hours)
        if not instants or instants != sorted(instants) or not spans:
            raise ValueError("office hours are one or more spans in order within one day, such as 08:30 to 12:00")

    def is_working_day(self, day: date) -> bool:
        known = self.days.get(day)
        return known == "workday" if known else day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Whether a coming announcement may still change this day. The last week of December is settled only by the
        next year's, for New Year's Day moves it (30 and 31 December 2018 were holidays of 2019)."""
        last_week = day.month == 12 and day.day > 24
        return day.year not in self.announced or (last_week and day.year + 1 not in self.announced)

    def announce(self, days: Mapping[date, Day], years: Iterable[int]) -> "Calendar":
        """This calendar with the days of newly announced (or revised) years. What was due under the old one is due
        under the new one at whatever `add` or `resume` now gives for the same start."""
        years = frozenset(years)
        kept = {day: kind for day, kind in self.days.items() if day.year not in years}
        return replace(self, days={**kept, **days}, announced=self.announced | years)

    def add(self, start: datetime, duration: Duration) -> datetime:
        """The instant at which a duration that begins at `start` is over."""
        start = _utc(start)
        if duration.working and duration.unit == "days":
            return self._close_of(start.astimezone(self.zone).date(), duration.amount)
        if duration.working:
            return self._move(start, timedelta(**{duration.unit: duration.amount}))
        if duration.unit in ("minutes", "hours"):
            return start + timedelta(**{duration.unit: duration.amount})
        local = start.astimezone(self.zone).replace(fold=0)
        return datetime.combine(_later(local.date(), duration), local.time(), self.zone).astimezone(UTC)

    def working(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two instants, negative when `end` is before `start`."""
        (year, before), (last_year, after) = self._read(_utc(start)), self._read(_utc(end))
        between = range(min(year, last_year), max(year, last_year))
        whole = sum((self._year(each).total for each in between), _NOTHING)
        return after - before + (whole if year <= last_year else -whole)

    def fraction_at(self, duration: Duration, start: datetime, due: datetime, fraction: float = 0.8) -> datetime:
        """When `fraction` of the time from `start` to `due` is used up, on the clock that `duration` runs on: the time
        of the yellow light."""
        if duration.working:
            return self._move(_utc(start), self.working(start, due) * fraction)
        return _utc(start) + (due - start) * fraction

    def left(self, duration: Duration, entered: datetime, paused_at: datetime) -> Left:
        """What is left at `paused_at` of a duration that has run since `entered`."""
        return self.remaining(duration, paused_at, self.add(entered, duration))

    def remaining(self, duration: Duration, at: datetime, due: datetime) -> Left:
        """What is left at `at` until `due` on the clock that `duration` runs on. Holds for a yellow time as well."""
        return Left(self.working(at, due) if duration.working else due - at, duration.working)

    def resume(self, left: Left, at: datetime) -> datetime:
        """When the clock that is started again at `at` runs out. Exact: a pause moves the end by as much working (or
        elapsed) time as it took, so working days that were paused may end in the middle of a day."""
        return self._move(_utc(at), left.time) if left.working else _utc(at) + left.time

    def _close_of(self, start: date, count: int) -> datetime:
        """The close of office on the `count`-th working day after `start`."""
        year = start.year
        ahead = bisect_right(self._year(year).dates, start) + count - 1
        while ahead >= len(self._year(year).dates):
            ahead -= len(self._year(year).dates)
            year += 1
        return self._year(year).ends[ahead]

    def _move(self, start: datetime, by: timedelta) -> datetime:
        """The earliest instant that is `by` working time away from `start`, back in time when `by` is negative."""
        if not by:
            return start
        year, worked = self._read(start)
        worked += by
        while worked > self._year(year).total:
            worked -= self._year(year).total
            year += 1
        while worked <= _NOTHING:
            year -= 1
            worked += self._year(year).total
        table = self._year(year)
        span = bisect_left(table.worked, worked)
        return table.closes[span] - (table.worked[span] - worked)

    def _read(self, at: datetime) -> tuple[int, timedelta]:
        """The working clock: the local year of `at` and the working time since that year began."""
        year = at.astimezone(self.zone).year
        table = self._year(year)
        span = bisect_right(table.opens, at) - 1
        if span < 0:
            return year, _NOTHING
        return year, table.worked[span] - max(table.closes[span] - at, _NOTHING)

    def _year(self, number: int) -> "_Year":
        table = self._years.get(number)
        if table is None:
            table = self._years[number] = _tabulate(self, number)
        return table


def period_end(start_on: date, duration: Duration, calendar: Calendar, *, office: bool = False) -> datetime:
    """The end of a period of law that starts on a day (民法典 200-204).

    201: the day of the start is not counted. 202: months and years end on the corresponding day, or on the last day of
    a month that has none. 203: a last day off work (statutory holiday or weekend, make-up working days respected) gives
    way to the first day after the holidays; the last day ends at 24:00, which is the 00:00 returned, or with `office`
    at the close of business. 204: other laws may say otherwise; periods in working days (行政许可法 82) end on the last
    one counted. Periods in hours begin at an instant (201 second paragraph): ValueError, use `Calendar.add`.
    """
    if duration.unit in ("minutes", "hours"):
        raise ValueError(f"{duration} begin at an instant, not on a day; use Calendar.add")
    midnight = datetime.combine(start_on, time(), calendar.zone)
    if duration.working:
        last_on = calendar.add(midnight, duration).astimezone(calendar.zone).date()
    else:
        last_on = _later(start_on, duration)
    while not calendar.is_working_day(last_on):
        last_on += _DAY
    end = calendar.hours[-1][1] if office else time()
    return datetime.combine(last_on if office else last_on + _DAY, end, calendar.zone).astimezone(UTC)


def seed(years: Iterable[int]) -> tuple[dict[date, Day], frozenset[int]]:
    """Holidays and make-up working days of China for `Calendar`, and which of `years` they are known for.

    Source: the library chinesecalendar, which follows the yearly notices of the State Council's office
    (关于部分节假日安排的通知) from 2004 to the last year announced when it was released.
    """
    known = frozenset(years) & {day.year for day in holidays}
    days: dict[date, Day] = {day: "holiday" for day in holidays if day.year in known}
    days.update({day: "workday" for day in workdays if day.year in known})
    return days, known


@dataclass(frozen=True, slots=True)
class _Year:
    """The working time of one local year: its spans of office hours, and the working time up to the end of each."""

    opens: list[datetime]
    closes: list[datetime]
    worked: list[timedelta]
    total: timedelta
    dates: list[date]  # the working days
    ends: list[datetime]  # the close of office on each


def _tabulate(calendar: Calendar, number: int) -> _Year:
    opens: list[datetime] = []
    closes: list[datetime] = []
    worked: list[timedelta] = []
    first = date(number, 1, 1)
    year = (first + timedelta(days=offset) for offset in range(366))
    dates = [day for day in year if day.year == number and calendar.is_working_day(day)]
    total = _NOTHING
    for day in dates:
        for opening, closing in calendar.hours:
            opened = datetime.combine(day, opening, calendar.zone).astimezone(UTC)
            closed = datetime.combine(day, closing, calendar.zone).astimezone(UTC)
            opened = max(opened, closes[-1]) if closes else opened  # a skipped hour may push one span into the next
            if opened < closed:
                total += closed - opened
                opens.append(opened)
                closes.append(closed)
                worked.append(total)
    ends = [datetime.combine(day, calendar.hours[-1][1], calendar.zone).astimezone(UTC) for day in dates]
    return _Year(opens, closes, worked, total, dates, ends)


def _later(day: date, duration: Duration) -> date:
    """The date that many days, months or years later."""
    if duration.unit == "days":
        return day + timedelta(days=duration.amount)
    months = day.year * 12 + day.month - 1 + duration.amount * (12 if duration.unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone; naive datetimes are not instants")
    return at.astimezone(UTC)
