"""Where on the ladder a matter arrives: past vacant rungs, and past the person whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linli.matters.rules.configuration import Configuration, Holder, Role, Seat

if TYPE_CHECKING:
    from linli.matters.rules.facts import Facts, Rung
    from linli.matters.schema import Kind

Ladder = tuple["Rung", ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """The rung and seat at which a matter arrives, and the vacant seats below that it passed."""

    rung: int
    seat: Seat
    vacancies: tuple[Seat, ...] = ()


def arrive(ladder: Ladder, rung: int, past: int | None = None) -> Arrival:
    """The first rung from `rung` upwards that is filled, and not by the party `past`.

    When only that party is left above, others on the same rung, then the party itself; when nobody fills any rung from
    here up, it waits where it is for somebody to be appointed.
    """
    above = range(rung, len(ladder))
    filled = [number for number in above if ladder[number].parties]
    others = [number for number in filled if past not in ladder[number].parties]
    shared = [number for number in filled if ladder[number].parties != {past}]
    number = next(iter([*others, *shared, *filled]), rung)
    vacant = tuple(seat_of(ladder[below]) for below in range(rung, number) if ladder[below].vacant)
    if ladder[number].vacant:
        vacant = (seat_of(ladder[number]),)
    return Arrival(number, seat_of(ladder[number]), vacant)


def up(ladder: Ladder, rung: int, past: int | None = None) -> Arrival | None:
    """The next filled rung above, past a party as in `arrive`; None at the top, or when all above are vacant."""
    arrival = arrive(ladder, rung + 1, past) if rung + 1 < len(ladder) else None
    return arrival if arrival and not ladder[arrival.rung].vacant else None


def down(ladder: Ladder, rung: int) -> Arrival | None:
    """The rung below; None at the foot, or when it is vacant: what is sent there would come straight back."""
    if rung == 0 or ladder[rung - 1].vacant:
        return None
    return Arrival(rung - 1, seat_of(ladder[rung - 1]))


def present(configuration: Configuration, facts: Facts) -> Arrival:
    """Where the matter stands given who fills which post now: at its seat, or above if that has become vacant."""
    seat, rung = configuration.seat, configuration.rung
    if is_ladders_own(configuration, facts):
        return arrive(facts.ladder, rung)
    if facts.handed and facts.handed.vacant:
        arrival = arrive(facts.ladder, rung)
        return Arrival(arrival.rung, arrival.seat, (seat, *arrival.vacancies))
    return Arrival(rung, seat)


def is_ladders_own(configuration: Configuration, facts: Facts) -> bool:
    """Whether the responsible seat is that of the ladder's rung, not one to which the matter was handed over."""
    own = facts.ladder[configuration.rung]
    return configuration.seat.post == own.post and configuration.seat.seat in (own.seat, None)


def principals(kind: Kind, party: str, facts: Facts) -> frozenset[int]:
    """The persons who are this party: the reporter, or whoever fills the post that stands in when there is none."""
    if facts.reporter is not None:
        return frozenset({facts.reporter})
    post = kind.parties[party].otherwise
    return facts.ladder[arrive(facts.ladder, kind.rung_of(post)).rung].parties


def party_holder(kind: Kind, state: str, party: str, solver: int | None, facts: Facts) -> Holder:
    """Who holds a matter that waits for a party: the party, unless it would approve what it did itself."""
    if principals(kind, party, facts) == {solver}:
        for move in kind.moves_from[state]:
            rule = kind.moves[move]
            if party in rule.who and rule.unless == "solver" and rule.otherwise:
                return arrive(facts.ladder, kind.rung_of(rule.otherwise), past=solver).seat
    if facts.reporter is None:
        return arrive(facts.ladder, kind.rung_of(kind.parties[party].otherwise)).seat
    return Role(party)


def seat_of(rung: Rung) -> Seat:
    return Seat(rung.post, rung.seat)
