"""Coordinates as the maps of China give them: WGS-84 (GPS), GCJ-02 (the state's shift) and BD-09 (Baidu, on top of it).

Linli keeps WGS-84. What comes in is converted once, what goes to a Chinese map is converted on its way out. The shift
has no inverse in closed form: it is undone by iteration, to far below a millimetre. All functions take degrees, single
numbers or arrays of them, longitude first.
"""

from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Degrees = TypeVar("Degrees", float, NDArray[np.float64])


class System(StrEnum):
    """A coordinate system as files name it."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


# The shift is computed on the ellipsoid of Krasovsky (1940), in metres, and applied inside this box. The box is part
# of the published formula; it reaches beyond the border, and outside of it GCJ-02 is WGS-84.
_SEMI_MAJOR_AXIS = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

_BAIDU_WAVE = np.pi * 3000.0 / 180.0
_STEPS = 12  # each shrinks the error at least fiftyfold, from 0.02 degrees: below a float's precision after nine


def to_wgs84(lon: Degrees, lat: Degrees, system: System) -> tuple[Degrees, Degrees]:
    """Coordinates of `system` as WGS-84, exact to 1e-9 degrees.

    Along the edge of the shifted box, far outside the border, a GCJ-02 pair may stand for two places; the one inside
    the box is returned.
    """
    if system is System.WGS84:
        return lon, lat
    if system is System.BD09:
        lon, lat = _undo(_baidu_shift, lon, lat)
    inner_lon, inner_lat = _undo(_state_shift, lon, lat)
    inside = _is_shifted(inner_lon, inner_lat)
    return _choose(inside, inner_lon, lon), _choose(inside, inner_lat, lat)


def from_wgs84(lon: Degrees, lat: Degrees, system: System) -> tuple[Degrees, Degrees]:
    """WGS-84 coordinates in `system`, by the published formulas."""
    if system is System.WGS84:
        return lon, lat
    inside = _is_shifted(lon, lat)
    east, north = _state_shift(lon, lat)
    lon, lat = _choose(inside, lon + east, lon), _choose(inside, lat + north, lat)
    if system is System.BD09:
        east, north = _baidu_shift(lon, lat)
        lon, lat = _choose(True, lon + east, lon), _choose(True, lat + north, lat)
    return lon, lat


def _is_shifted(lon: Degrees, lat: Degrees) -> Any:
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _choose(condition: Any, yes: Degrees, no: Degrees) -> Degrees:
    if isinstance(yes, np.ndarray):
        return np.where(condition, yes, no)
    return float(yes if condition else no)


def _undo(shift: Any, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point that `shift` moves to lon, lat: it changes slowly, so guessing again from the guess converges."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_STEPS):
        east, north = shift(guess_lon, guess_lat)
        guess_lon, guess_lat = lon - east, lat - north
    return guess_lon, guess_lat


def _state_shift(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Degrees by which GCJ-02 lies east and north of WGS-84; outside the box, where it does not, as on its edge."""
    lon, lat = np.clip(lon, _WEST, _EAST), np.clip(lat, _SOUTH, _NORTH)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_waves = (
        waves
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    )
    east_waves = (
        waves
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    )
    north_metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north_waves * 2.0 / 3.0
    east_metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east_waves * 2.0 / 3.0
    latitude = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_radius = _SEMI_MAJOR_AXIS * (1.0 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_radius = _SEMI_MAJOR_AXIS / np.sqrt(flattening) * np.cos(latitude)
    return np.degrees(east_metres / parallel_radius), np.degrees(north_metres / meridian_radius)


def _baidu_shift(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Degrees by which BD-09 lies east and north of GCJ-02."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_WAVE)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat
