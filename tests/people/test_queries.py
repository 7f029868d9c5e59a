"""Who fills what, and people as others see them."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.kernel.actor import NOBODY, SYSTEM
from linli.kernel.event import new_id
from linli.kernel.scope import scope
from linli.people import directory, queries
from linli.people.commands import appoint, register_party, report_absence
from linli.people.models import Absence, Holding, Party, Seat
from linli.territory.models import Place
from linli.territory.rules import Level, path_range
from tests.people.town import AT, Town, account, fresh_phone, holder, later, person


@pytest.fixture
def three_residents(town: Town) -> None:
    for _ in range(3):
        person()


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT", "SET LOCAL"))]


def test_occupants_of_many_places_take_one_query(town: Town) -> None:
    worker, head = holder("grid_worker", town.east_grid, "张甲"), holder("building_head", town.east_building, "李乙")
    with scope(SYSTEM), CaptureQueriesContext(connection) as captured:
        found = queries.occupants([town.east_building, town.east_grid, town.west_grid], AT)
    assert [(one.party, one.name) for one in found] == [(worker.party, "张甲"), (head.party, "李乙")]
    assert len(statements(captured)) == 1


def test_an_actor_takes_one_query(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    with CaptureQueriesContext(connection) as captured:
        actor = queries.actor_of(worker.party or 0, AT)
    assert len(statements(captured)) == 1
    grid = Place.objects.get(id=town.east_grid)
    assert (actor.posts[0].low, actor.posts[0].high) == path_range(grid.path, Level.GRID)


def test_who_fills_a_seat_is_public(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid, "张甲")
    for by in (NOBODY, queries.actor_of(person(), AT)):
        with scope(by):
            assert [one.party for one in queries.occupants([town.east_grid], AT)] == [worker.party]


@pytest.mark.usefixtures("three_residents")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_seats_and_actors_tell_the_same(town: Town, data: st.DataObject) -> None:
    """Whoever occupies a seat has its post as an actor, and the other way round."""
    places = (town.east_grid, town.west_grid)
    with scope(SYSTEM):
        parties = list(Party.objects.filter(kind="resident").order_by("id").values_list("id", flat=True)[:3])
        Holding.objects.all().delete()
        Absence.objects.all().delete()
        seats = [Seat.objects.filter(place_id=place).first() or _seat(place) for place in places]
        for seat, party in product(seats, parties):
            if data.draw(st.booleans()):
                Holding.objects.create(seat=seat, party_id=party, shown_name="甲", from_at=AT)
        for party in parties:
            if data.draw(st.booleans()):
                substitute = data.draw(st.none() | st.sampled_from([other for other in parties if other != party]))
                Absence.objects.create(
                    id=new_id(Absence), party_id=party, substitute_id=substitute, reason="leave", from_at=AT
                )
        filled = {(one.seat, one.party) for one in queries.occupants(places, AT) if one.party is not None}
        acting = {(post.seat, party) for party in parties for post in queries.actor_of(party, AT).posts}
    assert filled == acting


def _seat(place: int) -> Seat:
    return Seat.objects.create(id=new_id(Seat), post="grid_worker", place_id=place)


def test_names_by_office_and_masked(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid, "张甲")
    neighbour, far = person("诸葛明", home=town.east_building), person("李远", home=town.south_grid)
    firm = int(register_party(by=SYSTEM, at=AT, kind="organisation", name="热力公司", home=town.east_grid).subject[6:])
    with scope(worker), CaptureQueriesContext(connection) as captured:
        names = directory.shown_names([worker.party or 0, neighbour, far, firm], AT)
    assert names == {worker.party: "张甲", neighbour: "诸葛*", firm: "热力公司"}
    assert len(statements(captured)) == 2
    with scope(queries.actor_of(neighbour, AT)):
        assert directory.shown_names([worker.party or 0], AT) == {worker.party: "张甲"}


def test_the_list_of_people(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid, "张甲")
    residents = [person(f"王{number}", home=town.east_building) for number in "一二三"]
    account(residents[0])
    with scope(town.administrator), CaptureQueriesContext(connection) as captured:
        people, more = directory.people_list(AT)
    assert len(statements(captured)) == 3
    assert not more
    assert [one.party for one in people[:3]] == residents[::-1]
    shown = {one.party: one for one in people}
    assert shown[residents[0]].account == "open" and shown[residents[1]].account == "none"
    assert shown[residents[0]].name == "王*"
    assert [(post.post, post.place_name) for post in shown[worker.party or 0].posts] == [("grid_worker", "东网格")]


@pytest.mark.parametrize("search", ["王小明", " 王 小 明 ", "13900012345", "+86 139 0001 2345"])
def test_people_are_found_by_whole_name_or_phone(town: Town, search: str) -> None:
    party = person("王小明", phone="13900012345", home=town.east_building)
    person("王小亮", home=town.east_building)
    with scope(town.administrator):
        assert [one.party for one in directory.people_list(AT, search=search)[0]] == [party]
        assert directory.people_list(AT, search="王小")[0] == []


def test_pages_of_people(town: Town) -> None:
    for _ in range(directory.PAGE):
        person(home=town.west_building, phone=fresh_phone())
    worker = holder("grid_worker", town.west_grid)
    with scope(worker):
        first, more = directory.people_list(AT)
        second, end = directory.people_list(AT, page=2)
        staff, _ = directory.people_list(AT, kind="staff")
    assert (len(first), more, len(second), end) == (50, True, 1, False)
    assert [one.party for one in staff] == [worker.party]


def test_absences_of_somebody(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    report_absence(by=worker, at=AT, from_at=later(days=1), until_at=later(days=2))
    report_absence(by=worker, at=AT, from_at=later(days=3))
    with scope(worker):
        assert len(directory.absences_of(worker.party or 0, AT)) == 2
        following = queries.my_absence(worker.party or 0, later(days=2))
    assert following is not None and following.from_at == later(days=3)


def test_somebody_with_several_posts(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    appoint(by=SYSTEM, at=AT, post="building_head", place=town.west_building, party=worker.party)
    posts = queries.actor_of(worker.party or 0, AT).posts
    assert [(post.name, post.place) for post in posts] == [
        ("grid_worker", town.east_grid), ("building_head", town.west_building),
    ]  # fmt: skip


def test_posts_of_a_place_with_who_stands_in(town: Town) -> None:
    ann, ben = holder("grid_worker", town.east_grid, "张甲"), holder("grid_worker", town.west_grid, "李乙")
    report_absence(by=ann, at=AT, substitute=ben.party)
    with scope(town.administrator):
        [shown] = directory.posts_at(town.east_grid, Level.GRID, AT)
        [administrator, office] = directory.posts_at(town.district, Level.DISTRICT, AT)[::-1]
    assert (shown.post, shown.seat, shown.at_least, shown.missing) == ("grid_worker", ann.posts[0].seat, 1, 0)
    assert shown.holders == (directory.Holder(ann.party or 0, "张甲", AT, True, "李乙"),)
    assert (administrator.post, len(administrator.holders), office.post) == ("administrator", 1, "district_office")
    report_absence(by=ben, at=AT)
    with scope(town.administrator):
        [shown] = directory.posts_at(town.east_grid, Level.GRID, AT)
    assert (shown.holders[0].away, shown.holders[0].substitute, shown.missing) == (True, "", 1)


def test_vacancies_of_places(town: Town) -> None:
    holder("grid_worker", town.east_grid)
    grids = list(Place.objects.filter(level=Level.GRID))
    with scope(town.administrator), CaptureQueriesContext(connection) as captured:
        found = directory.vacancies(grids, AT)
    assert found == {town.east_grid: 0, town.west_grid: 1, town.south_grid: 1}
    assert len(statements(captured)) == 2


def test_who_may_stand_in(town: Town) -> None:
    ann, ben = holder("grid_worker", town.east_grid, "张甲"), holder("grid_worker", town.west_grid, "李乙")
    desk, away = holder("community_desk", town.north, "赵丁"), holder("grid_worker", town.west_grid, "钱戊")
    holder("grid_worker", town.south_grid, "远方")
    report_absence(by=away, at=AT)
    with scope(ann):
        found = directory.candidates(ann.party or 0, AT)
    assert [(one.party, one.name) for one in found] == [(ben.party, "李乙"), (desk.party, "赵丁")]
    for one in found:
        report_absence(
            by=ann, at=AT, substitute=one.party, from_at=later(days=one.party), until_at=later(days=one.party, hours=1)
        )
    nobody_special = person()
    with scope(ben):
        assert directory.candidates(nobody_special, AT) == []


def test_ones_own_name(town: Town) -> None:
    me = queries.actor_of(person("诸葛明"), AT)
    with scope(me):
        assert directory.own_name(me) == "诸葛明"
        assert directory.own_name(NOBODY) == directory.own_name(SYSTEM) == ""
