"""A district of uneven grids: polygons side by side, each edge bent, as hand-drawn fences are."""

import math

import numpy as np
import shapely

from linli.territory.fences import Locator, Spot

CORNERS = 8  # on each side


def locator(count: int) -> Locator:
    """`count` polygons of 32 corners that fill a rectangle of 0.3 by 0.3 degrees without gaps."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    spots = []
    for number in range(count):
        column, row = number % columns, number // columns
        ring = [_bent(column + x, row + y, columns, rows) for x, y in _square()]
        spots.append(Spot(number + 1, "grid", number + 1, shape=shapely.to_wkb(shapely.Polygon(ring))))
    return Locator(spots)


def _square() -> list[tuple[float, float]]:
    steps = np.linspace(0, 1, CORNERS, endpoint=False)
    bottom, right = [(s, 0.0) for s in steps], [(1.0, s) for s in steps]
    return [*bottom, *right, *((1 - s, 1.0) for s in steps), *((0.0, 1 - s) for s in steps)]


def _bent(x: float, y: float, columns: int, rows: int) -> tuple[float, float]:
    """The same bend for the same corner, so that neighbours share it."""
    wave = 0.15 * math.sin(3.1 * x + 1.7 * y) * math.sin(2.3 * y - 0.9 * x)
    return 131.0 + 0.3 * (x + wave) / columns, 46.4 + 0.3 * (y + wave) / rows
