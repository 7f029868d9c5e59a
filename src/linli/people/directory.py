"""People as others see them: names and phones masked. Everything here runs in the caller's scope.

What stands behind a mask is shown by commands.reveal only, which asks for a reason and is recorded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from linli.people import identity
from linli.people.models import Absence, AdoptedPost, Holding, Party, Session
from linli.people.queries import Occupant, occupants

PAGE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """A party in a list. `account` is open, closed or none; it is known to posts of the whole district only."""

    party: int
    version: int
    kind: str
    name: str
    phone: str
    home: int | None
    home_name: str
    posts: tuple["HeldPost", ...]
    account: str
    second_factor: bool


@dataclass(frozen=True, slots=True)
class HeldPost:
    seat: int
    post: str
    place: int
    place_name: str
    shown_name: str


@dataclass(frozen=True, slots=True)
class PostAt:
    """A post at a place, as adopted methods want it there, and who fills it now. `seat` is None while nobody ever
    held it; `missing` is how many more there ought to be."""

    post: str
    seat: int | None
    at_least: int
    occupants: tuple[Occupant, ...]

    @property
    def missing(self) -> int:
        return max(0, self.at_least - sum(occupant.party is not None for occupant in self.occupants))


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
    return [_person(party) for party in found[:PAGE]], len(found) > PAGE


def person(party: int, at: datetime) -> Person | None:
    """One of them; None when out of reach."""
    found = Party.objects.select_related("home", "account").prefetch_related(_held_now(at)).filter(id=party).first()
    return _person(found) if found else None


def my_details(party: int) -> Details | None:
    """The caller's own entry; call it for nobody else."""
    found = Party.objects.select_related("home").filter(id=party).first()
    if found is None:
        return None
    home_name = found.home.name if found.home else ""
    return Details(
        found.id,
        found.version,
        found.kind,
        identity.name_of(found),
        identity.phone_of(found) or "",
        found.home_id,
        home_name,
        found.language,
    )


def my_sessions(party: int, at: datetime) -> list[Session]:
    """Where the caller is signed in, the latest first."""
    mine = Session.objects.filter(account_id=party, ended_at=None, expires_at__gt=at)
    return list(mine.order_by("-opened_at"))


def posts_at(place: int, level: str, at: datetime) -> list[PostAt]:
    """The posts of a place: those that adopted methods have at this level, and any other that somebody holds there."""
    filled: dict[str, list[Occupant]] = {}
    for occupant in occupants([place], at):
        filled.setdefault(occupant.post, []).append(occupant)
    wanted: dict[str, int] = dict.fromkeys(filled, 0)
    for post in AdoptedPost.objects.filter(level=level).order_by("id"):
        wanted[post.name] = max(wanted.get(post.name, 0), post.at_least)
    return [
        PostAt(name, filled[name][0].seat if name in filled else None, at_least, tuple(filled.get(name, ())))
        for name, at_least in wanted.items()
    ]


def absences_of(party: int, at: datetime) -> list[Absence]:
    """The absences of a party that last or are to come."""
    return list(Absence.objects.filter(party_id=party).exclude(until_at__lte=at).order_by("from_at"))


def _person(party: Party) -> Person:
    account = getattr(party, "account", None)
    posts = tuple(
        HeldPost(holding.seat_id, holding.seat.post, holding.seat.place_id, holding.seat.place.name, holding.shown_name)
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
        posts,
        "none" if account is None else "open" if account.is_active else "closed",
        account is not None and account.totp_since is not None,
    )


def _matches(search: str) -> Q:
    asked = Q(name_index=identity.name_index(search))
    if sum(character.isdigit() for character in search) >= 7:
        asked |= Q(phone_index=identity.phone_index(search))
    return asked


def _held_now(at: datetime) -> "Prefetch[str, QuerySet[Holding], str]":
    return Prefetch("holdings", _now(Holding.objects.select_related("seat__place"), at).order_by("id"))


def _now(holdings: QuerySet[Holding], at: datetime) -> QuerySet[Holding]:
    return holdings.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
