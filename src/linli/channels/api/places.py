"""Finding places: by words, and by what is near."""

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from linli.channels.api.problems import answers
from linli.channels.api.security import Bearer
from linli.kernel.refusal import Refusal
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level

router = Router(tags=["places"], auth=Bearer())

# lists and figures are asked for at all of these; dwellings are found by nobody
_FOUND = (Level.DISTRICT, Level.SUBDISTRICT, *territory.SEARCHED)


class Asked(Schema):
    q: str = Field("", max_length=100, description="name, pinyin, initials or code")
    near: str = Field("", max_length=60, description="longitude,latitude in WGS-84")


class PlaceOut(Schema):
    """`id` is stable: it never changes and is never used again. `full_name` is the name as on an envelope."""

    id: int
    level: str
    name: str
    full_name: str
    code: str | None
    lon: float | None
    lat: float | None
    metres: int | None = None


@router.get(
    "/places",
    response=answers(200, list[PlaceOut]),
    summary="Search places by name, pinyin or code; or what is near",
)
def search(request: HttpRequest, asked: Query[Asked]) -> list[PlaceOut]:
    point = coordinates(asked.near) if asked.near else None
    metres: dict[int, int] = {}
    if asked.q.strip():
        found = territory.search(asked.q, point, levels=_FOUND)
    elif point:
        nearest = territory.near(*point, limit=10)
        metres = {place.pk: round(away) for place, away in nearest}
        found = [place for place, _ in nearest]
    else:
        found = []
    names = territory.addresses([place.pk for place in found])
    return [_shown(place, names.get(place.pk, ""), metres.get(place.pk)) for place in found]


def coordinates(text: str) -> tuple[float, float]:
    """`lon,lat` as two numbers in range. Refusal("places.bad_coordinates") for anything else."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise Refusal("places.bad_coordinates") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refusal("places.bad_coordinates")
    return lon, lat


def _shown(place: Place, full_name: str, metres: int | None) -> PlaceOut:
    return PlaceOut(
        id=place.pk,
        level=place.level,
        name=place.name,
        full_name=full_name or place.name,
        code=place.code,
        lon=place.lon,
        lat=place.lat,
        metres=metres,
    )
