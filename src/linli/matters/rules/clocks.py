"""The two clocks of a matter: they start, stop and go on; the lights they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from linli.matters.rules.configuration import Clock, Configuration, Kept

if TYPE_CHECKING:
    from linli.kernel.calendar import Calendar
    from linli.kernel.quantity import Duration
    from linli.matters.schema import Kind

Light = Literal["green", "yellow", "red"]


def light(configuration: Configuration, at: datetime) -> Light | None:
    """The light of a matter: red when a deadline has passed, yellow when 80 % of one is used up. None after the end."""
    if configuration.ended_at:
        return None
    running = [configuration.clock, None if configuration.resting else configuration.overall]
    clocks = [clock for clock in running if clock]
    if any(at > clock.due_at for clock in clocks):
        return "red"
    return "yellow" if any(at >= clock.yellow_at for clock in clocks) else "green"


def recompute(kind: Kind, configuration: Configuration, calendar: Calendar) -> Configuration:
    """The configuration under a calendar that has changed: every running deadline reckoned anew from its start.

    What a stopped clock has kept stays as it is, and so does what was kept when a clock was started again.
    """
    due = kind.states[configuration.state].due
    clock, overall = configuration.clock, configuration.overall
    if due and clock:
        clock = _again(calendar, due.within, clock)
    if kind.overall and overall and not configuration.resting:
        overall = _again(calendar, kind.overall.within, overall)
    moved = clock != configuration.clock
    return replace(configuration, clock=clock, overall=overall, remind_at=None if moved else configuration.remind_at)


def start(calendar: Calendar, within: Duration, at: datetime) -> Clock:
    due_at = calendar.add(at, within)
    return Clock(at, due_at, calendar.fraction_at(within, at, due_at))


def stop(calendar: Calendar, within: Duration, clock: Clock, at: datetime) -> Kept:
    """What is left of a running clock, negative once it is overdue: a stop forgives nothing."""
    return Kept(calendar.remaining(within, at, clock.due_at), calendar.remaining(within, at, clock.yellow_at))


def resume(calendar: Calendar, kept: Kept, at: datetime) -> Clock:
    return Clock(at, calendar.resume(kept.due, at), calendar.resume(kept.yellow, at), kept)


def _again(calendar: Calendar, within: Duration, clock: Clock) -> Clock:
    started_at = clock.started_at
    return resume(calendar, clock.kept, started_at) if clock.kept else start(calendar, within, started_at)
