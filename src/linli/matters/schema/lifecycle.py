"""States and moves: the way of a matter from its start to an end."""

from typing import Literal

from pydantic import Field

from linli.matters.schema.values import Name, Section, Several, Span

LADDER = "ladder"  # held_by: the rung of the kind's ladder on which the matter stands
GIVEN_SEAT = "given"  # held_by or to: the post at a place that a person chose
BACK = "back"  # enters: the state that a stopped clock remembers
SAME = "same"  # enters: no other state; nothing restarts
HOLDER = "holder"  # who: whoever holds the matter now
CLOCK = "clock"  # who: time
ROLES = ("resident", "neighbour", "device")  # who, opened_by: people and things without a post

Need = Literal["required", "optional"]


class Due(Section):
    """The state's own deadline, counted from entering it: `within` it, else the clock makes the move `then`."""

    within: Span
    then: Name


class Overall(Section):
    """The deadline of the whole matter. It never restarts; when it passes the holder's superiors are alarmed, once."""

    within: Span
    then: Literal["alarm"]


class State(Section):
    """Where a matter can stand. `held_by` is `ladder`, `given`, or one of the kind's parties; ends have no holder."""

    kind: Literal["start", "open", "end"] = "open"
    held_by: Name | None = None
    due: Due | None = None
    clock: Literal["running", "stopped"] = "running"
    outcome: Name | None = None


class Move(Section):
    """One step that may be made from the states in `leaves` by any of `who`.

    `who`: holder, clock, one of the kind's parties, a role (resident, neighbour, device) or a post over the place.
    `enters`: a state, `back` to the one that a stopped clock remembers, or `same`.
    `rung`, `to`: who holds it next: a rung up or down the ladder, a post of the ladder, or the seat that is `given`.
    `within`: how long after the end the move is still possible. `at_most`: how often for one matter; `then` names
    the move offered instead. `unless`: not by the one who solved (or reported) it; when the party that `who` names is
    that very person, the post `else` decides. `once: person`: each person once.
    """

    leaves: tuple[Name, ...] = Field(min_length=1)
    enters: Name
    who: Several = Field(min_length=1)
    rung: Literal["up", "down"] | None = None
    to: Name | None = None
    gives: dict[Name, Need] = {}
    within: Span | None = None
    at_most: int | None = Field(default=None, ge=1, le=1000)
    then: Name | None = None
    unless: Literal["solver", "reporter"] | None = None
    otherwise: Name | None = Field(default=None, alias="else")
    once: Literal["person"] | None = None
