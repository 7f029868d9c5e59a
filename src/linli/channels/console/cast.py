"""The cast: the invented people of the demonstration, who are also those of the tests and the screenshots.

Their phones begin with 19900460: numbers made up for them. Nobody here is anybody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.scope import scope
from linli.people import commands as people
from linli.people.queries import actor_of

PASSWORD = "lin-li-demo"  # of every demo account; an installation without LINLI_DEMO has none of these people


@dataclass(frozen=True, slots=True)
class Member:
    """`where` names the place that the member fills the post at, or lives at; see `Stage`."""

    role: str
    name: str
    phone: str
    where: str
    post: str | None = None


MEMBERS = (
    Member("resident", "周晓梅", "19900460001", "home"),
    Member("resident", "郑玉兰", "19900460002", "next_door"),
    Member("resident", "马国强", "19900460003", "across"),
    Member("building_head", "吴桂兰", "19900460011", "building", "building_head"),
    Member("grid_worker", "陈建军", "19900460021", "grid", "grid_worker"),
    Member("grid_worker", "李红霞", "19900460022", "sibling_grid", "grid_worker"),
    Member("police", "韩志刚", "19900460031", "grid", "police"),
    Member("assistant", "宋丽华", "19900460032", "grid", "assistant"),
    Member("community_desk", "赵敏", "19900460041", "community", "community_desk"),
    Member("supervisor", "孙志强", "19900460051", "subdistrict", "supervisor"),
    Member("district_office", "王海涛", "19900460061", "district", "district_office"),
    Member("administrator", "何静", "19900460071", "district", "administrator"),
)

Stage = Mapping[str, int]
"""Which place plays which part: home, next_door, across, building, grid, sibling_grid, community, subdistrict,
district. The home lies in the building, that in the grid, and so on up; `across` lies in the sibling grid."""


def enter_all(stage: Stage, at: datetime, members: Sequence[Member] = MEMBERS) -> dict[str, int]:
    """Register every member, give each an account, and appoint who fills a post. Returns party ids by phone."""
    parties = {}
    for member in members:
        parties[member.phone] = enter(member, stage.__getitem__, at)
    return parties


def enter(member: Member, place: Callable[[str], int], at: datetime) -> int:
    """One member, with account and post. Returns the party's id."""
    registered = people.register_party(
        by=SYSTEM, at=at, kind="staff" if member.post else "resident", name=member.name, phone=member.phone,
        home=place(member.where),
    )  # fmt: skip
    party = int(registered.subject.partition(":")[2])
    people.open_account(by=SYSTEM, at=at, party=party)
    people.set_password(by=SYSTEM, at=at, party=party, password=PASSWORD)
    if member.post:
        people.appoint(
            by=SYSTEM, at=at, post=member.post, place=place(member.where), party=party, shown_name=member.name
        )
    return party


def actor(party: int, at: datetime) -> Actor:
    with scope(SYSTEM):
        return actor_of(party, at)
