"""Which moves a person may make now, and what must come with each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from linli.matters.rules import permission
from linli.matters.rules.answers import Offer
from linli.matters.schema import GIVEN_SEAT

if TYPE_CHECKING:
    from linli.matters.rules.configuration import Configuration
    from linli.matters.rules.facts import Facts
    from linli.matters.schema import Kind


def possible(kind: Kind, configuration: Configuration, facts: Facts, at: datetime) -> list[Offer]:
    """The moves that the doer may make now, in the order of the kind; each with what it asks for. A move that is used
    up is not among them, but the one offered in its place says so. What came with `facts` does not matter."""
    allowed: list[str] = []
    replaced: dict[str, list[str]] = {}
    for move in kind.moves_from[configuration.state]:
        no = permission.refused(kind, configuration, move, facts, at)
        if no is None:
            allowed.append(move)
        elif no.code == "matters.limit_reached" and "then" in no.data:
            replaced.setdefault(no.data["then"], []).append(move)
    offers = (_offer(kind, configuration, move, facts, tuple(replaced.get(move, ()))) for move in allowed)
    return [offer for offer in offers if offer.seats or kind.moves[offer.move].to != GIVEN_SEAT]


def _offer(kind: Kind, configuration: Configuration, move: str, facts: Facts, instead_of: tuple[str, ...]) -> Offer:
    rule = kind.moves[move]
    gives: dict[str, str] = dict(rule.gives)
    seats = permission.candidates(configuration, facts) if rule.to == GIVEN_SEAT else ()
    if seats:
        gives[permission.SEAT] = "required"
    left = None if rule.at_most is None else rule.at_most - configuration.count(move)
    return Offer(move, gives, seats, instead_of, left)
