"""Which place a coordinate lies in. Pure: built once from places, then asked often.

A coordinate lies in the grid whose polygon holds it; where no polygon does, in the grid (or community) of the nearest
building, up to NEAREST_METRES; failing that in whatever larger polygon holds it. A polygon's edge belongs to it; of
polygons that overlap, the deepest place wins, then the smallest, then the one known longest. Coordinates are WGS-84 in
degrees, anywhere on Earth outside the polar caps; distances are metres on a local plane, exact to 1 % within 100 km.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from linli.territory.rules import LEVELS, Level

NEAREST_METRES = 500.0
_METRES_A_DEGREE = 6_371_008.8 * np.pi / 180.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A living place as the locator needs it: a polygon (well-known binary), a point, or neither.

    `area` is the place that this one stands for on the map: a building's grid or community, else the place itself.
    """

    place: int
    level: str
    area: int
    lon: float | None = None
    lat: float | None = None
    shape: bytes | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a coordinate is: the place, how it was told ("polygon" or "building"), and the nearest building."""

    place: int
    told_by: str
    building: int | None = None
    metres: float | None = None


class Locator:
    """Answers for one state of a district's places."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        spots = list(spots)
        fences = [(spot, shapely.from_wkb(spot.shape)) for spot in spots if spot.shape is not None]
        fences.sort(key=lambda fence: (-LEVELS.index(Level(fence[0].level)), fence[1].area, fence[0].place))
        buildings = [spot for spot in spots if spot.level == Level.BUILDING and spot.lon is not None]
        self._shapes = np.array([shape for _, shape in fences], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._fence_places = np.array([spot.place for spot, _ in fences], dtype=np.int64)
        self._grids = sum(spot.level == Level.GRID for spot, _ in fences)
        self._buildings = np.array([spot.place for spot in buildings], dtype=np.int64)
        self._areas = np.array([spot.area for spot in buildings], dtype=np.int64)
        points = np.array([(spot.lon, spot.lat) for spot in buildings], dtype=np.float64).reshape(-1, 2)
        self._centre = (points[0, 0], float(points[:, 1].mean())) if buildings else (0.0, 0.0)
        self._plane = self._project(points[:, 0], points[:, 1])
        on_plane: Any = shapely.points(self._plane)
        self._building_tree = shapely.STRtree(on_plane)

    def locate(self, lon: float, lat: float) -> Located | None:
        """The place at a coordinate, or None when it is nowhere in the district as far as is known."""
        fence = int(self._fence_of(np.array([lon]), np.array([lat]))[0])
        nearest = self.nearest(lon, lat, 1)
        building, metres = nearest[0] if nearest and nearest[0][1] <= NEAREST_METRES else (None, None)
        if 0 <= fence < self._grids or (fence >= 0 and building is None):
            return Located(int(self._fence_places[fence]), "polygon", building, metres)
        if building is None:
            return None
        return Located(int(self._areas[self._buildings == building][0]), "building", building, metres)

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
        """The place ids at many coordinates; 0 where there is none."""
        lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        fences = self._fence_of(lon, lat)
        places = np.zeros(len(lon), dtype=np.int64)
        inside = fences >= 0
        places[inside] = self._fence_places[fences[inside]]
        open_ones = np.flatnonzero((fences < 0) | (fences >= self._grids))
        if len(open_ones) and len(self._buildings):
            plane = shapely.points(self._project(lon[open_ones], lat[open_ones]))
            asked, found = self._building_tree.query_nearest(plane, max_distance=NEAREST_METRES, all_matches=False)
            places[open_ones[asked]] = self._areas[found]
        return places

    def nearest(self, lon: float, lat: float, limit: int) -> list[tuple[int, float]]:
        """The nearest buildings with their distances in metres, nearest first."""
        if not len(self._buildings):
            return []
        here = self._project(np.array([lon]), np.array([lat]))
        metres = np.hypot(*(self._plane - here).T)
        order = np.argsort(metres, kind="stable")[:limit]
        return [(int(self._buildings[index]), float(metres[index])) for index in order]

    def _fence_of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """For each point the index of the first polygon that holds it, -1 for none.

        The tree gives candidates by their boxes; each polygon, prepared once, then judges its own points together.
        """
        fences = np.full(len(lon), len(self._shapes), dtype=np.int64)
        asked, candidates = self._tree.query(shapely.points(lon, lat))
        order = np.argsort(candidates, kind="stable")
        asked, candidates = asked[order], candidates[order]
        first = np.flatnonzero(np.diff(candidates, prepend=-1))
        for index, some in zip(candidates[first], np.split(asked, first[1:]), strict=False):
            held = some[shapely.intersects_xy(self._shapes[index], lon[some], lat[some])]
            fences[held] = np.minimum(fences[held], index)
        fences[fences == len(self._shapes)] = -1
        return fences

    def _project(self, lon: Any, lat: Any) -> NDArray[np.float64]:
        """Metres east and north of the buildings' centre; the difference of longitudes goes the short way round."""
        east = (lon - self._centre[0] + 180.0) % 360.0 - 180.0
        parallel = np.cos(np.radians(self._centre[1]))
        return np.column_stack((east * parallel, lat - self._centre[1])) * _METRES_A_DEGREE
