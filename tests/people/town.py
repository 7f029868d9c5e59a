"""A small town to try people in: two communities, sibling grids, and the posts of a method."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from linli.kernel.actor import SYSTEM, Actor
from linli.people.commands import adopt_posts, appoint, open_account, register_party, set_password
from linli.people.commands.sign_in import Visit
from linli.people.queries import actor_of
from linli.people.schema import Posts
from linli.territory.models import Place
from linli.territory.rules import Level, next_path

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
VISIT = Visit("203.0.113.7", "Mozilla/5.0 (Linux; Android 10)", "web")
PASSWORD = "heron-lantern-42"

_phones = count(13900000000)


def later(**period: float) -> datetime:
    return AT + timedelta(**period)


def fresh_phone() -> str:
    return str(next(_phones))


@dataclass(frozen=True)
class Town:
    district: int
    subdistrict: int
    north: int  # communities
    south: int
    east_grid: int  # of the northern community, siblings
    west_grid: int
    south_grid: int
    east_building: int
    west_building: int
    administrator: Actor


def found_town() -> Town:
    district = _place(None, Level.DISTRICT, 0, "岭东区")
    subdistrict = _place(district, Level.SUBDISTRICT, 1, "中山街道")
    north = _place(subdistrict, Level.COMMUNITY, 1, "北社区")
    south = _place(subdistrict, Level.COMMUNITY, 2, "南社区")
    east = _place(north, Level.GRID, 1, "东网格")
    west = _place(north, Level.GRID, 2, "西网格")
    south_grid = _place(south, Level.GRID, 1, "南网格")
    east_building = _place(east, Level.BUILDING, 1, "1号楼")
    west_building = _place(west, Level.BUILDING, 1, "2号楼")
    adopt_posts("lingdong/five-haves", Posts.validate_python({
        "building_head": {"at": "building"},
        "grid_worker": {"at": "grid", "at_least": "1"},
        "community_desk": {"at": "community"},
        "supervisor": {"at": "subdistrict"},
        "district_office": {"at": "district"},
    }))  # fmt: skip
    keeper = person("管理员甲")
    appoint(by=SYSTEM, at=AT, post="administrator", place=district.pk, party=keeper)
    return Town(
        district.pk, subdistrict.pk, north.pk, south.pk, east.pk, west.pk, south_grid.pk, east_building.pk,
        west_building.pk, actor_of(keeper, AT),
    )  # fmt: skip


def person(name: str = "王小明", *, home: int | None = None, phone: str | None = None, kind: str = "resident") -> int:
    """The id of somebody new."""
    phone = phone or fresh_phone()
    event = register_party(by=SYSTEM, at=AT, kind=kind, name=name, phone=phone, home=home)
    return int(event.subject.partition(":")[2])


def holder(post: str, place: int, name: str = "李工", *, at: datetime = AT) -> Actor:
    """Somebody new who holds a post at a place, as an actor."""
    party = person(name, home=place, kind="staff")
    appoint(by=SYSTEM, at=at, post=post, place=place, party=party)
    return actor_of(party, at)


def account(party: int) -> None:
    """Let somebody sign in with PASSWORD."""
    open_account(by=SYSTEM, at=AT, party=party)
    set_password(by=SYSTEM, at=AT, party=party, password=PASSWORD)


def _place(parent: Place | None, level: Level, number: int, name: str) -> Place:
    path = 0 if parent is None else next_path(parent.path, level, number)
    return Place.objects.create(
        level=level, kind=level, name=name, parent=parent, path=path, since_on=date(2020, 1, 1), search=name
    )
