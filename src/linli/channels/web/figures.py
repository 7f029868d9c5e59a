"""True figures of a place and a month for everybody: every share with what it is a share of, small ones hidden.

Silence counts as neither solved nor satisfied; what is open and overdue counts against the share in time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from linli.indicators.queries import sums
from linli.kernel.words import say
from linli.matters.queries import overdue_open
from linli.territory.models import Place
from linli.territory.rules import path_range

FEWEST = 5  # a share of fewer than this says too much about single people
ON_TIME = "on_time"
SHARES = ("responded", ON_TIME, "solved", "satisfied")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in the district's zone, named by its first day."""

    on: date

    @classmethod
    def of(cls, at: datetime, zone: tzinfo) -> "Month":
        return cls(at.astimezone(zone).date().replace(day=1))

    @property
    def before(self) -> "Month":
        return Month((self.on - timedelta(days=1)).replace(day=1))

    @property
    def next_on(self) -> date:
        return (self.on + timedelta(days=31)).replace(day=1)

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From its first instant up to, not including, the first of the next."""
        first, last = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.on, self.next_on))
        return first, last


@dataclass(frozen=True, slots=True)
class Rate:
    """A share; see parts/rates.html. `percent` means nothing where it is hidden."""

    label: str
    part: int
    whole: int
    percent: int
    hidden: bool
    note: str


@dataclass(frozen=True, slots=True)
class Figures:
    opened: int
    closed: int
    rates: list[Rate]


def figures(place: Place, month: Month, at: datetime, zone: tzinfo, language: str) -> Figures:
    """What happened at a place and below it in a month. Two SQL."""
    low, high = path_range(place.path, place.level)
    counted = sums(low, high, from_on=month.on, to_on=month.next_on - timedelta(days=1))
    overdue = overdue_open(low, high, min(at, month.span(zone)[1]))
    opened, closed = (counted.get(name, (0, 0))[0] for name in ("opened", "closed"))
    return Figures(opened, closed, rates(counted, overdue, language))


def rates(counted: Mapping[str, tuple[int, int]], overdue: int, language: str) -> list[Rate]:
    """The shares among the sums of measures. Pure."""
    unanswered = counted.get("unanswered", (0, 0))[0]
    found = []
    for name in SHARES:
        whole, part = counted.get(name, (0, 0))
        if name == ON_TIME:
            whole += overdue
        hidden = whole < FEWEST
        note = "" if hidden else say(f"web.rate.{name}.note", language, overdue=overdue, unanswered=unanswered)
        percent = 0 if hidden else round(100 * part / whole)
        found.append(Rate(say(f"web.rate.{name}", language), part, whole, percent, hidden, note))
    return found
