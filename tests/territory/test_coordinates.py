"""Coordinate systems against published control points, and there and back again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.territory.coordinates import System, from_wgs84, to_wgs84

# (WGS-84, GCJ-02) as published with the algorithm: coordtransform (wandergis), then eviltransform (googollee).
SHIFTED = [
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]

# (WGS-84, GCJ-02, BD-09) of city governments as map services give them, from the tests of gcoord (hujiulong).
CITIES = {
    "驻马店": ((114.0164322, 33.0133556), (114.022306, 33.0115324), (114.0287781, 33.0176697)),
    "邵阳": ((111.4622119, 27.242124), (111.4677938, 27.2388981), (111.4742271, 27.2451662)),
    "那曲": ((92.0499619, 31.4784436), (92.0512438, 31.4762063), (92.0576832, 31.4824421)),
    "锡林郭勒": ((116.0414035, 43.9312805), (116.0482308, 43.9334573), (116.0546232, 43.9397782)),
    "汕头": ((116.6775114, 23.3567569), (116.6819735, 23.3540964), (116.6885014, 23.3598884)),
    "酒泉": ((98.4937175, 39.7319946), (98.4943595, 39.7328234), (98.5008441, 39.7388949)),
}


@pytest.mark.parametrize(("wgs84", "gcj02"), SHIFTED)
def test_the_shift_agrees_with_published_values(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert from_wgs84(*wgs84, System.GCJ02) == pytest.approx(gcj02, abs=2e-6)
    assert to_wgs84(*gcj02, System.GCJ02) == pytest.approx(wgs84, abs=2e-6)


def test_the_first_published_value_to_the_last_digit() -> None:
    assert from_wgs84(116.404, 39.915, System.GCJ02) == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-13
    )


def test_baidu_on_top_of_the_shift_agrees_with_published_values() -> None:
    """coordtransform: GCJ-02 116.404, 39.915 is BD-09 116.41036949371029, 39.92133699351021."""
    wgs84 = to_wgs84(116.404, 39.915, System.GCJ02)
    assert from_wgs84(*wgs84, System.BD09) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


@pytest.mark.parametrize("city", CITIES)
def test_cities_as_map_services_give_them(city: str) -> None:
    """To 0.00002 degrees (two metres), for the services round and smooth."""
    wgs84, gcj02, bd09 = CITIES[city]
    assert from_wgs84(*wgs84, System.GCJ02) == pytest.approx(gcj02, abs=2e-5)
    assert from_wgs84(*wgs84, System.BD09) == pytest.approx(bd09, abs=2e-5)
    assert to_wgs84(*gcj02, System.GCJ02) == pytest.approx(wgs84, abs=2e-5)
    assert to_wgs84(*bd09, System.BD09) == pytest.approx(wgs84, abs=2e-5)


@settings(max_examples=200)
@given(st.floats(72.02, 137.82), st.floats(0.85, 55.81), st.sampled_from(System))
def test_there_and_back_in_china(lon: float, lat: float, system: System) -> None:
    back = to_wgs84(*from_wgs84(lon, lat, system), system)
    assert back == pytest.approx((lon, lat), abs=1e-9)


@settings(max_examples=200)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_elsewhere_nothing_is_shifted(lon: float, lat: float) -> None:
    if not (71.9 < lon < 137.9 and 0.7 < lat < 55.9):
        assert from_wgs84(lon, lat, System.GCJ02) == (lon, lat)
        assert to_wgs84(lon, lat, System.GCJ02) == (lon, lat)


@pytest.mark.parametrize("place", [(-76.6, 39.3), (5.36, 52.16), (179.9, -16.5), (-70.6, -33.4)])
def test_there_and_back_elsewhere(place: tuple[float, float]) -> None:
    for system in System:
        assert to_wgs84(*from_wgs84(*place, system), system) == pytest.approx(place, abs=1e-9)


def test_many_at_once_as_one_by_one() -> None:
    lon, lat = np.array([116.404, -76.6, 131.16]), np.array([39.915, 39.3, 46.59])
    for system in System:
        many = from_wgs84(lon, lat, system)
        ones = [from_wgs84(float(x), float(y), system) for x, y in zip(lon, lat, strict=True)]
        assert np.column_stack(many) == pytest.approx(np.array(ones), abs=1e-13)
        assert all(isinstance(number, float) for one in ones for number in one)
