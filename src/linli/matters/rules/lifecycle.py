"""The lifecycle of a matter: how it begins, what a move does, what the clock does, how the last move is taken back.

Pure: no database, no clock of its own; the same arguments always give the same answer, and nothing raises. The live
engine, the checker, the simulator and the stories all use these functions.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from linli.kernel.quantity import Duration
from linli.kernel.refusal import Forbidden, Refusal
from linli.matters.rules import clocks, ladder, permission
from linli.matters.rules.answers import Happening, Made, Step
from linli.matters.rules.configuration import Configuration, Holder, Stopped
from linli.matters.rules.facts import CLOCK_DOER
from linli.matters.schema import BACK, GIVEN_SEAT, SAME

if TYPE_CHECKING:
    from linli.matters.rules.facts import Facts
    from linli.matters.schema import Kind, Move

UNDO_WITHIN = timedelta(seconds=30)
REMIND_AFTER = Duration(1, "days", working=True)


def begin(kind: Kind, facts: Facts, at: datetime) -> Step | Refusal:
    """Open a matter: it starts on the lowest rung, or above if that is vacant."""
    no = permission.refused_opening(kind, facts.doer)
    if no:
        return no
    at = at.astimezone(UTC)
    arrival = ladder.arrive(facts.ladder, 0)
    overall = clocks.start(facts.calendar, kind.overall.within, at) if kind.overall else None
    opened = Configuration(kind.start, arrival.rung, arrival.seat, arrival.seat, at, at, overall=overall)
    configuration = _enter(kind, opened, kind.start, arrival, facts, at)
    return Step(
        "opened", "open", None, kind.start, configuration, arrival.seat,
        rungs=arrival.rung, vacancies=arrival.vacancies,
    )  # fmt: skip


def step(kind: Kind, configuration: Configuration, move: str, facts: Facts, at: datetime) -> Step | Refusal:
    """Make a move, or say why not."""
    no = permission.refused(kind, configuration, move, facts, at)
    if no:
        return no
    rule = kind.moves[move]
    no = permission.incomplete(move, rule, configuration, facts)
    if no:
        return no
    at = at.astimezone(UTC)
    if rule.at_most is not None or rule.once:
        counted = replace(configuration, counters=configuration.counted(move))
    else:
        counted = configuration
    if rule.enters == SAME and not rule.to and not rule.rung:
        return _moved(configuration, move, counted, at)
    return _take(kind, counted, move, rule, facts, at)


def tick(kind: Kind, configuration: Configuration, facts: Facts, at: datetime) -> Step | None:
    """What the clock does now, if anything: sound the alarm, make the move that is due, or remind. Call it again with
    the new configuration until it answers None. The doer in `facts` does not matter."""
    if configuration.ended_at:
        return None
    at = at.astimezone(UTC)
    overall = configuration.overall
    if overall and not configuration.resting and not configuration.alarmed and at >= overall.due_at:
        return _noted("alarmed", "alarm", configuration, replace(configuration, alarmed=True), at)
    due = kind.states[configuration.state].due
    if not due or not permission.overdue(configuration, at) or (configuration.remind_at or at) > at:
        return None
    made = step(kind, configuration, due.then, replace(facts, doer=CLOCK_DOER, gives={}), at)
    if isinstance(made, Step):
        return made
    again_at = facts.calendar.add(at, REMIND_AFTER)
    reminded = replace(configuration, reminders=configuration.reminders + 1, remind_at=again_at)
    return _noted("reminded", "remind", configuration, reminded, at)


def settle(kind: Kind, configuration: Configuration, facts: Facts, at: datetime) -> Step | None:
    """After posts have changed hands: when nobody fills the responsible seat any more, the matter goes up to where
    somebody does. Its state and its clocks stay. None if nothing changes."""
    if configuration.ended_at or not kind.held_by_office(configuration.state):
        return None
    arrival = ladder.present(configuration, facts)
    if arrival.seat == configuration.seat:
        return None
    moved = replace(configuration, rung=arrival.rung, seat=arrival.seat, holder=arrival.seat)
    noted = _noted("reseated", "reseat", configuration, moved, at)
    return replace(noted, rungs=arrival.rung - configuration.rung, vacancies=arrival.vacancies)


def undo(before: Configuration | None, now: Configuration, last: Made, facts: Facts, at: datetime) -> Step | Refusal:
    """Take the last move back: only by the person who made it, within 30 seconds, with nothing after it.

    `before` is where the matter stood before that move; None if it is not known, as after opening.
    """
    if before is None:
        return Refusal("matters.nothing_to_undo")
    if last.by is None or last.by != facts.doer.party:
        return Forbidden("matters.not_yours", move="undo")
    if not timedelta() <= at - last.at <= UNDO_WITHIN:
        return Refusal("matters.undo_too_late", seconds=int(UNDO_WITHIN.total_seconds()))
    return replace(_noted("undone", last.move, now, before, at), rungs=before.rung - now.rung)


def _take(kind: Kind, now: Configuration, move: str, rule: Move, facts: Facts, at: datetime) -> Step:
    """The move as it is made: answer and clocks of what is left, then the state that is entered."""
    target = now.state if rule.enters == SAME else rule.enters
    if rule.enters == BACK and now.stopped:
        target = now.stopped.state
    from_office, to_office = kind.held_by_office(now.state), kind.held_by_office(target)
    within_due = _within_due(kind, now, target, facts, at)
    left = now
    if from_office and not to_office:
        answered = replace(now, solver=facts.doer.party, complained_of=None, answered_in_due=within_due)
        left = _rest(kind, answered, facts, at)
    elif to_office and not from_office:
        complained_of = now.solver if rule.to else None
        left = _wake(replace(now, complained_of=complained_of, answered_in_due=None), facts, at)
    arrival = _arrival(kind, now, rule, facts) if to_office else ladder.Arrival(now.rung, now.seat)
    if rule.enters == SAME:
        entered = replace(left, rung=arrival.rung, seat=arrival.seat, holder=arrival.seat)
    else:
        entered = _enter(kind, left, target, arrival, facts, at)
    rating = facts.gives.get("rating")
    return replace(
        _moved(now, move, entered, at),
        outcome=kind.states[target].outcome,
        within_due=within_due,
        confirmed=None if from_office or facts.doer.is_clock else not to_office,
        satisfied=rating >= 4 if isinstance(rating, int) else None,
        rungs=arrival.rung - now.rung,
        vacancies=arrival.vacancies,
    )


def _arrival(kind: Kind, now: Configuration, rule: Move, facts: Facts) -> ladder.Arrival:
    """Where an office receives the matter."""
    if rule.to == GIVEN_SEAT:
        given = facts.gives.get(permission.SEAT)
        seat = next(seat for seat in facts.candidates if seat.seat == given)
        return ladder.Arrival(kind.rung_of(seat.post) if seat.post in kind.ladder else now.rung, seat)
    if rule.to:
        rung = kind.rung_of(rule.to)
        if kind.held_by_office(now.state):
            return ladder.arrive(facts.ladder, rung)
        # it was answered already: neither to whoever answered, nor to somebody below them
        return ladder.arrive(facts.ladder, max(rung, now.rung), past=now.solver)
    turned = None
    if rule.rung:
        here = permission.stands_on(now, facts)
        up = rule.rung == "up"
        turned = ladder.up(facts.ladder, here, past=now.complained_of) if up else ladder.down(facts.ladder, here)
    return turned or ladder.present(now, facts)


def _enter(
    kind: Kind, left: Configuration, target: str, arrival: ladder.Arrival, facts: Facts, at: datetime
) -> Configuration:
    """Stand in a state: its holder, its own clock from the beginning, or from what was left if it is come back to."""
    state, before = kind.states[target], kind.states[left.state]
    clock = clocks.start(facts.calendar, state.due.within, at) if state.due else None
    stopped = None
    if state.clock == "stopped":
        kept = None
        if before.due and left.clock:
            kept = clocks.stop(facts.calendar, before.due.within, left.clock, at)
        stopped = Stopped(left.state, kept)
    elif left.stopped and left.stopped.state == target and left.stopped.kept:
        clock = clocks.resume(facts.calendar, left.stopped.kept, at)
    holder: Holder | None = None
    if state.held_by in kind.parties:
        holder = ladder.party_holder(kind, target, state.held_by, left.solver, facts)
    elif state.held_by:
        holder = arrival.seat
    return replace(
        left,
        state=target,
        rung=arrival.rung,
        seat=arrival.seat,
        holder=holder,
        entered_at=at,
        clock=clock,
        stopped=stopped,
        reminders=0,
        remind_at=None,
        ended_at=at if state.kind == "end" else None,
    )


def _within_due(kind: Kind, now: Configuration, target: str, facts: Facts, at: datetime) -> bool | None:
    """Whether what was owed came in time; None if nothing was owed."""
    state = kind.states[now.state]
    if not kind.held_by_office(now.state):
        return now.answered_in_due if kind.states[target].kind == "end" else None
    if not now.clock or state.clock == "stopped":
        return None
    if facts.doer.is_clock or at > now.clock.due_at:
        return False
    answers = not kind.held_by_office(target)
    return not (answers and now.overall and at > now.overall.due_at)


def _rest(kind: Kind, now: Configuration, facts: Facts, at: datetime) -> Configuration:
    """The overall clock stands still: the organisation has answered."""
    if not kind.overall or not now.overall:
        return now
    return replace(now, resting=clocks.stop(facts.calendar, kind.overall.within, now.overall, at))


def _wake(now: Configuration, facts: Facts, at: datetime) -> Configuration:
    """The overall clock goes on with what was left: the organisation has to act again."""
    if not now.resting:
        return now
    return replace(now, overall=clocks.resume(facts.calendar, now.resting, at), resting=None)


def _moved(now: Configuration, move: str, then: Configuration, at: datetime) -> Step:
    return _noted("moved", move, now, then, at)


def _noted(event: Happening, move: str, now: Configuration, then: Configuration, at: datetime) -> Step:
    stayed = at - now.entered_at
    return Step(event, move, now.state, then.state, then, now.seat, stayed=stayed)
