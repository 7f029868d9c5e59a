"""What the rules are told about the world at the moment of a move: who acts, who fills which rung, the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linli.kernel.actor import Actor
from linli.matters.rules.configuration import Seat

if TYPE_CHECKING:
    from linli.kernel.calendar import Calendar

Given = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Doer:
    """Who acts. `posts` are those filled now over the matter's place, `seats` all the seats filled now, as a substitute
    too; `roles` say what else the person is to the matter: resident, neighbour, device."""

    party: int | None = None
    roles: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    seats: frozenset[int] = frozenset()
    is_clock: bool = False

    @classmethod
    def of(cls, actor: Actor, path: int, roles: frozenset[str] = frozenset()) -> Doer:
        """The actor as seen from a matter at the place with this internal path."""
        posts = frozenset(post.name for post in actor.posts if post.low <= path < post.high)
        return cls(actor.party, roles, posts, actor.seats, actor.role == "clock")


CLOCK_DOER = Doer(is_clock=True)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder at the matter's place: the post's seat there and the parties who fill it now.

    `seat` is None where the post has no seat. No parties, no substitutes: the rung is vacant.
    """

    post: str
    seat: int | None = None
    parties: frozenset[int] = frozenset()

    @property
    def vacant(self) -> bool:
        return not self.parties


@dataclass(frozen=True, slots=True)
class Facts:
    """The world as the rules see it.

    `ladder` has one rung for each post of the kind's ladder, in its order. `reporter` is the party the matter was
    raised by or for, None for a device or a sealed name. `gives` says what came with the move: scalars as they are,
    of texts and photos only that they are there. `candidates` are the seats to which a holder may hand over. `handed`
    is the matter's present seat when that is not the ladder's own, so that its vacancy is known. `done` are the moves
    that this person has already made on this matter, as far as they are allowed once for each person.
    """

    calendar: Calendar
    ladder: tuple[Rung, ...]
    doer: Doer = CLOCK_DOER
    reporter: int | None = None
    gives: Mapping[str, Given] = field(default_factory=dict)
    candidates: tuple[Seat, ...] = ()
    handed: Rung | None = None
    done: frozenset[str] = frozenset()
