"""Rules about people and posts: who fills a seat, and who may do what to whom. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linli.kernel.actor import Actor

ADMINISTRATOR = "administrator"  # keeps people, posts and accounts of the district; the one post that no method brings
APPOINTS = ("community_desk", "supervisor", "district_office")  # fill seats below their own place
KEEPS_PEOPLE = ("grid_worker", "community_desk", "supervisor", "district_office", ADMINISTRATOR)

Range = tuple[int, int]  # internal paths from the first up to, not including, the second


@dataclass(frozen=True, slots=True)
class Station:
    """A post that somebody holds: at which place, and in which place that one lies (the district lies in itself)."""

    post: str
    place: Range
    around: Range


@dataclass(frozen=True, slots=True)
class Filling:
    """Somebody who fills a seat; `of` is the holder for whom they stand in, None for the holder themself."""

    party: int
    of: int | None = None


def fill(holders: Iterable[int], away: Mapping[int, int | None]) -> list[Filling]:
    """Who fills a seat whose holders these are; empty means vacancy 岗位空缺. `away` are those absent now, with
    their substitutes.

    A holder who is present fills it; for one who is away the substitute does, if present: one step, the substitute's
    own substitute does not count. Whoever fills it twice over counts once, as a holder first.
    """
    holders = list(dict.fromkeys(holders))
    fillings = {party: Filling(party) for party in holders if party not in away}
    for party in holders:
        substitute = away.get(party)
        if substitute is not None and substitute not in away:
            fillings.setdefault(substitute, Filling(substitute, of=party))
    return list(fillings.values())


def may_appoint(by: Actor, post: str, low: int, high: int) -> bool:
    """Whether `by` may fill or clear seats of `post` at the place whose paths are [low, high).

    The administrator may everywhere; desk, supervisor and district office below their own place, never at it, so that
    nobody there chooses their peers or superiors. Only an administrator (or the machine) makes administrators.
    """
    if may_administer(by):
        return True
    if post == ADMINISTRATOR:
        return False
    return any(
        own.name in APPOINTS and _within((low, high), (own.low, own.high)) and (own.low, own.high) != (low, high)
        for own in by.posts
    )


def may_keep(by: Actor, path: int) -> bool:
    """Whether `by` may register, correct or reveal parties whose home has this path (0: no home).

    Posts of staff within their reach. Not building heads: they are neighbours.
    """
    return by.role == "system" or any(own.name in KEEPS_PEOPLE and own.low <= path < own.high for own in by.posts)


def may_administer(by: Actor) -> bool:
    """Whether `by` may open and close accounts, and act on those of others."""
    return by.role == "system" or by.has_post(ADMINISTRATOR)


def may_substitute(own: Sequence[Station], theirs: Sequence[Station]) -> bool:
    """Whether somebody with the posts `theirs` may stand in for all of the posts `own`.

    A substitute sees and does what the absent one may, so each post needs one of theirs that is no lower: beside it,
    within the same place around, or at a place above it. Administrators are stood in for by administrators only, and
    stand in for nobody else.
    """
    return all(any(_fits(mine, other) for other in theirs) for mine in own)


def _fits(mine: Station, other: Station) -> bool:
    near = _within(other.place, mine.around) or _within(mine.place, other.place)
    wide_enough = other.place[1] - other.place[0] >= mine.place[1] - mine.place[0]
    return near and wide_enough and (mine.post == ADMINISTRATOR) == (other.post == ADMINISTRATOR)


def _within(inner: Range, outer: Range) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
