"""People as others see them: names and phones masked. Everything here runs in the caller's scope.

What stands behind a mask is shown by commands.reveal only, which asks for a reason and is recorded.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from linli.kernel.actor import Actor
from linli.people import identity, locks
from linli.people.models import Absence, AdoptedPost, Holding, Party, Session, SignInFailure
from linli.people.queries import occupants
from linli.people.rules import ADMINISTRATOR, may_substitute
from linli.territory.models import Place
from linli.territory.rules import Level, ancestor_paths

PAGE = 50
Lasting = TypeVar("Lasting", Holding, Absence)


@dataclass(frozen=True, slots=True)
class Person:
    """A party in a list. `account` is open, closed or none; all that is told to the whole district only."""

    party: int
    version: int
    kind: str
    name: str
    phone: str
    home: int | None
    home_name: str
    language: str
    posts: tuple["HeldPost", ...]
    account: str
    second_factor: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class HeldPost:
    seat: int
    post: str
    place: int
    place_name: str
    shown_name: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a seat. `substitute` is the name of whoever stands in while they are `away`, or empty."""

    party: int
    shown_name: str
    since_at: datetime
    away: bool
    substitute: str


@dataclass(frozen=True, slots=True)
class PostAt:
    """A post at a place, as adopted methods want it there. `seat` is None while nobody holds it; `missing` is how many
    more there ought to be."""

    post: str
    seat: int | None
    at_least: int
    holders: tuple[Holder, ...]

    @property
    def missing(self) -> int:
        return max(0, self.at_least - sum(not holder.away or bool(holder.substitute) for holder in self.holders))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may stand in, by the name shown in office, with one of their posts."""

    party: int
    name: str
    post: str
    place_name: str


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody sees of themself, unmasked."""

    party: int
    version: int
    kind: str
    name: str
    phone: str
    home: int | None
    home_name: str
    language: str
    has_password: bool
    second_factor: bool


def shown_names(party_ids: Iterable[int], at: datetime) -> dict[int, str]:
    """How parties are called: who holds a post by the name shown in office, others by their masked name. Who is out of
    reach and holds no post is left out (on screen: people.resident). Two queries."""
    ids = set(party_ids)
    held = _now(Holding.objects.filter(party_id__in=ids), at).order_by("-id")
    names = {holding.party_id: holding.shown_name for holding in held}
    for party in Party.objects.filter(id__in=ids - names.keys()).only("id", "kind", "name"):
        names[party.id] = identity.masked_name(party)
    return names


def people_list(at: datetime, *, search: str = "", kind: str = "", page: int = 1) -> tuple[list[Person], bool]:
    """People within the caller's reach, the newest first, a page of 50, and whether there are more.

    `search` is a whole name or a whole phone number: names stand sealed, so parts of them cannot be looked for.
    """
    parties = Party.objects.select_related("home", "account").order_by("-id")
    parties = parties.prefetch_related(_held_now(at))
    if kind:
        parties = parties.filter(kind=kind)
    if search.strip():
        parties = parties.filter(_matches(search))
    found = list(parties[(page - 1) * PAGE : page * PAGE + 1])
    locked = _locked(found[:PAGE], at)
    return [_person(party, party.id in locked) for party in found[:PAGE]], len(found) > PAGE


def person(party: int, at: datetime) -> Person | None:
    """One of them; None when out of reach."""
    found = Party.objects.select_related("home", "account").prefetch_related(_held_now(at)).filter(id=party).first()
    return _person(found, bool(_locked([found], at))) if found else None


def my_details(party: int) -> Details | None:
    """The caller's own entry; call it for nobody else."""
    found = Party.objects.select_related("home", "account").filter(id=party).first()
    if found is None:
        return None
    account = getattr(found, "account", None)
    return Details(
        found.id,
        found.version,
        found.kind,
        identity.name_of(found),
        identity.phone_of(found) or "",
        found.home_id,
        found.home.name if found.home else "",
        found.language,
        account is not None and account.has_usable_password(),
        account is not None and account.totp_since is not None,
    )


def my_sessions(party: int, at: datetime) -> list[Session]:
    """Where the caller is signed in, the latest first."""
    mine = Session.objects.filter(account_id=party, ended_at=None, expires_at__gt=at)
    return list(mine.order_by("-opened_at"))


def posts_at(place: int, level: str, at: datetime) -> list[PostAt]:
    """The posts of a place: those that adopted methods have at this level, and any other that somebody holds there."""
    held: dict[str, list[Holding]] = {}
    for holding in _now(Holding.objects.filter(seat__place_id=place), at).select_related("seat").order_by("id"):
        held.setdefault(holding.seat.post, []).append(holding)
    holders = _holders([holding for of_post in held.values() for holding in of_post], at)
    wanted: dict[str, int] = {}
    for post in AdoptedPost.objects.filter(level=level).order_by("id"):
        wanted[post.name] = max(wanted.get(post.name, 0), post.at_least)
    if level == Level.DISTRICT:
        wanted[ADMINISTRATOR] = 1
    return [
        PostAt(
            post,
            held[post][0].seat_id if post in held else None,
            wanted.get(post, 0),
            tuple(holders[holding.id] for holding in held.get(post, ())),
        )
        for post in dict.fromkeys([*wanted, *held])
    ]


def vacancies(places: Iterable[Place], at: datetime) -> dict[int, int]:
    """For each of these places how many posts lack the people that adopted methods want there. Two queries."""
    wanted: dict[str, dict[str, int]] = {}
    for post in AdoptedPost.objects.filter(at_least__gt=0):
        of_level = wanted.setdefault(post.level, {})
        of_level[post.name] = max(of_level.get(post.name, 0), post.at_least)
    places = list(places)
    filled = Counter((one.place, one.post) for one in occupants([p.id for p in places], at) if one.party is not None)
    return {
        place.id: sum(filled[place.id, post] < least for post, least in wanted.get(place.level, {}).items())
        for place in places
    }


def candidates(party: int, at: datetime) -> list[Candidate]:
    """Who may stand in for a party in all of its posts, those who are away themselves left out; by post and name."""
    own = list(_now(Holding.objects.filter(party_id=party), at).select_related("seat__place__parent"))
    if not own:
        return []
    mine = [holding.station for holding in own]
    low, high = min(station.around[0] for station in mine), max(station.around[1] for station in mine)
    beside = Q(seat__place__path__gte=low, seat__place__path__lt=high)
    above = Q(seat__place__path__in=ancestor_paths(own[0].seat.place.path))
    near = _now(Holding.objects.filter(beside | above).exclude(party_id=party), at)
    theirs: dict[int, list[Holding]] = {}
    for holding in near.select_related("seat__place__parent"):
        theirs.setdefault(holding.party_id, []).append(holding)
    away = set(_now(Absence.objects.filter(party_id__in=theirs), at).values_list("party_id", flat=True))
    found = [
        Candidate(other, held[0].shown_name, held[0].seat.post, held[0].seat.place.name)
        for other, held in theirs.items()
        if other not in away and may_substitute(mine, [holding.station for holding in held])
    ]
    return sorted(found, key=lambda one: (one.post != own[0].seat.post, one.post, one.name))


def absences_of(party: int, at: datetime) -> list[Absence]:
    """The absences of a party that last or are to come."""
    return list(Absence.objects.filter(party_id=party).exclude(until_at__lte=at).order_by("from_at"))


def own_name(by: Actor) -> str:
    """The caller's own name, for the head of the page; empty for the machine and for visitors."""
    found = Party.objects.filter(id=by.party).only("id", "name").first() if by.party is not None else None
    return identity.name_of(found) if found else ""


def _person(party: Party, locked: bool) -> Person:
    account = getattr(party, "account", None)
    posts = tuple(
        HeldPost(
            holding.seat_id,
            holding.seat.post,
            holding.seat.place_id,
            holding.seat.place.name,
            holding.shown_name,
            holding.from_at,
        )
        for holding in party.holdings.all()
    )
    return Person(
        party.id,
        party.version,
        party.kind,
        identity.masked_name(party),
        identity.masked_phone(party),
        party.home_id,
        party.home.name if party.home else "",
        party.language,
        posts,
        "none" if account is None else "open" if account.is_active else "closed",
        account is not None and account.totp_since is not None,
        locked,
    )


def _matches(search: str) -> Q:
    asked = Q(name_index=identity.name_index(search))
    if sum(character.isdigit() for character in search) >= 7:
        asked |= Q(phone_index=identity.phone_index(search))
    return asked


def _held_now(at: datetime) -> "Prefetch[str, QuerySet[Holding], str]":
    return Prefetch("holdings", _now(Holding.objects.select_related("seat__place"), at).order_by("id"))


def _holders(holdings: list[Holding], at: datetime) -> dict[int, Holder]:
    """Holdings with who stands in for whom, by the ids of the holdings."""
    parties = [holding.party_id for holding in holdings]
    away = dict(_now(Absence.objects.filter(party_id__in=parties), at).values_list("party_id", "substitute_id"))
    standing_in = [substitute for substitute in away.values() if substitute is not None]
    gone = set(_now(Absence.objects.filter(party_id__in=standing_in), at).values_list("party_id", flat=True))
    names = dict(_now(Holding.objects.filter(party_id__in=standing_in), at).values_list("party_id", "shown_name"))
    return {
        holding.id: Holder(
            holding.party_id,
            holding.shown_name,
            holding.from_at,
            holding.party_id in away,
            names.get(away.get(holding.party_id) or 0, "") if away.get(holding.party_id) not in gone else "",
        )
        for holding in holdings
    }


def _locked(parties: Iterable[Party], at: datetime) -> set[int]:
    """Who of these is locked out just now, as far as the caller may know it."""
    whos = {
        attempt.who: party.id
        for party in parties
        if getattr(party, "account", None) is not None
        for attempt in locks.of_account(party.account)
    }
    if not whos:
        return set()
    failures = SignInFailure.objects.filter(who__in=list(whos), locked_until__gt=at)
    return {whos[bytes(who)] for who in failures.values_list("who", flat=True)}


def _now(rows: QuerySet[Lasting], at: datetime) -> QuerySet[Lasting]:
    """Those of holdings or absences that are on at this instant."""
    return rows.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
