"""What happens in the demo: for each matter who raises it, where, in which words, and how it goes on."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from linli.kernel.calendar import Calendar, Left
from linli.kernel.quantity import Duration

_FOLDER = Path(__file__).parent / "demo_data" / "matters"
_BEDTIME, _SUNRISE = time(21, 30), time(7)
_LONG_AGO = timedelta(hours=28)  # of working time: what began before may have begun at another hour of that day
_HUSH = 20  # what would happen in the night happens that much faster, just after bedtime


class Step(BaseModel):
    """A move, `after` the step before. `by` is the holder, the reporter or, following, `count` neighbours.

    `to` names to whom a matter is handed over: a post on the same place, or neighbour_grid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: str
    move: str
    note: str = ""
    rating: int | None = None
    right_office: str = ""
    photos: tuple[str, ...] = ()
    to: str = ""
    count: int = 1

    @property
    def by(self) -> str:
        if self.move == "follow":
            return "neighbours"
        return "reporter" if self.move in ("accept", "reopen", "complain") else "holder"


class Story(BaseModel):
    """A matter. `at` is a part of the stage or a place's name; `by` one of the cast, "grid_worker" for whoever is that
    there, and by default a resident. `ago` is how long before the end it was raised, `hour` at which time of that day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = "report"
    at: str
    by: str = ""
    topic: str
    what: str
    photos: tuple[str, ...] = ()
    ago: str
    hour: str = ""
    then: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _durations_can_be_read(self) -> Self:
        for text in (self.ago, *(step.after for step in self.then)):
            Duration.parse(text)
        return self


def stories() -> list[Story]:
    return [
        Story.model_validate(entry)
        for file in sorted(_FOLDER.glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def timed(story: Story, until: datetime, calendar: Calendar, chance: Random) -> list[datetime]:
    """When it is raised, and when each of its steps is made; all of them before `until`, one after the other."""
    began = Duration.parse(story.ago)
    length = _length(began, calendar)
    opened = calendar.resume(Left(-length - length * chance.uniform(0, 0.01), began.working), until)
    if hour := story.hour or (_some_hour(chance) if began.working and length > _LONG_AGO else ""):
        day = opened.astimezone(calendar.zone).date()
        opened = datetime.combine(day, time.fromisoformat(hour), calendar.zone).astimezone(UTC)
    instants = [opened]
    for step in story.then:
        after = Duration.parse(step.after)
        then = calendar.resume(Left(_length(after, calendar), after.working), instants[-1])
        instants.append(then + timedelta(seconds=chance.randrange(20, 300)))
    return [_by_day(at, calendar) for at in instants]


def _some_hour(chance: Random) -> str:
    """When people report: from breakfast to bedtime."""
    return f"{chance.randrange(7, 21):02}:{chance.randrange(10, 60)}"


def _length(duration: Duration, calendar: Calendar) -> timedelta:
    """A working day as long as the office is open."""
    if duration.working and duration.unit == "days":
        hours = (_since_midnight(closes) - _since_midnight(opens) for opens, closes in calendar.hours)
        return duration.amount * sum(hours, timedelta())
    return timedelta(**{duration.unit: duration.amount})


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _by_day(at: datetime, calendar: Calendar) -> datetime:
    """People sleep: the night's hours are pressed into the half hour after bedtime, in their order."""
    local = at.astimezone(calendar.zone)
    evening = datetime.combine(local.date(), _BEDTIME, calendar.zone)
    bedtime = evening if local.time() >= _BEDTIME else evening - timedelta(days=1)
    if _SUNRISE <= local.time() < _BEDTIME:
        return at
    return (bedtime + (local - bedtime) / _HUSH).astimezone(UTC)
