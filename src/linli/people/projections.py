"""What follows from events of other rooms: when places move, the path of those who live there moves along."""

from django.db import connection

from linli.kernel.consumers import projection
from linli.kernel.models import Event
from linli.territory import events as territory_events

_FOLLOW = """
UPDATE people_party SET path = place.path FROM territory_place place
WHERE place.id = people_party.home_id AND place.path <> people_party.path
"""


@projection(
    "people.paths",
    listens=(
        territory_events.DIVISIONS_APPLIED,
        territory_events.PLACES_IMPORTED,
        territory_events.PLACE_MOVED,
    ),
    clears=lambda: None,  # nothing is added up: the paths are read anew from the places whenever one has moved
)
def follow_places(event: Event) -> None:
    if event.body.get("moved"):
        with connection.cursor() as cursor:
            cursor.execute(_FOLLOW)
