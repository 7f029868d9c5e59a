"""What the rules answer: a step that is made, or the moves that are possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from linli.matters.rules.configuration import Configuration, Seat

Happening = Literal["opened", "moved", "alarmed", "reminded", "reseated", "reckoned", "undone"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a move does: where the matter stands afterwards, and what its event says.

    `event` is the last part of the event's name: `matters.matter.<event>`. `responsible` is the seat that was
    responsible when it happened (at opening: that becomes it). `within_due` says, for what was owed in time, whether
    it was: a move out of a state that an office holds (the clock's are late), an answer only if the overall deadline
    was kept as well; a move from an answer to the end repeats what the answer was. None where nothing was owed.
    `confirmed` is what was said to an answer: it ends there, or it has to be done again; None if nothing was said.
    `satisfied` is a rating of 4 or 5, None without rating. `rungs` is how far it went up (negative: down), `vacancies`
    the vacant seats it passed on the way. `stayed` is the elapsed time in the state it left.
    """

    event: Happening
    move: str
    from_state: str | None
    to_state: str
    configuration: Configuration
    responsible: Seat
    outcome: str | None = None
    within_due: bool | None = None
    confirmed: bool | None = None
    satisfied: bool | None = None
    rungs: int = 0
    vacancies: tuple[Seat, ...] = ()
    stayed: timedelta = timedelta()

    @property
    def next_at(self) -> datetime | None:
        """When the clock has to look at the matter again."""
        return self.configuration.next_at

    def body(self) -> dict[str, Any]:
        """The event's body: names and ids only. What is not known is left out."""
        holder = self.configuration.holder
        told = {
            "move": self.move,
            "from": self.from_state,
            "to": self.to_state,
            "outcome": self.outcome,
            "within_due": self.within_due,
            "confirmed": self.confirmed,
            "satisfied": self.satisfied,
            "rungs": self.rungs or None,
            "post": self.responsible.post,
            "seat": self.responsible.seat,
            "next_post": holder.post if isinstance(holder, Seat) else None,
            "next_seat": holder.seat if isinstance(holder, Seat) else None,
            "vacancies": [seat.post for seat in self.vacancies] or None,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that this person may make now. `gives` says which fields come with it (required, optional); `seats` are
    those it may be handed to, one of which is then given as `seat`. `instead_of` are the moves used up that it
    replaces, `left` how often it may still be made, None without a limit."""

    move: str
    gives: Mapping[str, str] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()
    instead_of: tuple[str, ...] = ()
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The last move of a matter as history has it: which, by which party (None: not by a person), and when."""

    move: str
    by: int | None
    at: datetime
