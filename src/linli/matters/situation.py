"""The world around one matter, read from the database for the rules: its place, who fills the ladder, the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from linli.kernel import holidays
from linli.kernel.actor import Actor
from linli.kernel.district import schema
from linli.kernel.refusal import Missing
from linli.matters.models import Follow, Matter
from linli.matters.queries import current_kinds
from linli.matters.rules import CLOCK_DOER, Configuration, Doer, Facts, Rung, Seat
from linli.matters.rules.facts import Given
from linli.matters.rules.ladder import arrive
from linli.matters.schema import Kind as KindRules
from linli.matters.wording import kept_kind
from linli.people.queries import Occupant, occupants, occupants_within
from linli.people.rules import ADMINISTRATOR
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level, path_range

HAND_OVER_WITHIN = Level.COMMUNITY  # 转办 goes to seats of the same community; further away is a matter for the ladder


@dataclass(frozen=True, slots=True)
class Situation:
    """`lineage` goes from the place up to the district; `occupants` fill the seats along it, vacancies included."""

    lineage: tuple[Place, ...]
    occupants: tuple[Occupant, ...]

    @property
    def place(self) -> Place:
        return self.lineage[0]

    @property
    def public_place(self) -> Place:
        """The place as the public may know it: a building at the finest, never a door."""
        return next(p for p in self.lineage if p.level not in (Level.DWELLING, Level.ENTRANCE))

    def ladder(self, rules: KindRules) -> tuple[Rung, ...]:
        """One rung for each post of the ladder, filled by whoever fills the nearest seat of that post above."""
        return tuple(self._rung(post) for post in rules.ladder)

    def _rung(self, post: str) -> Rung:
        order = {place.pk: number for number, place in enumerate(self.lineage)}
        of_post = [occupant for occupant in self.occupants if occupant.post == post]
        if not of_post:
            return Rung(post)
        nearest = min(of_post, key=lambda occupant: order[occupant.place])
        parties = (o.party for o in of_post if o.seat == nearest.seat and o.party is not None)
        return Rung(post, nearest.seat, frozenset(parties))


def situation(place_id: int, at: datetime, *, ended_too: bool = False) -> Situation:
    """Two queries: the lineage of the place, and who fills the seats along it. New matters want a place that is."""
    lineage = tuple(territory.ancestors(place_id))
    if not lineage or (lineage[0].ended_on is not None and not ended_too):
        raise Missing("matters.no_such_place")
    return Situation(lineage, tuple(occupants([place.pk for place in lineage], at)))


def situations(place_ids: Iterable[int], at: datetime) -> dict[int, Situation]:
    """The same for many places at once, with as many queries as for one."""
    lineages = territory.lineages(place_ids)
    along = {place.pk for lineage in lineages.values() for place in lineage}
    at_place: dict[int, list[Occupant]] = {}
    for occupant in occupants(sorted(along), at):
        at_place.setdefault(occupant.place, []).append(occupant)
    return {
        place_id: Situation(tuple(lineage), tuple(o for place in lineage for o in at_place.get(place.pk, ())))
        for place_id, lineage in lineages.items()
    }


def acting_posts(vacancies: Sequence[tuple[str, int]], at: datetime) -> list[str]:
    """For vacant posts (post, place): which post is handed their matters meanwhile; "" where no ladder leads on."""
    around = situations({place for _, place in vacancies}, at)
    ladders = [rules_of(kind.pk) for kind in current_kinds()]
    acting = []
    for post, place in vacancies:
        rules = next((rules for rules in ladders if post in rules.ladder), None)
        arrival = arrive(around[place].ladder(rules), rules.rung_of(post)) if rules and place in around else None
        acting.append(arrival.seat.post if arrival and arrival.seat.post != post else "")
    return acting


def facts_for(
    matter: Matter,
    rules: KindRules,
    around: Situation,
    *,
    by: Actor,
    at: datetime,
    gives: Mapping[str, Given] | None = None,
    with_candidates: bool = False,
) -> Facts:
    """What the rules need to know for a move of `matter` by this actor."""
    configuration = Configuration.from_json(matter.configuration)
    ladder = around.ladder(rules)
    return Facts(
        calendar=holidays.calendar(),
        ladder=ladder,
        doer=_doer(by, matter),
        reporter=matter.reporter_id,
        gives=gives or {},
        candidates=tuple(Seat(o.post, o.seat) for o in candidates(around, at)) if with_candidates else (),
        handed=_handed(configuration, ladder, around, at),
        done=_done(by, matter),
    )


def candidates(around: Situation, at: datetime) -> list[Occupant]:
    """Filled seats to which a holder may hand over: all within the same community; of a matter that lies above, those
    of the places that it lies in. An administrator keeps accounts and deals with no matters."""
    community = next((place for place in around.lineage if place.level == HAND_OVER_WITHIN), None)
    if community is None:
        near: Sequence[Occupant] = around.occupants
    else:
        near = occupants_within(*path_range(community.path, community.level), at)
    return [o for o in near if o.party is not None and o.post != ADMINISTRATOR]


@lru_cache(maxsize=4096)
def _rules(schema: str, kind_id: int) -> KindRules:
    return KindRules.from_json(kept_kind(kind_id).content)


def rules_of(kind_id: int) -> KindRules:
    """The rules of an edition of a kind. Editions never change: each is read once in a process."""
    return _rules(schema(), kind_id)


def _doer(by: Actor, matter: Matter) -> Doer:
    if by.role != "person":
        return CLOCK_DOER if by.role == "clock" else Doer(roles=frozenset({by.role}))
    roles = {"resident"} if by.party == matter.reporter_id else {"resident", "neighbour"}
    return Doer.of(by, matter.path, frozenset(roles))


def _handed(configuration: Configuration, ladder: tuple[Rung, ...], around: Situation, at: datetime) -> Rung | None:
    """The present seat's own rung, when it is not one of the ladder."""
    seat = configuration.seat
    if seat.seat is None or any(rung.seat == seat.seat for rung in ladder):
        return None
    known = [o for o in around.occupants if o.seat == seat.seat]
    found = known or [o for o in candidates(around, at) if o.seat == seat.seat]
    return Rung(seat.post, seat.seat, frozenset(o.party for o in found if o.party is not None))


def _done(by: Actor, matter: Matter) -> frozenset[str]:
    followed = by.party is not None and Follow.objects.filter(matter_id=matter.pk, party_id=by.party).exists()
    return frozenset({"follow"} if followed else ())
