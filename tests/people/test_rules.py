"""Who fills a seat, and who may do what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import NOBODY, SYSTEM, Actor, Post
from linli.people.rules import Filling, Station, fill, may_administer, may_appoint, may_keep, may_substitute
from linli.territory.rules import Level, next_path, path_range

ANN, BEN, CARL = 1, 2, 3
people = st.integers(1, 6)

SUBDISTRICT = next_path(0, Level.SUBDISTRICT, 1)
COMMUNITY = next_path(SUBDISTRICT, Level.COMMUNITY, 1)
OTHER_COMMUNITY = next_path(SUBDISTRICT, Level.COMMUNITY, 2)
GRID = next_path(COMMUNITY, Level.GRID, 1)
SIBLING = next_path(COMMUNITY, Level.GRID, 2)
FAR_GRID = next_path(OTHER_COMMUNITY, Level.GRID, 1)


def holding(post: str, path: int, level: Level) -> Actor:
    return Actor("person", 7, (Post(1, post, 1, *path_range(path, level)),))


@pytest.mark.parametrize(
    ("holders", "away", "expected"),
    [
        ([], {}, []),
        ([ANN], {}, [Filling(ANN)]),
        ([ANN], {ANN: None}, []),
        ([ANN], {ANN: BEN}, [Filling(BEN, of=ANN)]),
        ([ANN], {ANN: BEN, BEN: None}, []),
        ([ANN], {ANN: BEN, BEN: CARL}, []),  # one step only
        ([ANN, BEN], {ANN: None}, [Filling(BEN)]),
        ([ANN, BEN], {ANN: BEN}, [Filling(BEN)]),  # once, as a holder
        ([ANN, BEN], {ANN: CARL, BEN: CARL}, [Filling(CARL, of=ANN)]),
        ([ANN], {BEN: CARL}, [Filling(ANN)]),
    ],
)
def test_who_fills_a_seat(holders: list[int], away: dict[int, int | None], expected: list[Filling]) -> None:
    assert fill(holders, away) == expected


@given(st.lists(people, max_size=4), st.dictionaries(people, st.none() | people, max_size=6))
def test_nobody_who_is_away_fills_a_seat_and_nobody_twice(holders: list[int], away: dict[int, int | None]) -> None:
    parties = [filling.party for filling in fill(holders, away)]
    assert not set(parties) & set(away)
    assert len(parties) == len(set(parties))
    assert set(parties) <= set(holders) | {away[party] for party in holders if party in away}


@given(st.lists(people, min_size=1, max_size=4), st.dictionaries(people, st.none() | people, max_size=6))
def test_a_seat_with_a_holder_who_is_present_is_no_vacancy(holders: list[int], away: dict[int, int | None]) -> None:
    present = set(holders) - set(away)
    assert present <= {filling.party for filling in fill(holders, away) if filling.of is None}


@pytest.mark.parametrize(
    ("by", "post", "path", "level", "expected"),
    [
        (SYSTEM, "administrator", 0, Level.DISTRICT, True),
        (holding("administrator", 0, Level.DISTRICT), "administrator", 0, Level.DISTRICT, True),
        (holding("administrator", 0, Level.DISTRICT), "grid_worker", GRID, Level.GRID, True),
        (holding("district_office", 0, Level.DISTRICT), "administrator", 0, Level.DISTRICT, False),
        (holding("district_office", 0, Level.DISTRICT), "supervisor", SUBDISTRICT, Level.SUBDISTRICT, True),
        (holding("supervisor", SUBDISTRICT, Level.SUBDISTRICT), "supervisor", SUBDISTRICT, Level.SUBDISTRICT, False),
        (holding("community_desk", COMMUNITY, Level.COMMUNITY), "grid_worker", GRID, Level.GRID, True),
        (holding("community_desk", COMMUNITY, Level.COMMUNITY), "police", COMMUNITY, Level.COMMUNITY, False),
        (holding("community_desk", COMMUNITY, Level.COMMUNITY), "grid_worker", FAR_GRID, Level.GRID, False),
        (holding("grid_worker", GRID, Level.GRID), "building_head", GRID + (1 << 16), Level.BUILDING, False),
        (NOBODY, "grid_worker", GRID, Level.GRID, False),
    ],
)
def test_who_may_appoint(by: Actor, post: str, path: int, level: Level, expected: bool) -> None:
    assert may_appoint(by, post, *path_range(path, level)) is expected


@pytest.mark.parametrize(
    ("by", "path", "expected"),
    [
        (holding("grid_worker", GRID, Level.GRID), GRID + 5, True),
        (holding("grid_worker", GRID, Level.GRID), SIBLING, False),
        (holding("grid_worker", GRID, Level.GRID), 0, False),  # somebody without a home
        (holding("building_head", GRID + (1 << 16), Level.BUILDING), GRID + (1 << 16), False),
        (holding("administrator", 0, Level.DISTRICT), 0, True),
        (SYSTEM, 0, True),
        (Actor("person", 7), GRID, False),
    ],
)
def test_who_keeps_people(by: Actor, path: int, expected: bool) -> None:
    assert may_keep(by, path) is expected


def test_who_administers() -> None:
    assert may_administer(SYSTEM)
    assert may_administer(holding("administrator", 0, Level.DISTRICT))
    assert not may_administer(holding("district_office", 0, Level.DISTRICT))


def station(post: str, path: int, level: Level, around: tuple[int, Level]) -> Station:
    return Station(post, path_range(path, level), path_range(*around))


IN_DISTRICT, IN_SUBDISTRICT = (0, Level.DISTRICT), (SUBDISTRICT, Level.SUBDISTRICT)
IN_COMMUNITY, IN_GRID = (COMMUNITY, Level.COMMUNITY), (GRID, Level.GRID)
GRID_WORKER = station("grid_worker", GRID, Level.GRID, IN_COMMUNITY)
SIBLING_WORKER = station("grid_worker", SIBLING, Level.GRID, IN_COMMUNITY)
FAR_WORKER = station("grid_worker", FAR_GRID, Level.GRID, (OTHER_COMMUNITY, Level.COMMUNITY))
HEAD = station("building_head", GRID + (1 << 16), Level.BUILDING, IN_GRID)
DESK = station("community_desk", COMMUNITY, Level.COMMUNITY, IN_SUBDISTRICT)
OTHER_DESK = station("community_desk", OTHER_COMMUNITY, Level.COMMUNITY, IN_SUBDISTRICT)
SUPERVISOR = station("supervisor", SUBDISTRICT, Level.SUBDISTRICT, IN_DISTRICT)
OFFICE = station("district_office", 0, Level.DISTRICT, IN_DISTRICT)
KEEPER = station("administrator", 0, Level.DISTRICT, IN_DISTRICT)


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        ([GRID_WORKER], [SIBLING_WORKER], True),
        ([GRID_WORKER], [GRID_WORKER], True),
        ([GRID_WORKER], [DESK], True),
        ([GRID_WORKER], [SUPERVISOR], True),
        ([GRID_WORKER], [FAR_WORKER], False),
        ([GRID_WORKER], [OTHER_DESK], False),
        ([GRID_WORKER], [HEAD], False),  # a neighbour would see the grid
        ([GRID_WORKER], [], False),
        ([HEAD], [GRID_WORKER], True),
        ([HEAD], [SIBLING_WORKER], False),
        ([DESK], [OTHER_DESK], True),
        ([DESK], [GRID_WORKER], False),
        ([SUPERVISOR], [OFFICE], True),
        ([GRID_WORKER], [KEEPER], False),
        ([KEEPER], [OFFICE], False),
        ([KEEPER], [KEEPER], True),
        ([GRID_WORKER, FAR_WORKER], [SIBLING_WORKER], False),  # for all of them, or not at all
        ([GRID_WORKER, FAR_WORKER], [SIBLING_WORKER, OTHER_DESK], True),
        ([GRID_WORKER, KEEPER], [KEEPER, DESK], True),
    ],
)
def test_who_may_stand_in(own: list[Station], theirs: list[Station], expected: bool) -> None:
    assert may_substitute(own, theirs) is expected
