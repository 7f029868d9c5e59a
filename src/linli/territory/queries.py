"""Reading places. Places hold no personal data, so everybody may."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from linli.kernel.district import schema
from linli.kernel.refusal import Missing
from linli.territory.arrangement import Node
from linli.territory.divisions import Known
from linli.territory.fences import Locator, Spot
from linli.territory.models import Place, PlaceCode, PlaceName, PlaceParent, PlaceShape
from linli.territory.rules import LEVELS, Level, path_range, search_terms, shift_of, term_pattern

SEARCHED = (Level.COMMUNITY, Level.GRID, Level.BUILDING)
_AREAS = (Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID)
_locators: dict[str, tuple[int, Locator]] = {}


def place(place_id: int) -> Place:
    """Missing("territory.unknown") when there is none. An ended place is still found by its id."""
    found = Place.objects.filter(id=place_id).first()
    if found is None:
        raise Missing("territory.unknown")
    return found


def district_place() -> Place:
    """The root of the tree. Missing("territory.no_district") before its divisions were applied."""
    found = Place.objects.filter(path=0).first()
    if found is None:
        raise Missing("territory.no_district")
    return found


_PREFIXES = ", ".join(f"place.path >> {shift_of(level)} << {shift_of(level)}" for level in LEVELS)
_ANCESTORS = f"""
SELECT place.id AS below, above.* FROM territory_place place
JOIN territory_place above ON above.path IN ({_PREFIXES})
WHERE place.id = ANY(%s) ORDER BY place.id, above.path DESC
"""


def ancestors(place_id: int) -> list[Place]:
    """The place and what it lies in, from the place up to the district; empty when there is no such place."""
    return list(Place.objects.raw(_ANCESTORS, [[place_id]]))


def lineages(place_ids: Iterable[int]) -> dict[int, list[Place]]:
    """The same for many places at once, for each of them. One SQL."""
    found: dict[int, list[Place]] = {}
    for above in Place.objects.raw(_ANCESTORS, [list(place_ids)]):
        found.setdefault(above.below, []).append(above)  # type: ignore[attr-defined]  # a column of the SQL
    return found


def addresses(place_ids: Iterable[int]) -> dict[int, str]:
    """For each place its name as on an envelope, from the subdistrict down: 中山街道 通达社区 3号楼 2单元 301."""
    names: dict[int, list[str]] = {}
    for above in Place.objects.raw(_ANCESTORS, [list(place_ids)]):
        if above.level != Level.DISTRICT:
            below: int = above.below  # type: ignore[attr-defined]  # a column of the SQL
            names.setdefault(below, []).insert(0, above.name)
    return {place_id: " ".join(parts) for place_id, parts in names.items()}


def children(place_id: int, level: str | None = None) -> QuerySet[Place]:
    """The living places straight below one, in the order in which they were numbered."""
    below = Place.objects.filter(parent_id=place_id, ended_on=None).order_by("path")
    return below.filter(level=level) if level else below


def within(above: Place, level: str | None = None) -> QuerySet[Place]:
    """All living places below one, itself included, in tree order."""
    low, high = path_range(above.path, above.level)
    inside = Place.objects.filter(path__gte=low, path__lt=high, ended_on=None).order_by("path")
    return inside.filter(level=level) if level else inside


def by_code(code: str, on: date | None = None) -> Place | None:
    """The place that has a code now, or had it on a date: codes are used again."""
    dated = PlaceCode.objects.filter(code=code).select_related("place")
    found = (dated.filter(_on(on)) if on else dated.filter(until_on=None)).first()
    return found.place if found else None


def name_on(place_id: int, on: date) -> str | None:
    """What the place was called on a date; None before it was known or after it ended."""
    return PlaceName.objects.filter(_on(on), place_id=place_id).values_list("name", flat=True).first()


def code_on(place_id: int, on: date) -> str | None:
    """The place's code on a date, if it had one."""
    return PlaceCode.objects.filter(_on(on), place_id=place_id).values_list("code", flat=True).first()


def parent_on(place_id: int, on: date) -> int | None:
    """The id of what the place lay in on a date."""
    return PlaceParent.objects.filter(_on(on), place_id=place_id).values_list("parent_id", flat=True).first()


def search(
    query: str, near: tuple[float, float] | None = None, limit: int = 20, levels: Sequence[str] = SEARCHED
) -> list[Place]:
    """Living places whose name, pinyin, initials or code holds every part of what was typed.

    A part may also be the name of what the place lies in: "东湖 3号楼". Names that begin with the query come first,
    then those that hold all of it, then what is nearest to `near` (longitude, latitude), then tree order. Two SQL.
    """
    terms = search_terms(query)
    found = Place.objects.filter(ended_on=None, level__in=[str(level) for level in levels])
    if not terms:
        return list(found.order_by("path")[:limit])
    areas = Place.objects.filter(_any_of(terms), ended_on=None, level__in=[str(level) for level in _AREAS])
    ranges: dict[str, list[tuple[int, int]]] = {term: [] for term in terms}
    for text, path, level in areas.values_list("search", "path", "level")[:500]:
        for term in terms:
            if re.search(term_pattern(term), text):
                ranges[term].append(path_range(path, level))
    where, values = _matching(terms, ranges)
    patterns = [term_pattern(term) for term in terms]
    all_own = " AND ".join("search ~ %s" for _ in terms)
    lon, lat = near or (None, None)
    rows = found.extra(
        where=[where],
        params=values,
        select={"rank": f"CASE WHEN starts_with(search, %s) THEN 0 WHEN {all_own} THEN 1 ELSE 2 END", "away": _AWAY},
        select_params=["".join(query.lower().split()), *patterns, lon, lon, lat, lat],
        order_by=["rank", "away", "path"],
    )
    return list(rows[:limit])


def near(lon: float, lat: float, limit: int = 5) -> list[tuple[Place, float]]:
    """The nearest buildings with their distances in metres, nearest first."""
    metres = dict(locator().nearest(lon, lat, limit))
    found = Place.objects.in_bulk(list(metres))
    return [(found[place_id], away) for place_id, away in metres.items()]


def locate(lon: float, lat: float) -> Place | None:
    """The grid (or community, where there is none) at a coordinate; None outside of everything known."""
    located = locator().locate(lon, lat)
    return place(located.place) if located else None


def locator() -> Locator:
    """The locator of the district as it is now: one SQL while nothing changes, for every change has a new version."""
    version = Place.objects.filter(path=0).values_list("version", flat=True).first() or 0
    kept = _locators.get(schema())
    if kept is None or kept[0] != version:
        kept = (version, Locator(_spots()))
        _locators[schema()] = kept
    return kept[1]


def shapes(place_ids: Iterable[int]) -> dict[int, bytes]:
    """The polygons of places as they are now, as well-known binary in WGS-84."""
    rows = PlaceShape.objects.filter(place_id__in=list(place_ids), until_on=None).values_list("place_id", "shape")
    return {place_id: bytes(shape) for place_id, shape in rows}


def known_divisions() -> list[Known]:
    """The living subdistricts and communities, for comparing with a published list."""
    rows = Place.objects.filter(ended_on=None, level__in=[Level.SUBDISTRICT.value, Level.COMMUNITY.value])
    return [
        Known(place.pk, place.code or "", place.name, Level(place.level), place.parent_id or 0)
        for place in rows.order_by("path")
    ]


def standing(*, with_dwellings: bool) -> list[Node]:
    """The living places as nodes, for laying a list over them."""
    rows = Place.objects.filter(ended_on=None).order_by("path")
    if not with_dwellings:
        rows = rows.exclude(level=Level.DWELLING.value)
    outlines = dict(PlaceShape.objects.filter(until_on=None).values_list("place_id", "shape"))
    nodes: dict[int, Node] = {}
    for place_id, level, name, code, parent, lon, lat in rows.values_list(
        "id", "level", "name", "code", "parent_id", "lon", "lat"
    ):
        shape = bytes(outlines[place_id]) if place_id in outlines else None
        nodes[place_id] = Node(level, name, nodes.get(parent), place_id, code, lon, lat, shape)
    return list(nodes.values())


_AWAY = "(least(abs(lon - %s), 360 - abs(lon - %s)) * cos(radians(%s))) ^ 2 + (lat - %s) ^ 2"  # the short way round


def _on(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(until_on=None) | Q(until_on__gt=on))


def _any_of(terms: Sequence[str]) -> Q:
    either = Q()
    for term in terms:
        either |= Q(search__regex=term_pattern(term))
    return either


def _matching(terms: Sequence[str], ranges: dict[str, list[tuple[int, int]]]) -> tuple[str, list[Any]]:
    """SQL that holds where each term is in the place's own text or the place lies in an area of that name."""
    parts, values = [], []
    for term in terms:
        spans = "{" + ",".join(f"[{low},{high})" for low, high in ranges[term]) + "}"
        parts.append("(search ~ %s OR path <@ %s::int8multirange)")
        values += [term_pattern(term), spans]
    own = " OR ".join("search ~ %s" for _ in terms)
    return f"{' AND '.join(parts)} AND ({own})", values + [term_pattern(term) for term in terms]


def _spots() -> list[Spot]:
    rows = Place.objects.filter(ended_on=None).exclude(level__in=[Level.ENTRANCE.value, Level.DWELLING.value])
    outlines = dict(PlaceShape.objects.filter(until_on=None).values_list("place_id", "shape"))
    return [
        Spot(
            place_id,
            level,
            parent if level == Level.BUILDING else place_id,
            lon,
            lat,
            bytes(outlines[place_id]) if place_id in outlines else None,
        )
        for place_id, level, parent, lon, lat in rows.values_list("id", "level", "parent_id", "lon", "lat")
    ]
