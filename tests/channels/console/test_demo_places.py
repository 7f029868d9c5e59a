"""The places of the demo: real divisions, and invented places in the real numbers."""

from collections import Counter

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from linli.channels.console.demo_places import BUILDINGS, DWELLINGS, GRIDS, demo_divisions, demo_places, spread
from linli.territory.arrangement import Node, PlaceRow, arrange
from linli.territory.rules import Level


@pytest.fixture(scope="module")
def rows() -> list[PlaceRow]:
    return demo_places(demo_divisions())


def of(rows: list[PlaceRow], level: Level) -> list[PlaceRow]:
    return [row for row in rows if row.level is level]


def test_the_divisions_are_those_of_2023() -> None:
    kinds = Counter(division.kind for division in demo_divisions())
    assert kinds == {"subdistrict": 6, "township": 1, "community": 14, "village": 7}


def test_the_numbers_are_the_real_ones(rows: list[PlaceRow]) -> None:
    counts = Counter(row.level for row in rows)
    assert (counts[Level.GRID], counts[Level.BUILDING], counts[Level.DWELLING]) == (GRIDS, BUILDINGS, DWELLINGS)
    assert (GRIDS, BUILDINGS, DWELLINGS) == (214, 285, 16_147)
    assert demo_places(demo_divisions()) == rows


def test_every_community_has_grids_and_every_grid_a_building(rows: list[PlaceRow]) -> None:
    assert {row.community for row in of(rows, Level.GRID)} == {
        division.code for division in demo_divisions() if division.level is Level.COMMUNITY
    }
    grids = Counter((row.community, row.name) for row in of(rows, Level.GRID))
    assert set(grids) == {(row.community, row.grid) for row in of(rows, Level.BUILDING)}


def test_grids_touch_but_do_not_overlap_and_hold_their_buildings(rows: list[PlaceRow]) -> None:
    grids = {(row.community, row.name): shapely.from_wkb(row.shape) for row in of(rows, Level.GRID)}
    shapes = list(grids.values())
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-9)
    for row in of(rows, Level.BUILDING):
        assert grids[row.community, row.grid].contains(shapely.Point(row.lon, row.lat))


def test_the_import_takes_all_of_them(rows: list[PlaceRow]) -> None:
    root = Node("district", "岭东区", None, 1)
    nodes = {"230503000000": root}
    for place, division in enumerate(demo_divisions(), 2):
        nodes[division.code] = Node(division.level, division.name, nodes[division.parent_code], place, division.code)
    outcome = arrange(nodes.values(), rows)
    assert (outcome.faults, len(outcome.new)) == ([], len(rows))


@given(st.integers(0, 10_000), st.lists(st.integers(1, 9), min_size=1, max_size=50))
def test_what_is_spread_is_all_there_and_near_its_weight(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))
