"""The district's calendar as a table: seeded with what the state has announced, extended when a year is announced."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from linli.kernel import calendar as pure
from linli.kernel.actor import Actor
from linli.kernel.calendar import Calendar
from linli.kernel.command import command
from linli.kernel.district import Remembered
from linli.kernel.event import record
from linli.kernel.models import Day, Event, WorkingCalendar
from linli.kernel.refusal import Forbidden


def calendar() -> Calendar:
    """The working calendar of the current district."""
    return _calendar()


def zone() -> ZoneInfo:
    """The zone in which the current district tells the time."""
    here = connection.tenant  # type: ignore[attr-defined]  # django-tenants adds it
    return ZoneInfo(getattr(here, "zone", None) or "Asia/Shanghai")


def seed(by: Actor, at: datetime) -> None:
    """Fill the calendar of a new district; does nothing to one that has a calendar."""
    if not WorkingCalendar.objects.exists():
        days, years = pure.seed(range(at.year - 3, at.year + 3))
        announce(by=by, at=at, days=days, years=sorted(years))


@command("kernel.announce_holidays")
def announce(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    days: Mapping[date, Literal["holiday", "workday"]],
    years: list[int],
) -> Event:
    """Enter the holidays and make-up working days of whole years, as the State Council announced them. Only the days in
    these years count; what was known of the years before is replaced.

    Deadlines that fall into these years are computed anew by those who listen to `kernel.calendar.announced`.
    """
    if by.role != "system" and not by.has_post("administrator"):
        raise Forbidden("not_allowed")
    entered = {on: kind for on, kind in sorted(days.items()) if on.year in years}
    existing = WorkingCalendar.objects.first()
    current = existing or WorkingCalendar(id=1, hours=[[str(a)[:5], str(b)[:5]] for a, b in pure.OFFICE_HOURS])
    Day.objects.filter(on__year__in=years).delete()
    Day.objects.bulk_create(Day(on=on, kind=kind) for on, kind in entered.items())
    announced = sorted({*(current.announced or []), *years})
    event = record(
        current, "kernel.calendar.announced", by=by.ref, at=at, cause=cause,
        body={"years": sorted(years), "days": {on.isoformat(): kind for on, kind in entered.items()}},
        changes={"announced": announced},
    )  # fmt: skip
    transaction.on_commit(_calendar.forget)
    return event


def _read(before: Calendar | None) -> Calendar:
    row = WorkingCalendar.objects.first()
    if row is None:
        return Calendar(zone())
    hours = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in row.hours)
    days: Any = dict(Day.objects.values_list("on", "kind"))
    fresh = Calendar(zone(), days, frozenset(row.announced), hours)
    return before if before == fresh else fresh  # an unchanged calendar keeps its tables


_calendar = Remembered(10.0, _read)
