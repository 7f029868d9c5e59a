"""Matters in lists: rows of parts/list.html, who holds them, their lights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from linli.channels.web.places import PlaceWords, place_words
from linli.kernel.words import say
from linli.matters.models import Matter, PublicMatter
from linli.matters.queries import Row
from linli.matters.situation import rules_of
from linli.matters.wording import Wording, kept_kind, kind_words
from linli.people.queries import Occupant

TITLE = 60  # characters of a report that a row shows
ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has to act; see parts/holder.html."""

    post: str
    name: str = ""
    vacant: bool = False


@dataclass(frozen=True, slots=True)
class MatterRow:
    href: str
    number: str
    topic: str
    title: str
    place: str
    light: str
    due_at: datetime | None
    updated_at: datetime
    state: str
    holder: Holder | None
    followers: int


@dataclass(frozen=True, slots=True)
class Pager:
    previous: str
    next: str
    page: int
    pages: int = 0


def rows(found: Sequence[Row], language: str, *, staff: bool) -> list[MatterRow]:
    """Matters that somebody may read. One SQL for all their places."""
    names = place_words({row.matter.place_id for row in found})
    return [_row(row, language, staff, names[row.matter.place_id]) for row in found]


def faces(found: Sequence[PublicMatter], at: datetime, language: str) -> list[MatterRow]:
    """Matters as anybody may see them."""
    names = place_words({face.place_id for face in found})
    return [_face(face, at, language, names[face.place_id]) for face in found]


def holder(occupants: Sequence[Occupant], words: Wording, language: str, *, by_reporter: bool) -> Holder | None:
    """Whoever has to act now: the reporter, an office-holder, or a post that nobody fills."""
    if by_reporter:
        return Holder(words.party("reporter") if words.staff else say("web.holder.you", language))
    if not occupants:
        return None
    first = next((occupant for occupant in occupants if occupant.party is not None), occupants[0])
    return Holder(words.post(first.post), first.name, first.party is None)


def light_of(matter: Matter, shown: str | None) -> str:
    """The light as a page shows it: a clock that stands still shows neither green nor red."""
    if shown is None:
        return "ended"
    stopped = rules_of(matter.kind_id).states[matter.state].clock == "stopped"
    return "stopped" if stopped and shown == "green" else shown


def light_of_face(face: PublicMatter, at: datetime) -> str:
    if face.ended_at:
        return "ended"
    if face.due_at is not None and at > face.due_at:
        return "red"
    return "stopped" if rules_of(face.kind_id).states[face.state].clock == "stopped" else "green"


def shortened(text: str) -> str:
    """The beginning of a report on one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"


def page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), 10_000) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def pager(request: HttpRequest, number: int, *, has_next: bool) -> Pager:
    """The ways to the pages beside this one, with everything else in the address as it is."""
    return Pager(
        _page(request, number - 1) if number > 1 else "", _page(request, number + 1) if has_next else "", number
    )


def _page(request: HttpRequest, number: int) -> str:
    query = {name: value for name, value in request.GET.items() if name != "page"}
    return f"?{urlencode({**query, 'page': number})}"


def _row(row: Row, language: str, staff: bool, place: PlaceWords) -> MatterRow:
    matter = row.matter
    words = kind_words(kept_kind(matter.kind_id), language, staff=staff)
    by_reporter = matter.holder_id is not None
    mine = by_reporter and not staff  # the state already says that it is one's own turn
    return MatterRow(
        href=reverse("web:matter", args=[matter.pk]),
        number=matter.number,
        topic=words.topic(matter.topic),
        title=shortened(row.what),
        place=place.name,
        light=light_of(matter, row.light),
        due_at=matter.due_at,
        updated_at=matter.ended_at or matter.opened_at,
        state=words.state(matter.state),
        holder=None if mine else holder(row.holders, words, language, by_reporter=by_reporter),
        followers=matter.followers,
    )


def _face(face: PublicMatter, at: datetime, language: str, place: PlaceWords) -> MatterRow:
    words = kind_words(kept_kind(face.kind_id), language)
    return MatterRow(
        href=reverse("web:matter", args=[face.matter_id]),
        number=face.number,
        topic=words.topic(face.topic),
        title="",
        place=place.name,
        light=light_of_face(face, at),
        due_at=face.due_at,
        updated_at=face.ended_at or face.opened_at,
        state=words.state(face.state),
        holder=None,
        followers=face.followers,
    )
