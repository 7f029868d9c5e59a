"""What neighbours have reported around a place, as anybody may see it: topic and building, no words, no persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.channels.web.forms import fresh_key
from linli.channels.web.places import place_words
from linli.channels.web.rows import light_of_face
from linli.kernel.actor import Actor
from linli.matters.models import PublicMatter
from linli.matters.queries import shared_by
from linli.matters.wording import kept_kind, kind_words
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else's matter, to follow; see parts/similar.html and nearby.html."""

    id: int
    topic: str
    title: str
    place: str
    opened_at: datetime
    light: str
    state: str
    followers: int
    followed: bool
    key: str


def around(place: Place, level: Level) -> Place:
    """What lies around a place: the place above it at this level, or next above that; itself when it is wider."""
    if LEVELS.index(Level(place.level)) <= LEVELS.index(level):
        return place
    above = territory.ancestors(place.pk)
    return next(one for one in above if LEVELS.index(Level(one.level)) <= LEVELS.index(level))


def neighbours(by: Actor, found: Sequence[PublicMatter], at: datetime, language: str) -> list[Neighbour]:
    """Matters as their public faces show them. What one reported oneself counts as followed."""
    shared = shared_by(by, [face.matter_id for face in found])
    names = place_words({face.place_id for face in found})
    return [_neighbour(face, at, language, names[face.place_id].name, face.matter_id in shared) for face in found]


def _neighbour(face: PublicMatter, at: datetime, language: str, place: str, followed: bool) -> Neighbour:
    words = kind_words(kept_kind(face.kind_id), language)
    return Neighbour(
        id=face.matter_id,
        topic=words.topic(face.topic),
        title="",
        place=place,
        opened_at=face.opened_at,
        light=light_of_face(face, at),
        state=words.state(face.state),
        followers=face.followers,
        followed=followed,
        key=fresh_key(),
    )
