"""Places as pages show them: what they are called, in what they lie, how far away; and what the place picker offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linli.kernel.words import say
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level, plain_name

OFFERED = 5  # places at a time: what fits on a phone beside the rest of the form
SURE_WITHIN = 40.0  # metres: what is nearer than this is taken for "here"
NEAR_WITHIN = 2000.0  # metres: what is farther away is not near
_DIVISIONS = (Level.SUBDISTRICT, Level.COMMUNITY)
_DOORS = (Level.BUILDING, Level.ENTRANCE, Level.DWELLING)


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """`name` is enough for whoever is there (通达小区1号楼 101), `within` says where that is (通达社区 第1网格)."""

    name: str
    within: str

    @property
    def whole(self) -> str:
        return f"{self.name} · {self.within}" if self.within else self.name


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place to choose; see parts/places_found.html."""

    id: int
    name: str
    within: str
    distance: str = ""
    chosen: bool = False


def place_words(place_ids: Iterable[int]) -> dict[int, PlaceWords]:
    """How places are called, for each of them. One SQL."""
    return {place_id: _words(lineage) for place_id, lineage in territory.lineages(place_ids).items()}


def choices(place_ids: Sequence[int], chosen: int | None = None) -> list[PlaceChoice]:
    """These places to choose from, each once; ended and unknown ones left out."""
    lineages = territory.lineages(place_ids)
    living = [p for p in dict.fromkeys(place_ids) if p in lineages and lineages[p][0].ended_on is None]
    return [_choice(lineages[place_id], chosen=place_id == chosen) for place_id in living[:OFFERED]]


def searched(words: str, near: Place | None = None, chosen: int | None = None) -> list[PlaceChoice]:
    """What somebody typed, as places; those near another one first among equals."""
    point = (near.lon, near.lat) if near and near.lon is not None and near.lat is not None else None
    found = territory.search(words, point, OFFERED) if words.strip() else []
    return choices([place.pk for place in found], chosen)


def here(point: tuple[float, float] | None, language: str) -> list[PlaceChoice]:
    """The buildings around a point, nearest first and chosen when it can hardly be another; else what it lies in."""
    if point is None:
        return []
    metres = {place.pk: away for place, away in territory.near(*point, limit=OFFERED) if away <= NEAR_WITHIN}
    if not metres:
        located = territory.locate(*point)
        return choices([located.pk], located.pk) if located else []
    lineages = territory.lineages(metres)
    nearest = min(metres.values())
    return [
        _choice(lineages[place_id], distance_words(away, language), away == nearest and away <= SURE_WITHIN)
        for place_id, away in metres.items()
    ]


def point(text: str) -> tuple[float, float] | None:
    """`lon,lat` in WGS-84 degrees, as the phone says it; None for anything else."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def called(place: Place) -> str:
    """A place's name; of a community or a street without the committee or office that runs it."""
    return plain_name(place.name) if place.level in _DIVISIONS else place.name


def distance_words(metres: float, language: str) -> str:
    """约 20 米; 约 1.5 公里."""
    if metres < 1000:
        return say("web.place.metres", language, number=max(10, round(metres / 10) * 10))
    return say("web.place.kilometres", language, number=f"{metres / 1000:.1f}")


def _choice(lineage: Sequence[Place], distance: str = "", chosen: bool = False) -> PlaceChoice:
    words = _words(lineage)
    return PlaceChoice(lineage[0].pk, words.name, words.within, distance, chosen)


def _words(lineage: Sequence[Place]) -> PlaceWords:
    """`lineage` goes from the place up to the district. A grid is called by its community too: each has a first one."""
    own = {Level(place.level): called(place) for place in reversed(lineage)}
    level = Level(lineage[0].level)
    if level in _DOORS:
        name = [own[door] for door in _DOORS if door in own]
        return PlaceWords(" ".join(name), _joined(own, Level.COMMUNITY, Level.GRID))
    if level == Level.GRID:
        return PlaceWords(_joined(own, Level.COMMUNITY, Level.GRID), own.get(Level.SUBDISTRICT, ""))
    return PlaceWords(own[level], own.get(Level.SUBDISTRICT, "") if level == Level.COMMUNITY else "")


def _joined(names: dict[Level, str], *levels: Level) -> str:
    return " ".join(names[level] for level in levels if level in names)
