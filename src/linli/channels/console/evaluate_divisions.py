"""Published divisions, brought into scratch districts and counted there.

A scratch district holds a whole prefecture-level city of Hunan: fourteen of them, instead of 122 districts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db.models import Q

from linli.channels.console.migrations import migrate
from linli.kernel.actor import SYSTEM
from linli.kernel.registry import tenants
from linli.territory import queries
from linli.territory.commands import apply_divisions
from linli.territory.coordinates import System, to_wgs84
from linli.territory.divisions import kind_of, read_divisions
from linli.territory.fences import Locator, Spot
from linli.territory.models import Place, PlaceCode
from linli.territory.rules import Level

HUNAN = tuple(f"43{number:02}" for number in (*range(1, 14), 31))  # its prefecture-level cities, and 湘西
LINGDONG = "230503"
THEN, LATER = date(2016, 12, 31), date(2022, 12, 31)
Figures = dict[str, float]


def figures(data: Path) -> Figures:
    """Counts of divisions, of codes that changed hands, and of points within their own district's outline."""
    old, new = data / "adcode2016_hunan_shuangyashan.csv.gz", data / "lingdong_230503_villages_2022.csv"
    fences = data / "fences5_gcj02.geojson"
    if not old.exists():
        return {}
    assert migrate.callback is not None
    migrate.callback()
    found = _of_hunan(old)
    _bring_in(LINGDONG, [old], THEN)
    if new.exists():
        _bring_in(LINGDONG, [new], LATER)
        found |= _of_lingdong()
    if fences.exists():
        found["points.in_fence"] = _in_fence(json.loads(fences.read_text(encoding="utf-8")))
    return found


def _of_hunan(file: Path) -> Figures:
    villages = communities = 0
    for code in HUNAN:
        _bring_in(code, [file], THEN)
        with tenants.district(_scratch(code)):
            villages += Place.objects.filter(level=Level.COMMUNITY.value, ended_on=None).count()
            communities += Place.objects.filter(kind="community", ended_on=None).count()
    return {"divisions.hunan_villages": villages, "divisions.hunan_communities": communities}


def _of_lingdong() -> Figures:
    """What the dated names and codes say of two days, six years apart."""
    with tenants.district(_scratch(LINGDONG)):
        then, later = _communities_on(THEN), _communities_on(LATER)
        both = then.keys() & later.keys()
        renamed = [code for code in both if then[code] != later[code]]
    return {
        "lingdong.communities_2016": len(then),
        "lingdong.communities_2022": len(later),
        "lingdong.common_codes": len(both),
        "lingdong.renamed_codes": len(renamed),
    }


def _communities_on(day: date) -> dict[str, str | None]:
    """Which communities there were on a day: their codes, and the names they had then."""
    valid = Q(from_on__lte=day) & (Q(until_on=None) | Q(until_on__gt=day))
    rows = PlaceCode.objects.filter(valid, place__level=Level.COMMUNITY.value)
    rows = rows.filter(Q(place__ended_on=None) | Q(place__ended_on__gt=day))
    codes = dict(rows.values_list("code", "place_id"))
    return {code: queries.name_on(place, day) for code, place in codes.items() if kind_of(code) == "community"}


def _in_fence(fences: Mapping[str, Any]) -> int:
    """How many located communities and villages lie within the outline of their own district."""
    return sum(_inside(outline, points) for outline, points in _outlined(fences["features"]))


def _outlined(features: Sequence[Mapping[str, Any]]) -> Iterator[tuple[bytes, list[tuple[float, float]]]]:
    """Each district's outline in WGS-84, and the points of its communities as they were in 2016."""
    for feature in features:
        code = feature["properties"]["adcode"]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        outline = shapely.transform(shape, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], System.GCJ02)))
        with tenants.district(_scratch(code if code == LINGDONG else code[:4])):
            here = PlaceCode.objects.filter(code__startswith=code, place__level=Level.COMMUNITY.value, from_on=THEN)
            located = here.values_list("place__lon", "place__lat")
            points = [(lon, lat) for lon, lat in located if lon is not None and lat is not None]
        yield bytes(shapely.to_wkb(outline)), points


def _inside(outline: bytes, points: Sequence[tuple[float, float]]) -> int:
    locator = Locator([Spot(1, Level.DISTRICT, 1, shape=outline)])
    places = locator.locate_many([lon for lon, _ in points], [lat for _, lat in points])
    return int((places == 1).sum())


def _bring_in(code: str, files: Sequence[Path], on: date) -> None:
    """Make a scratch district for a code, if it is new, and apply the lists to it."""
    tenants.create_district(_scratch(code), code)
    with tenants.district(_scratch(code)):
        divisions = read_divisions(files, code)
        source = ", ".join(file.name for file in files)
        apply_divisions(
            by=SYSTEM, at=datetime.now(UTC), code=code, name=code, divisions=divisions, on=on, source=source
        )


def _scratch(code: str) -> str:
    """Not the code itself: the demo has that."""
    return f"9{code}"
