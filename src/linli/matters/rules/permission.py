"""Whether a move may be made: from here, by this person, now, once more; and what must come with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from linli.kernel.refusal import Forbidden, Refusal
from linli.matters.rules import ladder
from linli.matters.rules.configuration import Configuration, Seat
from linli.matters.schema import BACK, CLOCK, GIVEN_SEAT, HOLDER, ROLES

if TYPE_CHECKING:
    from linli.matters.rules.facts import Doer, Facts, Rung
    from linli.matters.schema import Kind, Move

SEAT = "seat"  # the field in which the seat of a `to: given` move is given


def refused_opening(kind: Kind, doer: Doer) -> Refusal | None:
    if any(name in doer.roles or name in doer.posts for name in kind.opened_by):
        return None
    return Forbidden("matters.may_not_open")


def refused(kind: Kind, configuration: Configuration, move: str, facts: Facts, at: datetime) -> Refusal | None:
    """Why this person may not make this move now, whatever comes with it; None if they may."""
    rule = kind.moves.get(move)
    if rule is None:
        return Refusal("matters.unknown_move", move=move)
    state = configuration.state
    if state not in rule.leaves or (rule.enters == BACK and not configuration.stopped):
        ended = kind.states[state].kind == "end"
        return Refusal("matters.ended" if ended else "matters.not_from_here", move=move, state=state)
    return (
        _wrong_person(kind, configuration, move, rule, facts, at)
        or _own(configuration, move, rule, facts)
        or _used_up(configuration, move, rule, facts, at)
        or _no_rung(configuration, move, rule, facts)
    )


def incomplete(move: str, rule: Move, configuration: Configuration, facts: Facts) -> Refusal | None:
    """What is missing or too much in what came with the move."""
    asked = {**rule.gives, SEAT: "required"} if rule.to == GIVEN_SEAT else rule.gives
    for field in facts.gives:
        if field not in asked:
            return Refusal("matters.unknown_field", move=move, field=field)
    for field, need in asked.items():
        value = facts.gives.get(field)
        if need == "required" and value in (None, "", False, 0):
            named = field in ("note", SEAT)
            return Refusal(f"matters.missing_{field}" if named else "matters.missing_field", move=move, field=field)
    rating = facts.gives.get("rating")
    if rating is not None and (type(rating) is not int or not 1 <= rating <= 5):
        return Refusal("matters.rating_range", least=1, most=5)
    if rule.to == GIVEN_SEAT and not _is_candidate(facts.gives.get(SEAT), configuration, facts):
        return Refusal("matters.seat_not_possible", move=move)
    return None


def candidates(configuration: Configuration, facts: Facts) -> tuple[Seat, ...]:
    """The seats to which the matter may be handed over: not the one it is at."""
    return tuple(seat for seat in facts.candidates if seat.seat is not None and seat != configuration.seat)


def overdue(configuration: Configuration, at: datetime) -> bool:
    """Whether the state's own deadline is over, for the clock: at the very instant it already is."""
    return configuration.clock is not None and at >= configuration.clock.due_at


def stands_on(configuration: Configuration, facts: Facts) -> int:
    """The rung from which a move goes up or down. A person who acts for a vacant rung below counts from their own; the
    clock counts from the rung itself, so that lateness skips nobody."""
    return configuration.rung if facts.doer.is_clock else ladder.present(configuration, facts).rung


def fills(doer: Doer, rung: Rung) -> bool:
    return doer.party in rung.parties


def _is_candidate(given: object, configuration: Configuration, facts: Facts) -> bool:
    return type(given) is int and given in {seat.seat for seat in candidates(configuration, facts)}


def _wrong_person(
    kind: Kind, configuration: Configuration, move: str, rule: Move, facts: Facts, at: datetime
) -> Refusal | None:
    if facts.doer.is_clock:
        due = kind.states[configuration.state].due
        if CLOCK in rule.who and due and due.then == move and overdue(configuration, at):
            return None
        return Refusal("matters.not_due", move=move)
    if any(_is(kind, configuration, name, facts) for name in rule.who):
        return None
    if rule.otherwise and _decides_instead(kind, configuration, rule, facts):
        return None
    return Forbidden("matters.not_yours", move=move)


def _is(kind: Kind, configuration: Configuration, name: str, facts: Facts) -> bool:
    """Whether the doer is the one that `who` calls so."""
    doer = facts.doer
    if name == HOLDER:
        return _holds(kind, configuration, facts)
    if name in kind.parties:
        return doer.party is not None and doer.party in ladder.principals(kind, name, facts)
    return name in doer.roles if name in ROLES else name in doer.posts


def _holds(kind: Kind, configuration: Configuration, facts: Facts) -> bool:
    """Whether the doer holds the matter at this moment, as the person of its seat or of the rung above a vacant one."""
    doer, holder = facts.doer, configuration.holder
    if holder is None:
        return False
    if not isinstance(holder, Seat):
        return doer.party is not None and doer.party in ladder.principals(kind, holder.party, facts)
    if not kind.held_by_office(configuration.state):
        return holder.seat in doer.seats
    here = ladder.present(configuration, facts)
    if doer.party is not None and doer.party == configuration.complained_of and _others(here, facts):
        return False
    if here.seat.seat is not None and here.seat.seat in doer.seats:
        return True
    return here.seat == ladder.seat_of(facts.ladder[here.rung]) and fills(doer, facts.ladder[here.rung])


def _others(here: ladder.Arrival, facts: Facts) -> bool:
    """Whether somebody else than the doer fills the seat at which a matter stands."""
    own = facts.ladder[here.rung]
    rung = facts.handed if facts.handed and facts.handed.seat == here.seat.seat else own
    return rung.seat == here.seat.seat and bool(rung.parties - {facts.doer.party})


def _decides_instead(kind: Kind, configuration: Configuration, rule: Move, facts: Facts) -> bool:
    """Whether all whom `who` names are the solver, and the doer fills the rung that decides instead."""
    parties = [name for name in rule.who if name in kind.parties]
    named = frozenset().union(*(ladder.principals(kind, name, facts) for name in parties))
    if not rule.otherwise or named != {configuration.solver}:
        return False
    decides = ladder.arrive(facts.ladder, kind.rung_of(rule.otherwise), past=configuration.solver)
    return fills(facts.doer, facts.ladder[decides.rung])


def _own(configuration: Configuration, move: str, rule: Move, facts: Facts) -> Refusal | None:
    """Nobody approves what they did themselves, or joins what they reported."""
    party = facts.doer.party
    if party is None or rule.unless is None:
        return None
    if rule.unless == "solver" and party == configuration.solver:
        return Forbidden("matters.own_work", move=move)
    if rule.unless == "reporter" and party == facts.reporter:
        return Refusal("matters.own_report", move=move)
    return None


def _used_up(configuration: Configuration, move: str, rule: Move, facts: Facts, at: datetime) -> Refusal | None:
    ended_at = configuration.ended_at
    if rule.within and ended_at and at > facts.calendar.add(ended_at, rule.within):
        return Refusal("matters.too_late", move=move, within=str(rule.within))
    if rule.once == "person" and move in facts.done:
        return Refusal("matters.already_done", move=move)
    if rule.at_most is not None and configuration.count(move) >= rule.at_most:
        data = {"then": rule.then} if rule.then else {}
        return Refusal("matters.limit_reached", move=move, at_most=rule.at_most, **data)
    return None


def _no_rung(configuration: Configuration, move: str, rule: Move, facts: Facts) -> Refusal | None:
    if rule.rung == "up" and not ladder.up(facts.ladder, stands_on(configuration, facts)):
        return Refusal("matters.no_rung_above", move=move)
    if rule.rung == "down" and not ladder.down(facts.ladder, stands_on(configuration, facts)):
        return Refusal("matters.no_rung_below", move=move)
    return None
