"""What must hold inside one kind, beyond the shape of its parts. The proofs over whole walks are the checker's.

A fault is (where, code, data): the path inside the kind, the sentence `fault.<code>` in the words, what fills it in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from linli.matters.schema.form import GIVEN
from linli.matters.schema.lifecycle import BACK, CLOCK, GIVEN_SEAT, HOLDER, LADDER, ROLES, SAME

if TYPE_CHECKING:
    from linli.matters.schema.kind import Kind
    from linli.matters.schema.lifecycle import Move, State

Fault = tuple[tuple[str | int, ...], str, Mapping[str, Any]]


def faults_in(kind: Kind) -> Iterator[Fault]:
    """All that does not hold together, in the order in which an author reads."""
    yield from _frame(kind)
    for name, state in kind.states.items():
        yield from _state(kind, name, state)
    for name, move in kind.moves.items():
        yield from _ends_of(kind, name, move)
        yield from _holder_after(kind, name, move)
        yield from _limits(kind, name, move)
        yield from _who(kind, name, move)


def unknown_posts(kind: Kind, posts: Mapping[str, Any]) -> Iterator[Fault]:
    """Names in a kind that are neither its own words nor posts of the package."""

    def unknown(where: tuple[str | int, ...], name: str, *, known: tuple[str, ...] = ()) -> Iterator[Fault]:
        if name not in posts and name not in known:
            yield where, "unknown_post", {"name": name, "known": [*known, *posts]}

    for index, name in enumerate(kind.ladder):
        yield from unknown(("ladder", index), name)
    for index, name in enumerate(kind.opened_by):
        yield from unknown(("opened_by", index), name, known=ROLES)
    own = (HOLDER, CLOCK, *kind.parties, *ROLES)
    for move, rule in kind.moves.items():
        for name in rule.who:
            yield from unknown(("moves", move, "who"), name, known=own)


def _frame(kind: Kind) -> Iterator[Fault]:
    starts = [name for name, state in kind.states.items() if state.kind == "start"]
    if len(starts) != 1:
        yield ("states",), "one_start", {"starts": starts}
    if not any(state.kind == "end" for state in kind.states.values()):
        yield ("states",), "no_end", {}
    if len(set(kind.ladder)) < len(kind.ladder):
        yield ("ladder",), "rung_twice", {}
    for name, party in kind.parties.items():
        if party.otherwise not in kind.ladder:
            yield ("parties", name, "else"), "not_on_ladder", {"name": party.otherwise, "known": kind.ladder}
    for name in (LADDER, GIVEN_SEAT, HOLDER, CLOCK, *ROLES):
        if name in kind.parties:
            yield ("parties", name), "reserved", {"name": name}


def _state(kind: Kind, name: str, state: State) -> Iterator[Fault]:
    where = ("states", name)
    if name in (BACK, SAME):
        yield where, "reserved", {"name": name}
    if state.kind == "end":
        if state.held_by or state.due or state.clock == "stopped":
            yield where, "end_is_held", {"state": name}
        if not state.outcome:
            yield where, "end_without_outcome", {"state": name}
        return
    if state.outcome:
        yield (*where, "outcome"), "outcome_before_end", {"state": name}
    if not state.held_by:
        yield where, "nobody_holds", {"state": name}
    elif state.held_by not in (LADDER, GIVEN_SEAT, *kind.parties):
        known = [LADDER, GIVEN_SEAT, *kind.parties]
        yield (*where, "held_by"), "unknown_holder", {"name": state.held_by, "known": known}
    if not state.due:
        yield where, "no_deadline", {"state": name}
        return
    yield from _sequel(kind, name, state.due.then)


def _sequel(kind: Kind, state: str, then: str) -> Iterator[Fault]:
    """A due's `then` leaves its state, lists the clock, and needs no gives."""
    where = ("states", state, "due", "then")
    if then not in kind.moves:
        yield where, "unknown_move", {"name": then, "known": list(kind.moves)}
        return
    move = kind.moves[then]
    data = {"state": state, "move": then}
    if state not in move.leaves:
        yield where, "then_leaves_elsewhere", data
    if CLOCK not in move.who:
        yield where, "then_not_by_clock", data
    if "required" in move.gives.values() or move.to == GIVEN_SEAT:
        yield where, "then_needs_gives", data
    if move.enters == SAME:
        yield where, "then_stays", data
    if move.at_most is not None:
        yield where, "then_is_limited", data


def _ends_of(kind: Kind, name: str, move: Move) -> Iterator[Fault]:
    """Where the move leads from and to."""
    where = ("moves", name)
    for index, state in enumerate(move.leaves):
        if state not in kind.states:
            yield (*where, "leaves", index), "unknown_state", {"name": state, "known": list(kind.states)}
        elif move.enters == BACK and kind.states[state].clock != "stopped":
            yield (*where, "enters"), "back_from_running", {"move": name, "state": state}
    if move.enters not in (*kind.states, BACK, SAME):
        yield (*where, "enters"), "unknown_state", {"name": move.enters, "known": [*kind.states, BACK, SAME]}


def _holder_after(kind: Kind, name: str, move: Move) -> Iterator[Fault]:
    where = ("moves", name)
    if move.to and move.rung:
        yield (*where, "to"), "to_and_rung", {"move": name}
    if move.to and move.to not in (GIVEN_SEAT, *kind.ladder):
        yield (*where, "to"), "not_on_ladder", {"name": move.to, "known": [GIVEN_SEAT, *kind.ladder]}
    if move.otherwise and move.otherwise not in kind.ladder:
        yield (*where, "else"), "not_on_ladder", {"name": move.otherwise, "known": kind.ladder}
    entered = kind.states.get(move.enters)
    if (move.to or move.rung) and entered and entered.held_by not in (LADDER, GIVEN_SEAT):
        yield (*where, "enters"), "goes_to_nobody", {"move": name, "state": move.enters}
    if entered and entered.held_by == GIVEN_SEAT and not move.to:
        yield where, "nobody_given", {"move": name, "state": move.enters}


def _limits(kind: Kind, name: str, move: Move) -> Iterator[Fault]:
    where = ("moves", name)
    for field in move.gives:
        if field not in GIVEN:
            yield (*where, "gives", field), "unknown_field", {"name": field, "known": list(GIVEN)}
    if move.then:
        if not move.at_most:
            yield (*where, "then"), "then_without_limit", {"move": name}
        offered = kind.moves.get(move.then)
        if not offered or move.then == name:
            known = [other for other in kind.moves if other != name]
            yield (*where, "then"), "unknown_move", {"name": move.then, "known": known}
        elif missing := [state for state in move.leaves if state not in offered.leaves]:
            yield (*where, "then"), "then_not_from_there", {"move": move.then, "states": missing}
    if move.within and not any(kind.states[state].kind == "end" for state in move.leaves if state in kind.states):
        yield (*where, "within"), "within_without_end", {"move": name}
    if move.otherwise and not move.unless:
        yield (*where, "else"), "else_without_unless", {"move": name}


def _who(kind: Kind, name: str, move: Move) -> Iterator[Fault]:
    """A move of the clock alone that no deadline names would never be made."""
    if set(move.who) == {CLOCK} and not any(state.due and state.due.then == name for state in kind.states.values()):
        yield ("moves", name), "never_due", {"move": name}
