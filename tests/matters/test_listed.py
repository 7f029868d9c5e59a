"""Lists of matters: what is in them for whom, in which order, and what they cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel import relay
from linli.kernel.actor import CLOCK, NOBODY, SYSTEM, Actor
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters.commands import tick_due
from linli.matters.models import Matter
from linli.matters.queries import Page, access_matter, counted_lights, counted_mine, held_by, listed, visible_to
from linli.people.commands import report_absence
from tests.cast import ENTERED_AT, WORKING_AT
from tests.matters.corner import Corner, refused

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
Asked = dict[str, Any]


def page(corner: Corner, role: str, at: Any = WORKING_AT, **asked: Any) -> Page:
    actor = corner.actor(role, at)
    with scope(actor):
        return listed(actor, at, **asked)


def ids(corner: Corner, role: str, at: Any = WORKING_AT, **asked: Any) -> list[int]:
    return [row.matter.pk for row in page(corner, role, at, **asked).rows]


def within(corner: Corner) -> Asked:
    return {"place": corner.places["community"]}


# Who sees what ------------------------------------------------------------------------------------------------------


def test_posts_see_what_lies_below_them_and_reporters_what_is_theirs(own_corner: Corner) -> None:
    home = own_corner.open().pk
    across = own_corner.open(by="across", place="across").pk
    small = own_corner.open("building_report", by="neighbour", place="next_door").pk
    high = own_corner.open(by="neighbour", place="community").pk
    seen = {
        "resident": {home},
        "neighbour": {small, high},
        "across": {across},
        "building_head": {home, small},
        "grid_worker": {home, small},
        "police": {home, small},
        "sibling": {across},
        "community_desk": {home, across, small, high},
        "supervisor": {home, across, small, high},
        "district_office": {home, across, small, high},
    }
    for role, expected in seen.items():
        assert set(ids(own_corner, role, **within(own_corner))) == expected, role
        actor = own_corner.actor(role)
        with scope(actor):  # the database itself says the same, whatever is asked of it
            everything = set(Matter.objects.filter(pk__in=[home, across, small, high]).values_list("pk", flat=True))
        assert everything == expected, role
        for matter in (home, across, small, high):
            with scope(actor):
                if matter in expected:
                    assert access_matter(actor, matter).pk == matter
                else:
                    with pytest.raises(Missing):
                        access_matter(actor, matter)


def test_without_a_post_or_without_signing_in_there_is_nothing_to_see(own_corner: Corner) -> None:
    own_corner.open()
    assert ids(own_corner, "across", **within(own_corner)) == []
    for asked in ({}, {"held_by_me": True}, {"reported_by_me": True}):
        with scope(NOBODY):
            assert listed(NOBODY, WORKING_AT, **asked).rows == ()
    assert not Matter.objects.exists()  # outside of any scope


def test_the_machine_sees_everything(own_corner: Corner) -> None:
    matter = own_corner.open()
    for actor in (SYSTEM, CLOCK):
        with scope(actor):
            assert [row.matter.pk for row in listed(actor, WORKING_AT, **within(own_corner)).rows] == [matter.pk]


def test_a_substitute_sees_and_holds_for_as_long_as_it_lasts(own_corner: Corner) -> None:
    matter = own_corner.open(by="across", place="across")
    assert ids(own_corner, "grid_worker", held_by_me=True) == []
    report_absence(
        by=own_corner.actor("sibling"), at=ENTERED_AT, until_at=WORKING_AT + HOUR,
        substitute=own_corner.party("grid_worker"),
    )  # fmt: skip
    assert ids(own_corner, "grid_worker", held_by_me=True) == [matter.pk]
    assert page(own_corner, "grid_worker", held_by_me=True).rows[0].holders[0].substitute
    assert ids(own_corner, "grid_worker", WORKING_AT + HOUR, held_by_me=True) == []


def test_what_was_once_held_is_still_listed(own_corner: Corner) -> None:
    matter = own_corner.open(by="across", place="across")
    matter = own_corner.move(matter, "hand_over", by="sibling", seat=own_corner.seat("grid_worker"), note="请看看")
    matter = own_corner.move(matter, "hand_over", by="grid_worker", seat=own_corner.seat("police"), note="请看看")
    relay.drain(WORKING_AT)
    assert ids(own_corner, "grid_worker", **within(own_corner)) == [matter.pk]
    assert ids(own_corner, "grid_worker", held_by_me=True) == []


# What is asked for --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played(_shared: Corner) -> dict[str, int]:
    """Matters in many states, with other lights at WORKING_AT."""
    from linli.kernel.registry import tenants
    from tests.conftest import SCRATCH

    with tenants.district(SCRATCH):
        corner = _shared
        red = corner.open(at=WORKING_AT - 6 * HOUR, what="三单元二楼水管漏水")
        working = corner.move(corner.open(at=WORKING_AT - HOUR), "take_on", by="grid_worker", at=WORKING_AT - HOUR)
        closed = corner.move(corner.solved(), "accept", by="resident", rating=5)
        solved = corner.solved()
        green = corner.open(by="neighbour", place="next_door", what="楼道堆放杂物，302室门口")
        relay.drain(WORKING_AT)
    found = {"red": red, "working": working, "closed": closed, "solved": solved, "green": green}
    return {name: matter.pk for name, matter in found.items()}


@pytest.mark.parametrize(
    ("role", "asked", "expected"),
    [
        ("grid_worker", {}, ["red", "green", "solved", "working", "closed"]),
        ("grid_worker", {"held_by_me": True}, ["red", "green", "working"]),
        ("resident", {"held_by_me": True}, ["solved"]),
        ("resident", {"reported_by_me": True}, ["red", "solved", "working", "closed"]),
        ("grid_worker", {"reported_by_me": True}, []),
        ("grid_worker", {"is_open": True}, ["red", "green", "solved", "working"]),
        ("grid_worker", {"is_open": False}, ["closed"]),
        ("grid_worker", {"state": "working"}, ["working"]),
        ("grid_worker", {"state": "closed"}, ["closed"]),
        ("grid_worker", {"state": "nowhere"}, []),
        ("grid_worker", {"state": "working", "held_by_me": True, "light": "green"}, ["working"]),
        ("grid_worker", {"words": "漏水"}, ["red"]),
        ("grid_worker", {"words": "水管 二楼"}, ["red"]),
        ("grid_worker", {"words": "水管 杂物"}, []),
        ("grid_worker", {"words": "302室"}, ["green"]),
        ("grid_worker", {"words": "302"}, ["green"]),
        ("grid_worker", {"words": "３０２"}, ["green"]),
        ("grid_worker", {"words": "水"}, ["red"]),
        ("grid_worker", {"words": "放"}, ["green"]),
        ("grid_worker", {"words": "灯 灯"}, ["solved", "working", "closed"]),
        ("resident", {"words": "杂物"}, []),  # the neighbour's
        ("sibling", {"words": "漏水"}, []),
        ("grid_worker", {"words": "。。。"}, []),
        ("grid_worker", {"words": "%"}, []),
        ("grid_worker", {"words": "\0"}, []),
        ("grid_worker", {"words": "漏水" * 50}, []),
        ("grid_worker", {"words": "   "}, ["red", "green", "solved", "working", "closed"]),
    ],
)
def test_filters(corner: Corner, played: dict[str, int], role: str, asked: Asked, expected: list[str]) -> None:
    names = {pk: name for name, pk in played.items()}
    assert [names[pk] for pk in ids(corner, role, **asked)] == expected


def test_a_number_or_its_beginning_finds_a_matter(corner: Corner, played: dict[str, int]) -> None:
    with scope(SYSTEM):
        number = Matter.objects.get(pk=played["green"]).number
    assert ids(corner, "grid_worker", words=number) == [played["green"]]
    assert set(ids(corner, "grid_worker", words="20260304")) == set(played.values())
    assert ids(corner, "resident", words=number) == []


def test_places_narrow_a_list_to_what_lies_below(corner: Corner, played: dict[str, int]) -> None:
    assert ids(corner, "community_desk", place=corner.places["next_door"]) == [played["green"]]
    assert len(ids(corner, "community_desk", place=corner.places["building"])) == 5
    assert ids(corner, "community_desk", place=corner.places["sibling_grid"]) == []
    assert len(ids(corner, "supervisor", place=corner.places["grid"])) == 5
    with refused("territory.unknown", 404):
        ids(corner, "community_desk", place=10**30)


@pytest.mark.parametrize("light", ["green", "yellow", "red"])
def test_lights_filter_as_they_are_shown_at_every_instant(corner: Corner, played: dict[str, int], light: str) -> None:
    with scope(SYSTEM):
        pairs = Matter.objects.filter(ended_at=None).values_list("yellow_at", "due_at")
        times = [instant for pair in pairs for instant in pair if instant]
    for at in [instant + shift for instant in times for shift in (-MOMENT, timedelta(), MOMENT)]:
        everything = page(corner, "community_desk", at).rows
        shown = [row.matter.pk for row in everything if row.light == light]
        assert ids(corner, "community_desk", at, light=light) == shown


def test_a_light_that_does_not_exist_is_refused(corner: Corner) -> None:
    with refused("matters.unknown_light", 422):
        page(corner, "grid_worker", light="blue")


def test_counts_on_the_first_page_agree_with_the_lists(corner: Corner, played: dict[str, int]) -> None:
    for role in ("grid_worker", "resident"):
        actor = corner.actor(role)
        with scope(actor):
            counted = counted_lights(actor, WORKING_AT)
        rows = page(corner, role, held_by_me=True).rows
        lights = [row.light for row in rows]
        assert counted == {"all": len(rows), "red": lights.count("red"), "yellow": lights.count("yellow")}
    resident = corner.actor("resident")
    with scope(resident):
        assert counted_mine(resident) == {"open": 3, "ended": 1, "followed": 0}


# Pages and what they cost -------------------------------------------------------------------------------------------


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len([query for query in queries.captured_queries if query["sql"] not in ("BEGIN", "COMMIT")])


def test_a_hundred_rows_cost_as_many_statements_as_ten(stage: Any, corner: Corner) -> None:
    for number in range(101):
        corner.open(at=WORKING_AT + number * MOMENT, by="neighbour")
    worker = corner.actor("grid_worker")

    def fetched(actor: Actor, **asked: Any) -> Page:
        with scope(actor):
            return listed(actor, WORKING_AT, **asked)

    for asked in ({}, {"held_by_me": True}, {"words": "楼道灯坏"}, within(corner), {"light": "green"}):
        counts = {size: statements(lambda n=size, a=asked: fetched(worker, size=n, **a)) for size in (1, 10, 100)}
        assert len(set(counts.values())) == 1 and counts[100] <= 5, (asked, counts)
    first, second = fetched(worker, state="reported"), fetched(worker, state="reported", page=2)
    assert len(first.rows) == 100 and first.has_next and not second.has_next
    numbers = [row.matter.pk for row in (*first.rows, *second.rows)]
    assert len(numbers) == len(set(numbers)) >= 101
    dues = [row.matter.due_at for row in (*first.rows, *second.rows)]
    assert dues == sorted(dues)  # type: ignore[type-var]
    assert fetched(worker, page=99).rows == () and fetched(worker, page=0).number == 1


@pytest.mark.parametrize("role", ["resident", "grid_worker", "district_office"])
def test_no_list_reads_the_whole_table(corner: Corner, role: str) -> None:
    """Where reading it all is made as dear as can be, there is another way for every list."""
    actor = corner.actor(role)
    with scope(actor), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for matters in (visible_to(actor), held_by(actor)):
            plan = matters.order_by("due_at", "-id")[:101].explain()
            assert "Seq Scan on matters_matter" not in plan, plan


def test_late_and_ended_matters_have_their_place_in_the_order(own_corner: Corner) -> None:
    ended = own_corner.move(own_corner.open(), "decline", by="grid_worker", note="不归我们")
    late, fresh = own_corner.open(), own_corner.open(at=WORKING_AT + HOUR)
    assert ids(own_corner, "grid_worker", **within(own_corner)) == [late.pk, fresh.pk, ended.pk]
    assert late.due_at
    tick_due(late.due_at)
    rows = page(own_corner, "grid_worker", late.due_at + MOMENT, **within(own_corner)).rows
    assert [row.light for row in rows] == ["green", "green", None]  # the desk has its own time now
