"""Writing rows of the tree, many at a time. For the commands of this room only: they lock the root and record."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Max, QuerySet

from linli.kernel.actor import Actor
from linli.kernel.event import new_ids
from linli.kernel.refusal import Forbidden, Missing, Refusal
from linli.territory.models import Dated, Place, PlaceCode, PlaceName, PlaceParent, PlaceShape
from linli.territory.rules import Level, next_path, path_range
from linli.territory.spelling import search_text


@dataclass(slots=True)
class Seedling:
    """A place about to be written. `path` and `number` are given when it is planted."""

    id: int
    level: Level
    kind: str
    name: str
    parent: int
    code: str | None = None
    urban_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    shape: bytes | None = None
    path: int = 0
    number: int = 0


def may_arrange(by: Actor) -> None:
    """Places are arranged by the district's administrators and by the machine on their behalf."""
    if by.role not in ("system", "policy") and not by.has_post("administrator"):
        raise Forbidden("territory.not_yours")


def locked_root() -> Place:
    """The root of the tree, locked: changes of one tree wait for each other."""
    root = Place.objects.select_for_update().filter(path=0).first()
    if root is None:
        raise Missing("territory.no_district")
    return root


def ids(count: int) -> Iterator[int]:
    return iter(new_ids(Place, count) if count else ())


def plant(seedlings: Sequence[Seedling], on: date, root: int | None = None) -> None:
    """Write new places, whose parents are written already or come earlier in the list, by COPY.

    `root` is the district's id when that row is only written at the end, with its first event.
    """
    _number(seedlings, {} if root is None else {root: 0})
    _copy(
        Place,
        (
            "id", "version", "head", "level", "kind", "name", "code", "urban_code", "parent_id", "path", "lon", "lat",
            "since_on", "search",
        ),
        (
            (s.id, 0, b"", s.level.value, s.kind, s.name, s.code, s.urban_code, s.parent, s.path, s.lon, s.lat,
             on, search_text(s.name, s.code))
            for s in seedlings
        ),
    )  # fmt: skip
    _copy(PlaceName, ("place_id", "name", "from_on"), ((s.id, s.name, on) for s in seedlings))
    _copy(PlaceCode, ("place_id", "code", "from_on"), ((s.id, s.code, on) for s in seedlings if s.code))
    _copy(PlaceShape, ("place_id", "shape", "from_on"), ((s.id, s.shape, on) for s in seedlings if s.shape))
    _copy(
        PlaceParent,
        ("place_id", "parent_id", "level", "number", "from_on"),
        ((s.id, s.parent, s.level.value, s.number, on) for s in seedlings),
    )


def rename(names: dict[int, str], on: date) -> None:
    """Give places other names from `on`."""
    _succeed(PlaceName.objects.filter(place_id__in=names), on)
    _copy(PlaceName, ("place_id", "name", "from_on"), ((place, name, on) for place, name in names.items()))
    places = list(Place.objects.filter(id__in=names))
    for place in places:
        place.name = names[place.pk]
        place.search = search_text(place.name, place.code)
    Place.objects.bulk_update(places, ["name", "search"], batch_size=500)


def recode(codes: dict[int, str], on: date) -> None:
    """Give places other codes from `on`. All old ones end first: two places may change codes with each other."""
    _succeed(PlaceCode.objects.filter(place_id__in=codes), on)
    _copy(PlaceCode, ("place_id", "code", "from_on"), ((place, code, on) for place, code in codes.items()))
    places = list(Place.objects.filter(id__in=codes))
    for place in places:
        place.code = codes[place.pk]
        place.search = search_text(place.name, place.code)
    Place.objects.bulk_update(places, ["code", "search"], batch_size=500)


def reshape(outlines: dict[int, bytes], on: date) -> None:
    """Give places other polygons from `on`."""
    _succeed(PlaceShape.objects.filter(place_id__in=outlines), on)
    _copy(PlaceShape, ("place_id", "shape", "from_on"), ((place, shape, on) for place, shape in outlines.items()))


def locate(points: dict[int, tuple[float, float]]) -> None:
    """Correct where places stand: a better measure of the same place, so it is not dated."""
    places = [Place(id=place, lon=lon, lat=lat) for place, (lon, lat) in points.items()]
    Place.objects.bulk_update(places, ["lon", "lat"], batch_size=500)


def move(parents: dict[int, int], on: date) -> list[dict[str, Any]]:
    """Put places of one level, with all that lies in them, into other parents from `on`. Returns who moved where."""
    if not parents:
        return []
    places = {place.pk: place for place in Place.objects.filter(id__in={*parents, *parents.values()})}
    seedlings = [
        Seedling(place, Level(places[place].level), places[place].kind, places[place].name, parent)
        for place, parent in parents.items()
    ]
    _number(seedlings, {})
    ranges = [path_range(places[seedling.id].path, seedling.level) for seedling in seedlings]
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    deltas = [seedling.path - low for seedling, low in zip(seedlings, lows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE territory_place SET path = path + moved.delta"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS moved(low, high, delta)"
            " WHERE path >= moved.low AND path < moved.high",
            [lows, highs, deltas],
        )
        cursor.execute(
            "UPDATE territory_place SET parent_id = moved.parent"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS moved(place, parent) WHERE id = moved.place",
            [list(parents), list(parents.values())],
        )
    _succeed(PlaceParent.objects.filter(place_id__in=parents), on)
    _copy(
        PlaceParent,
        ("place_id", "parent_id", "level", "number", "from_on"),
        ((s.id, s.parent, s.level.value, s.number, on) for s in seedlings),
    )
    return [
        {"place": s.id, "from": low, "to": s.path, "level": s.level.value}
        for s, low in zip(seedlings, lows, strict=True)
    ]


def end(places: Iterable[int], on: date) -> None:
    """End places on a date: names, codes, polygons and parents hold until the day before."""
    ended = list(places)
    for model in (PlaceName, PlaceCode, PlaceShape, PlaceParent):
        _succeed(model.objects.filter(place_id__in=ended), on)
    Place.objects.filter(id__in=ended).update(ended_on=on)


def _succeed(rows: "QuerySet[Any]", on: date) -> None:
    """Let what holds now end on `on`. Refusal("territory.too_early") when it began later than that."""
    current = rows.filter(until_on=None)
    last = current.aggregate(last=Max("from_on"))["last"]
    if last is not None and last > on:
        raise Refusal("territory.too_early", on=on, last=last)
    current.update(until_on=on)


def _number(seedlings: Sequence[Seedling], paths: dict[int, int]) -> None:
    """Give each its number among the children that its parent has or ever had, and its path."""
    parents = {seedling.parent for seedling in seedlings}
    paths |= dict(Place.objects.filter(id__in=parents).values_list("id", "path"))
    used = PlaceParent.objects.filter(parent_id__in=parents).values_list("parent_id", "level")
    last: dict[tuple[int, str], int] = defaultdict(int)
    last.update({(parent, level): most for parent, level, most in used.annotate(most=Max("number"))})
    for seedling in seedlings:
        last[seedling.parent, seedling.level.value] += 1
        seedling.number = last[seedling.parent, seedling.level.value]
        seedling.path = next_path(paths[seedling.parent], seedling.level, seedling.number)
        paths[seedling.id] = seedling.path


def _copy(model: type[Place | Dated], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def living(place_id: int) -> Place:
    """A place that has not ended. Missing("territory.unknown") otherwise."""
    found = Place.objects.filter(id=place_id, ended_on=None).first()
    if found is None:
        raise Missing("territory.unknown")
    return found


def children_of(places: Iterable[int]) -> int:
    """How many living places lie straight in these, themselves not counted."""
    return Place.objects.filter(parent_id__in=list(places), ended_on=None).exclude(id=F("parent_id")).count()
