"""A corner of the district of one's own: a community with two grids, and somebody in every post of it.

Above it sit the supervisor and the district office of the cast. Tests may dismiss whom they like here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.matters.commands import move_matter, open_matter
from linli.matters.models import Matter
from linli.people.commands import appoint, register_party
from linli.people.models import Seat
from linli.people.queries import actor_of
from linli.territory.models import Place
from linli.territory.rules import Level, next_path
from tests.cast import ENTERED_AT, WORKING_AT, Scene

POSTS = {
    "building_head": "building",
    "grid_worker": "grid",
    "sibling": "sibling_grid",
    "police": "grid",
    "community_desk": "community",
}
HOMES = {"resident": "home", "neighbour": "next_door", "across": "across"}
LAMP = {"what": "楼道灯坏了", "topic": "lighting"}
_numbers = count(1)
_phones = count(13700000000)


class Corner:
    """`places`: community, grid, sibling_grid, building, other_building, home, next_door, across. People, made when
    first asked for: the posts of POSTS (filled at once), the residents of HOMES, and a stranger with neither."""

    def __init__(self, scene: Scene, *, vacant: tuple[str, ...] = ()) -> None:
        self.scene = scene
        self.parties: dict[str, int] = {}
        self.places = self._build(f"第{next(_numbers)}角")
        for role in POSTS.keys() - set(vacant):
            self.appoint(role)

    def appoint(self, role: str, at: datetime = ENTERED_AT) -> int:
        """Give the post of this role to its person, who is made when they are not there yet."""
        post = "grid_worker" if role == "sibling" else role
        party = self.party(role)
        appoint(by=SYSTEM, at=at, post=post, place=self.places[POSTS[role]], party=party, shown_name=f"{role}甲")
        return party

    def party(self, role: str) -> int:
        """Somebody of this corner; supervisor and district_office are those of the cast."""
        if role in ("supervisor", "district_office", "administrator"):
            return self.scene.party(role)
        if role not in self.parties:
            home = self.places[HOMES[role]] if role in HOMES else None
            event = register_party(
                by=SYSTEM, at=ENTERED_AT, kind="resident", name=f"{role}某", phone=str(next(_phones)), home=home
            )
            self.parties[role] = int(event.subject.partition(":")[2])
        return self.parties[role]

    def actor(self, role: str, at: datetime = WORKING_AT) -> Actor:
        party = self.party(role)
        with scope(SYSTEM):
            return actor_of(party, at)

    def seat(self, role: str) -> int:
        post = "grid_worker" if role == "sibling" else role
        where = self.scene.places["subdistrict"] if role == "supervisor" else None
        return Seat.objects.get(post=post, place=where or self.places[POSTS[role]]).pk

    def open(
        self, kind: str = "report", *, by: str = "resident", place: str = "home", at: datetime = WORKING_AT, **form: Any
    ) -> Matter:
        filled = {name: value for name, value in {**LAMP, **form}.items() if value is not None}
        event = open_matter(by=self.actor(by, at), at=at, kind=kind, place=self.places[place], form=filled)
        return stored(int(event.subject.partition(":")[2]))

    def move(self, matter: Matter, move: str, *, by: str, at: datetime = WORKING_AT, **gives: Any) -> Matter:
        """Make a move on the matter as it stands, and read it again."""
        make(self, matter, move, by=by, at=at, **gives)
        return stored(matter.pk)

    def solved(self, kind: str = "report", *, by: str = "grid_worker", at: datetime = WORKING_AT) -> Matter:
        """A matter that has been taken on and answered."""
        matter = self.move(self.open(kind, at=at), "take_on", by=by, at=at)
        return self.move(matter, "solve", by=by, at=at, note="换了灯泡")

    def _build(self, name: str) -> dict[str, int]:
        above = Place.objects.get(pk=self.scene.places["subdistrict"])
        community = _below(above, Level.COMMUNITY, f"{name}社区")
        grids = [_below(community, Level.GRID, f"{name}第{number}网格") for number in (1, 2)]
        houses = [_below(grid, Level.BUILDING, f"{grid.name}楼") for grid in grids]
        home, next_door = (_below(houses[0], Level.DWELLING, number) for number in ("101", "102"))
        across = _below(houses[1], Level.DWELLING, "101")
        return {
            "community": community.pk,
            "grid": grids[0].pk,
            "sibling_grid": grids[1].pk,
            "building": houses[0].pk,
            "other_building": houses[1].pk,
            "home": home.pk,
            "next_door": next_door.pk,
            "across": across.pk,
        }


def make(corner: Corner, matter: Matter, move: str, *, by: str, at: datetime = WORKING_AT, **gives: Any) -> Event:
    """The event of a move on the matter at the version that it was read at."""
    return move_matter(by=corner.actor(by, at), at=at, matter=matter.pk, move=move, version=matter.version, gives=gives)


def stored(matter: int) -> Matter:
    """The matter as it stands in the database."""
    with scope(SYSTEM):
        return Matter.objects.select_related("kind").get(pk=matter)


def events(matter: Matter) -> list[Event]:
    return list(Event.objects.filter(subject=matter.subject).order_by("seq"))


@contextmanager
def refused(code: str, status: int) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What is done inside is refused with this code and status, and there are words for it in both languages."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert (caught.value.code, caught.value.status) == (code, status)
    assert all(say(f"refusal.{code}", language, **caught.value.data) for language in ("zh", "en"))


def _below(parent: Place, level: Level, name: str) -> Place:
    last = Place.objects.filter(parent=parent, level=level).count()
    return Place.objects.create(
        level=level, kind=level, name=name, parent=parent, path=next_path(parent.path, level, last + 1),
        since_on=ENTERED_AT.date(), search=name,
    )  # fmt: skip
