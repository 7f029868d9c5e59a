"""Who fills which seat, who acts, who is signed in. Names and phones of people: see directory.py.

Who fills a seat is public by office; it is seen in any scope.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from linli.kernel import holidays
from linli.kernel.actor import NOBODY, SYSTEM, Actor, Post
from linli.kernel.scope import scope
from linli.people.models import Absence, Holding
from linli.people.rules import Filling, fill
from linli.people.safety import SESSION_IDLE, hashed
from linli.territory.rules import path_range


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody who fills a seat, or a vacancy 岗位空缺 (party None): nobody appointed, or away without substitute."""

    seat: int
    post: str
    place: int
    place_name: str
    party: int | None
    name: str
    substitute: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a token. `unmarked` says that today's use of the session is not noted yet (commands.mark_used)."""

    actor: Actor
    session: int
    unmarked: bool


def occupants(place_ids: Sequence[int], at: datetime) -> list[Occupant]:
    """Who fills the seats at these places at an instant, by place and seat. One query."""
    return _occupants("seat.place_id = ANY(%(places)s)", {"places": list(place_ids), "at": at})


def occupants_of(seat_ids: Iterable[int], at: datetime) -> dict[int, list[Occupant]]:
    """Who fills these seats at an instant, for each seat. One query."""
    found: dict[int, list[Occupant]] = {}
    for occupant in _occupants("seat.id = ANY(%(seats)s)", {"seats": list(seat_ids), "at": at}):
        found.setdefault(occupant.seat, []).append(occupant)
    return found


def occupants_within(low: int, high: int, at: datetime) -> list[Occupant]:
    """Who fills the seats at places whose internal path lies in [low, high). One query."""
    return _occupants("place.path >= %(low)s AND place.path < %(high)s", {"low": low, "high": high, "at": at})


def actor_of(party_id: int, at: datetime) -> Actor:
    """The party as an actor, with the posts that it fills at this instant, in person or as a substitute. One query.

    Outside of a scope it opens one of its own. Whoever is absent fills no post.
    """
    with _some_scope(), connection.cursor() as cursor:
        cursor.execute(_ACTOR, {"party": party_id, "at": at})
        return _actor(party_id, cursor.fetchall())


def actor_of_token(token: str, at: datetime) -> Actor:
    """Whoever is signed in with this token; NOBODY when it is unknown, ended or too old."""
    found = signed_in(token, at)
    return found.actor if found else NOBODY


def signed_in(token: str, at: datetime) -> SignedIn | None:
    """The session behind a bearer token, if it is good. Two statements: the scope and one query."""
    idle_since = local_day(at - SESSION_IDLE)
    with scope(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SESSION, {"token": bytes.fromhex(hashed(token)), "at": at, "idle_since": idle_since})
        rows = cursor.fetchall()
    if not rows:
        return None
    session, used_on, party = rows[0][:3]
    return SignedIn(_actor(party, [row[3:] for row in rows]), session, used_on < local_day(at))


@dataclass(frozen=True, slots=True)
class Tenure:
    """That a party held a seat for a time, by the name shown in office."""

    seat: int
    post: str
    place: int
    place_name: str
    shown_name: str
    from_at: datetime
    until_at: datetime | None

    def lasted(self, at: datetime) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def tenures(party_ids: Iterable[int]) -> dict[int, list[Tenure]]:
    """All that these parties hold or ever held. One query."""
    found: dict[int, list[Tenure]] = {}
    held = Holding.objects.filter(party_id__in=set(party_ids)).select_related("seat__place").order_by("id")
    for holding in held:
        seat = holding.seat
        tenure = Tenure(
            seat.pk, seat.post, seat.place_id, seat.place.name, holding.shown_name, holding.from_at, holding.until_at
        )
        found.setdefault(holding.party_id, []).append(tenure)
    return found


def local_day(at: datetime) -> date:
    """The day in the district's zone."""
    return at.astimezone(holidays.zone()).date()


def my_absence(party_id: int, at: datetime) -> Absence | None:
    """The absence of this party that lasts or comes next."""
    lasting = Absence.objects.filter(party_id=party_id).exclude(until_at__lte=at)
    return lasting.order_by("from_at").first()


@dataclass(frozen=True, slots=True)
class _Row:
    seat: int
    post: str
    place: int
    place_name: str
    holder: int | None
    shown_name: str | None
    away: bool
    substitute: int | None
    substitute_away: bool
    substitute_name: str | None


def _occupants(where: str, values: dict[str, Any]) -> list[Occupant]:
    with connection.cursor() as cursor:
        cursor.execute(_OCCUPANTS.format(where=where), values)
        rows = [_Row(*row) for row in cursor.fetchall()]
    seats: dict[int, list[_Row]] = {}
    for row in rows:
        seats.setdefault(row.seat, []).append(row)
    return [occupant for of_seat in seats.values() for occupant in _fill(of_seat)]


def _fill(rows: Sequence[_Row]) -> Iterator[Occupant]:
    """The occupants of one seat, from its holders as they stand."""
    names: dict[int, str] = {}
    away: dict[int, int | None] = {}
    for row in rows:
        if row.holder is not None:
            names[row.holder] = row.shown_name or ""
        if row.substitute is not None:
            names.setdefault(row.substitute, row.substitute_name or "")
        if row.away and row.holder is not None:
            away[row.holder] = row.substitute
        if row.substitute_away and row.substitute is not None:
            away.setdefault(row.substitute, None)
    seat = rows[0]
    fillings: list[Filling | None] = [*fill([row.holder for row in rows if row.holder is not None], away)]
    for filling in fillings or [None]:
        party = filling.party if filling else None
        name = names[filling.party] if filling else ""
        stands_in = filling is not None and filling.of is not None
        yield Occupant(seat.seat, seat.post, seat.place, seat.place_name, party, name, stands_in)


def _actor(party: int, rows: Sequence[tuple[Any, ...]]) -> Actor:
    """From rows of language, seat, post, place, path and level; a single row without a seat means no post."""
    posts = tuple(
        Post(seat, name, place, *path_range(path, level)) for _, seat, name, place, path, level in rows if seat
    )
    language = rows[0][0] if rows else None
    return Actor("person", party, posts, language or "zh")


@contextmanager
def _some_scope() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
    else:
        with scope(SYSTEM):
            yield


def _now(table: str) -> str:
    return f"{table}.from_at <= %(at)s AND ({table}.until_at IS NULL OR {table}.until_at > %(at)s)"


_OCCUPANTS = f"""
SELECT seat.id, seat.post, seat.place_id, place.name, holding.party_id, holding.shown_name,
       away.id IS NOT NULL, away.substitute_id, substitute_away.id IS NOT NULL, substitute.shown_name
FROM people_seat seat
JOIN territory_place place ON place.id = seat.place_id
LEFT JOIN people_holding holding ON holding.seat_id = seat.id AND {_now("holding")}
LEFT JOIN people_absence away ON away.party_id = holding.party_id AND {_now("away")}
LEFT JOIN people_absence substitute_away
  ON substitute_away.party_id = away.substitute_id AND {_now("substitute_away")}
LEFT JOIN LATERAL (
  SELECT own.shown_name FROM people_holding own
  WHERE own.party_id = away.substitute_id AND {_now("own")} ORDER BY own.id LIMIT 1) substitute ON true
WHERE {{where}}
ORDER BY seat.place_id, seat.id, holding.id
"""

_FILLED = f"""
LEFT JOIN LATERAL (
  SELECT own.seat_id FROM people_holding own WHERE own.party_id = asked.party_id AND {_now("own")}
  UNION
  SELECT theirs.seat_id FROM people_absence away JOIN people_holding theirs ON theirs.party_id = away.party_id
  WHERE away.substitute_id = asked.party_id AND {_now("away")} AND {_now("theirs")}
) filled ON NOT EXISTS (
  SELECT 1 FROM people_absence mine WHERE mine.party_id = asked.party_id AND {_now("mine")})
LEFT JOIN people_seat seat ON seat.id = filled.seat_id
LEFT JOIN territory_place place ON place.id = seat.place_id
"""

_ACTOR = f"""
SELECT party.language, seat.id, seat.post, seat.place_id, place.path, place.level
FROM (SELECT %(party)s::bigint AS party_id) asked
LEFT JOIN people_party party ON party.id = asked.party_id
{_FILLED}
ORDER BY seat.id
"""

_SESSION = f"""
SELECT session.id, session.used_on, asked.party_id,
       party.language, seat.id, seat.post, seat.place_id, place.path, place.level
FROM people_session session
JOIN people_account asked ON asked.party_id = session.account_id AND asked.is_active
JOIN people_party party ON party.id = asked.party_id
{_FILLED}
WHERE session.token_hash = %(token)s AND session.ended_at IS NULL
  AND session.expires_at > %(at)s AND session.used_on >= %(idle_since)s
ORDER BY seat.id
"""
