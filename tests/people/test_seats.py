"""Appointing, dismissing, and which posts there are."""

import json

import pytest

from linli.kernel.actor import SYSTEM
from linli.kernel.audit import audit
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import directory
from linli.people.commands import adopt_posts, appoint, dismiss
from linli.people.queries import Occupant, actor_of, occupants
from linli.people.schema import Posts
from linli.territory.rules import Level
from tests.people.town import AT, Town, holder, later, person


def filling(place: int, at: object = AT) -> list[tuple[str, str, bool]]:
    with scope(SYSTEM):
        return [(one.post, one.name, one.substitute) for one in occupants([place], at)]


def test_the_administrator_appoints(town: Town) -> None:
    party = person("李工", home=town.east_grid, kind="staff")
    event = appoint(
        by=town.administrator, at=AT, key="a", post="grid_worker", place=town.east_grid, party=party, shown_name="小李"
    )
    assert event.subject.startswith("seat:")
    assert (event.body["party"], event.body["post"], event.body["place"]) == (party, "grid_worker", town.east_grid)
    assert "李" not in json.dumps(event.body, ensure_ascii=False)
    with scope(SYSTEM):
        found = occupants([town.east_grid], AT)
    seat = int(event.subject.partition(":")[2])
    assert found == [Occupant(seat, "grid_worker", town.east_grid, "东网格", party, "小李", False)]
    post = actor_of(party, AT).posts[0]
    assert (post.seat, post.name, post.place) == (seat, "grid_worker", town.east_grid)
    assert audit().findings == ()


def test_the_desk_appoints_below_itself_and_never_itself(town: Town) -> None:
    desk = holder("community_desk", town.north)
    party = person(home=town.east_building)
    appoint(by=desk, at=AT, post="building_head", place=town.east_building, party=party)
    refused = [
        ("community_desk", town.north, party, "not_allowed"),
        ("grid_worker", town.south_grid, party, "not_allowed"),
        ("administrator", town.district, party, "not_allowed"),
        ("grid_worker", town.east_grid, desk.party, "people.not_yourself"),
    ]
    for post, place, who, code in refused:
        with pytest.raises(Forbidden) as said:
            appoint(by=desk, at=AT, post=post, place=place, party=who)
        assert said.value.code == code
    with pytest.raises(Forbidden):
        appoint(by=actor_of(party, AT), at=AT, post="building_head", place=town.east_building, party=person())


def test_nobody_learns_a_name_out_of_reach_by_appointing(town: Town) -> None:
    desk = holder("community_desk", town.north)
    stranger, elsewhere = person("钱秘密", home=town.south_grid), person("孙无家")
    for party in (stranger, elsewhere):
        with pytest.raises(Missing):
            appoint(by=desk, at=AT, post="grid_worker", place=town.east_grid, party=party)
    assert filling(town.east_grid) == []
    known = holder("grid_worker", town.south_grid, "周工")  # by office, to everybody
    assert known.party is not None
    appoint(by=desk, at=AT, post="grid_worker", place=town.east_grid, party=known.party)
    assert filling(town.east_grid) == [("grid_worker", "周工", False)]
    appoint(by=town.administrator, at=AT, post="grid_worker", place=town.west_grid, party=stranger)


def test_what_cannot_be_appointed(town: Town) -> None:
    good = {"post": "grid_worker", "place": town.east_grid, "party": person()}
    bad = [
        ({"post": "lamp_lighter"}, "people.no_such_post"),
        ({"place": town.north}, "people.post_at_other_level"),
        ({"place": 999_999}, "not_found"),
        ({"party": 999_999}, "not_found"),
        ({"from_at": later(hours=-1)}, "people.not_in_the_past"),
        ({"from_at": later(days=2), "until_at": later(days=1)}, "people.bad_period"),
    ]
    for fields, code in bad:
        with pytest.raises(Refusal) as refused:
            appoint(by=SYSTEM, at=AT, **(good | fields))
        assert refused.value.code == code


def test_several_hold_one_seat_but_nobody_twice_at_once(town: Town) -> None:
    first, second = person("张甲"), person("李乙")
    for party in (first, second):
        appoint(by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=party, until_at=later(days=10))
    assert [name for _, name, _ in filling(town.east_grid)] == ["张甲", "李乙"]
    with pytest.raises(Conflict, match="holds_already"):
        appoint(by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=first, from_at=later(days=9))
    appoint(by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=first, from_at=later(days=10))
    assert [name for _, name, _ in filling(town.east_grid, later(days=10))] == ["张甲"]


def test_a_post_begins_and_ends_at_its_instants(town: Town) -> None:
    party = person("李工")
    appoint(
        by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=party, from_at=later(days=1),
        until_at=later(days=2),
    )  # fmt: skip
    assert [len(actor_of(party, later(days=day)).posts) for day in (0, 1, 2)] == [0, 1, 0]
    assert filling(town.east_grid, later(days=2)) == [("grid_worker", "", False)]


def test_whoever_may_appoint_may_dismiss(town: Town) -> None:
    desk, worker = holder("community_desk", town.north), holder("grid_worker", town.east_grid)
    sibling = holder("grid_worker", town.west_grid)
    seat, party = worker.posts[0].seat, worker.party
    with pytest.raises(Forbidden):
        dismiss(by=sibling, at=AT, seat=seat, party=party)
    with pytest.raises(Missing):
        dismiss(by=desk, at=AT, seat=999_999, party=party)
    event = dismiss(by=desk, at=later(hours=1), seat=seat, party=party)
    assert event.body["party"] == party
    assert actor_of(party, later(hours=1)).posts == ()
    assert len(actor_of(party, later(minutes=59)).posts) == 1  # what was, was
    assert filling(town.east_grid, later(hours=1)) == [("grid_worker", "", False)]
    with pytest.raises(Conflict, match="holds_no_more"):
        dismiss(by=desk, at=later(hours=2), seat=seat, party=party)
    assert audit().findings == ()


def test_anyone_lays_down_a_post_but_the_last_administrator(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    dismiss(by=worker, at=AT, seat=worker.posts[0].seat, party=worker.party)
    keeper, seat = town.administrator, town.administrator.posts[0].seat
    with pytest.raises(Conflict, match="last_administrator"):
        dismiss(by=keeper, at=AT, seat=seat, party=keeper.party)
    appoint(by=keeper, at=AT, post="administrator", place=town.district, party=person())
    dismiss(by=keeper, at=AT, seat=seat, party=keeper.party)


def test_an_appointment_that_has_not_begun_can_be_taken_back(town: Town) -> None:
    party = person()
    event = appoint(by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=party, from_at=later(days=1))
    dismiss(by=SYSTEM, at=AT, seat=int(event.subject.partition(":")[2]), party=party)
    assert actor_of(party, later(days=1)).posts == ()
    appoint(by=SYSTEM, at=AT, post="grid_worker", place=town.east_grid, party=party, from_at=later(days=1))


def test_posts_of_methods_are_replaced_and_agree_on_the_level(town: Town) -> None:
    posts = Posts.validate_python({"elder_friend": {"at": "grid", "at_least": "2"}})
    with scope(SYSTEM):
        adopt_posts("lingdong/doorbell", posts)
        adopt_posts("lingdong/doorbell", posts)
        shown = {
            post.post: (post.at_least, post.missing) for post in directory.posts_at(town.east_grid, Level.GRID, AT)
        }
        assert shown == {"grid_worker": (1, 1), "elder_friend": (2, 2)}
        for bad in ({"grid_worker": {"at": "building"}}, {"administrator": {"at": "district"}}):
            with pytest.raises(Refusal, match="post_at_other_level"):
                adopt_posts("lingdong/doorbell", Posts.validate_python(bad))


@pytest.mark.parametrize("bad", [{"at": "street"}, {}, {"at": "grid", "at_least": "-1"}, {"at": "grid", "of": "x"}])
def test_a_section_that_is_wrong_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Posts.validate_python({"grid_worker": bad})
