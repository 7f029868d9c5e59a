"""Which place a coordinate lies in."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.territory.fences import NEAREST_METRES, Located, Locator, Spot

METRE = 180.0 / np.pi / 6_371_008.8  # in degrees of latitude


def box(place: int, level: str, west: float, south: float, east: float, north: float) -> Spot:
    return Spot(place, level, place, shape=bytes(shapely.to_wkb(shapely.box(west, south, east, north))))


def house(place: int, area: int, lon: float, lat: float) -> Spot:
    return Spot(place, "building", area, lon, lat)


def test_a_grid_polygon_decides_and_the_nearest_building_is_named() -> None:
    locator = Locator([box(1, "grid", 0, 0, 0.01, 0.01), house(9, 2, 0.005, 0.005)])
    located = locator.locate(0.005, 0.005 + 20 * METRE)
    assert located == Located(1, "polygon", 9, pytest.approx(20, abs=0.1))


def test_without_a_grid_polygon_the_nearest_building_decides_up_to_a_limit() -> None:
    locator = Locator([house(8, 1, 0, 0), house(9, 2, 0, 1000 * METRE), box(3, "community", -1, -1, 1, 1)])
    near = locator.locate(0, 900 * METRE)
    assert near == Located(2, "building", 9, pytest.approx(100, abs=0.5))
    far = locator.locate(0.5, 0.5)
    assert far == Located(3, "polygon")
    assert locator.locate(5, 5) is None
    assert locator.locate(0, -(NEAREST_METRES - 1) * METRE) == Located(1, "building", 8, pytest.approx(499, abs=1))


def test_the_deepest_then_the_smallest_polygon_wins_and_edges_belong() -> None:
    places = [
        box(1, "community", 0, 0, 1, 1),
        box(2, "grid", 0, 0, 0.6, 1),
        box(3, "grid", 0.5, 0, 0.7, 1),
        box(4, "district", -1, -1, 2, 2),
    ]
    locator = Locator(places)
    found = locator.locate_many([0.1, 0.55, 0.6, 0.7, 0.9, 1.5, 3.0], [0.5] * 7)
    assert found.tolist() == [2, 3, 3, 3, 1, 4, 0]


def test_nothing_known_is_nowhere() -> None:
    locator = Locator([])
    assert locator.locate(131.1, 46.5) is None
    assert locator.locate_many([131.1], [46.5]).tolist() == [0]
    assert locator.nearest(131.1, 46.5, 3) == []


def test_distances_across_the_line_of_dates() -> None:
    locator = Locator([house(1, 1, 179.9999, -16.5), house(2, 2, -179.99, -16.5)])
    ((nearest, metres), *_) = locator.nearest(-179.9999, -16.5, 2)
    assert nearest == 1
    assert metres == pytest.approx(0.0002 / METRE * np.cos(np.radians(16.5)), rel=0.01)


@settings(max_examples=100)
@given(st.floats(-180, 180), st.floats(-70, 70), st.floats(0, 360), st.floats(1, 400))
def test_distances_anywhere_on_earth(lon: float, lat: float, bearing: float, metres: float) -> None:
    """Against the great circle."""
    north = metres * np.cos(np.radians(bearing)) * METRE
    east = metres * np.sin(np.radians(bearing)) * METRE / np.cos(np.radians(lat))
    there = ((lon + east + 180) % 360 - 180, lat + north)
    ((_, measured),) = Locator([house(1, 1, lon, lat)]).nearest(*there, 1)
    assert measured == pytest.approx(great_circle(lon, lat, *there), rel=0.01, abs=0.01)


def great_circle(lon: float, lat: float, lon2: float, lat2: float) -> float:
    one, two = np.radians(lat), np.radians(lat2)
    half = np.sin((two - one) / 2) ** 2 + np.cos(one) * np.cos(two) * np.sin(np.radians(lon2 - lon) / 2) ** 2
    return float(2 * 6_371_008.8 * np.arcsin(np.sqrt(half)))


@st.composite
def towns(draw: st.DrawFn) -> list[Spot]:
    coordinate = st.floats(0, 0.05)
    spots = []
    for place in range(draw(st.integers(0, 6))):
        west, south = draw(coordinate), draw(coordinate)
        level = draw(st.sampled_from(["grid", "community"]))
        spots.append(box(place + 1, level, west, south, west + 0.01, south + 0.01))
    for place in range(draw(st.integers(0, 6))):
        spots.append(house(place + 101, place + 201, draw(coordinate), draw(coordinate)))
    return spots


@settings(max_examples=100)
@given(towns(), st.lists(st.tuples(st.floats(-0.01, 0.07), st.floats(-0.01, 0.07)), min_size=1, max_size=10))
def test_many_at_once_as_one_by_one(spots: list[Spot], points: list[tuple[float, float]]) -> None:
    locator = Locator(spots)
    found = locator.locate_many([lon for lon, _ in points], [lat for _, lat in points])
    ones = [locator.locate(*point) for point in points]
    assert found.tolist() == [one.place if one else 0 for one in ones]
