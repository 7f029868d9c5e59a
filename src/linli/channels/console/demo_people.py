"""The people of the demo: the cast on its stage, invented holders of posts around it, and the residents who report.

Every grid has a worker, every community a desk, every subdistrict a supervisor, the livelier communities building
heads and police too; but for a few vacancies, which the pages are to show.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from linli.channels.console import cast
from linli.channels.console.demo_names import invented_names
from linli.kernel.actor import SYSTEM
from linli.people import commands as people
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level

LIVELY = ("通达社区", "青山社区", "东湖社区", "惠民社区", "学府社区")  # where buildings have their heads
VACANT = (
    ("grid_worker", "青山第3网格"),
    ("grid_worker", "安邦第11网格"),
    ("grid_worker", "团山村第1网格"),
    ("community_desk", "新翼村"),
    ("supervisor", "西山街道"),
    ("building_head", "学府小区2号楼"),
    ("building_head", "东湖小区9号楼"),
)
_STAGE = {
    "subdistrict": ("中山街道", Level.SUBDISTRICT),
    "community": ("通达社区", Level.COMMUNITY),
    "grid": ("通达第3网格", Level.GRID),
    "sibling_grid": ("通达第4网格", Level.GRID),
    "building": ("通达小区3号楼", Level.BUILDING),
    "other_building": ("通达小区5号楼", Level.BUILDING),
}
_DOORS = {
    "home": ("通达小区3号楼", "1单元", "301"),
    "next_door": ("通达小区3号楼", "1单元", "302"),
    "across": ("通达小区5号楼", "2单元", "201"),
}


@dataclass
class Town:
    """The people of the demo: the cast by name, residents by the building they live in, in the order they moved in."""

    stage: dict[str, int]
    cast: dict[str, int]
    names: Iterator[str]
    entered_at: datetime
    _residents: dict[int, list[int]] = field(default_factory=dict)
    _doors: dict[int, list[int]] = field(default_factory=dict)

    def resident(self, building: Place, number: int) -> int:
        """The party id of the building's resident with this number, from 0; they move in as they are asked for."""
        living = self._residents.setdefault(building.pk, [])
        while len(living) <= number:
            living.append(self._move_in(building, len(living)))
        return living[number]

    def _move_in(self, building: Place, number: int) -> int:
        if building.pk not in self._doors:
            taken = {self.stage[door] for door in _DOORS}
            doors = territory.within(building, Level.DWELLING.value).values_list("id", flat=True)
            self._doors[building.pk] = [door for door in doors if door not in taken]
        free = self._doors[building.pk]
        return _register(self, "resident", next(self.names), free[(number * 7 + 3) % len(free)])


def settle(chance: Random, at: datetime) -> Town:
    """Register the cast and everybody who fills a post, at an instant before anything happens."""
    stage = _set_stage()
    parties = cast.enter_all(stage, at)
    by_name = {member.name: parties[member.phone] for member in cast.MEMBERS}
    town = Town(stage, by_name, invented_names(chance, by_name.keys()), at)
    taken = {*VACANT, *((member.post, _name(stage[member.where])) for member in cast.MEMBERS if member.post)}
    for level, post in (
        (Level.SUBDISTRICT, "supervisor"),
        (Level.COMMUNITY, "community_desk"),
        (Level.GRID, "grid_worker"),
    ):
        for place in Place.objects.filter(level=level.value, ended_on=None).order_by("path"):
            if (post, place.name) not in taken:
                _appoint(town, post, place)
    for community in Place.objects.filter(name__in=LIVELY, level=Level.COMMUNITY.value).order_by("path"):
        for building in territory.within(community, Level.BUILDING.value):
            if ("building_head", building.name) not in taken:
                _appoint(town, "building_head", building)
        grids = territory.within(community, Level.GRID.value)
        _patrol(town, community, [grid for grid in grids if ("police", grid.name) not in taken])
    return town


def named(name: str, level: str | None = None) -> Place:
    """The living place of this name; names are unique here, but for those of entrances and dwellings."""
    found = Place.objects.filter(name=name, ended_on=None)
    return found.get(level=level) if level else found.get()


def _patrol(town: Town, community: Place, grids: list[Place]) -> None:
    """One officer for all of a community's grids."""
    party = _register(town, "staff", next(town.names), community.pk)
    for grid in grids:
        people.appoint(by=SYSTEM, at=town.entered_at, post="police", place=grid.pk, party=party)


def _appoint(town: Town, post: str, place: Place) -> None:
    party = _register(town, "staff", next(town.names), place.pk)
    people.appoint(by=SYSTEM, at=town.entered_at, post=post, place=place.pk, party=party)


def _register(town: Town, kind: str, name: str, home: int) -> int:
    event = people.register_party(by=SYSTEM, at=town.entered_at, kind=kind, name=name, home=home)
    return int(event.subject.partition(":")[2])


def _set_stage() -> dict[str, int]:
    stage = {part: named(name, level.value).pk for part, (name, level) in _STAGE.items()}
    stage["district"] = territory.district_place().pk
    for part, (building, entrance, door) in _DOORS.items():
        above = Place.objects.get(name=entrance, parent=named(building))
        stage[part] = Place.objects.get(name=door, parent=above).pk
    return stage


def _name(place_id: int) -> str:
    return territory.place(place_id).name
