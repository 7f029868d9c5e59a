"""The stage of the tests: two communities of 岭东区 with a few buildings, and the cast of the demonstration on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings

from linli.channels.console.cast import MEMBERS, PASSWORD, Member, actor, enter, enter_all
from linli.kernel import holidays
from linli.kernel.actor import SYSTEM, Actor
from linli.methods.commands import adopt
from linli.methods.reader import read
from linli.territory import queries as territory
from linli.territory.arrangement import PlaceRow
from linli.territory.commands import apply_divisions, import_places
from linli.territory.divisions import Division
from linli.territory.models import Place
from linli.territory.rules import Level

ENTERED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shuangyashan
WORKING_AT = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)  # a Wednesday, 09:30, in an ordinary week
_SINCE = date(2025, 1, 1)

DIVISIONS = (
    Division("230503001000", "中山街道", Level.SUBDISTRICT, "230503000000"),
    Division("230503002000", "北山街道", Level.SUBDISTRICT, "230503000000"),
    Division("230503001001", "通达社区居委会", Level.COMMUNITY, "230503001000"),
    Division("230503001002", "东山社区居委会", Level.COMMUNITY, "230503001000"),
    Division("230503002001", "青山社区居委会", Level.COMMUNITY, "230503002000"),
)


@dataclass(frozen=True)
class Scene:
    """The district ready to play in: places by their part, parties by their phone."""

    places: dict[str, int]
    parties: dict[str, int]

    def member(self, role: str, number: int = 0) -> Member:
        return [member for member in MEMBERS if member.role == role][number]

    def party(self, role: str, number: int = 0) -> int:
        return self.parties[self.member(role, number).phone]

    def actor(self, role: str, number: int = 0, at: datetime = WORKING_AT) -> Actor:
        return actor(self.party(role, number), at)


def set_the_scene() -> Scene:
    """In the current, empty district: calendar, places, method, people. All through commands."""
    holidays.seed(SYSTEM, ENTERED_AT)
    apply_divisions(
        by=SYSTEM, at=ENTERED_AT, code="230503", name="岭东区", divisions=DIVISIONS, on=_SINCE, source="cast"
    )
    import_places(by=SYSTEM, at=ENTERED_AT, rows=_rows(), on=_SINCE, source="cast")
    package = read(settings.LIBRARY_DIR / "lingdong" / "five-haves")
    adopt(by=SYSTEM, at=ENTERED_AT, files=dict(package.files), values={})
    places = _stage()
    return Scene(places, enter_all(places, ENTERED_AT))


def _rows() -> list[PlaceRow]:
    rows = []
    for community, grids in (("通达社区居委会", 2), ("东山社区居委会", 1), ("青山社区居委会", 1)):
        for number in range(1, grids + 1):
            grid = f"第{number}网格"
            rows.append(PlaceRow(Level.GRID, grid, community=community))
            for house in (1, 2):
                building = f"{community[:2]}小区{number * 2 - 2 + house}号楼"
                lon, lat = 131.16 + 0.002 * len(rows), 46.59 + 0.001 * len(rows)
                rows.append(PlaceRow(Level.BUILDING, building, community, grid, lon=lon, lat=lat))
                rows.append(PlaceRow(Level.DWELLING, "101", community, grid, building))
                rows.append(PlaceRow(Level.DWELLING, "102", community, grid, building))
    return rows


def _stage() -> dict[str, int]:
    def one(name: str, level: str, above: Place | None = None) -> Place:
        found = Place.objects.filter(name=name, level=level)
        return found.get(parent=above) if above else found.get()

    community = one("通达社区居委会", "community")
    grid, sibling = one("第1网格", "grid", community), one("第2网格", "grid", community)
    building, other = one("通达小区1号楼", "building"), one("通达小区3号楼", "building")
    return {
        "district": territory.district_place().pk,
        "subdistrict": one("中山街道", "subdistrict").pk,
        "community": community.pk,
        "other_community": one("东山社区居委会", "community").pk,
        "grid": grid.pk,
        "sibling_grid": sibling.pk,
        "building": building.pk,
        "other_building": other.pk,
        "home": one("101", "dwelling", building).pk,
        "next_door": one("102", "dwelling", building).pk,
        "across": one("101", "dwelling", other).pk,
    }


__all__ = ["ENTERED_AT", "MEMBERS", "PASSWORD", "WORKING_AT", "Member", "Scene", "actor", "enter", "set_the_scene"]
