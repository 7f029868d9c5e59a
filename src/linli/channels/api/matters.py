"""Matters: raise them, list them, look at one, move it."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import StrictInt

from linli.channels.api import showing
from linli.channels.api.places import coordinates
from linli.channels.api.problems import CHANGING, answers
from linli.channels.api.security import Bearer, Key, actor, language, moment
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.kernel.scope import scope
from linli.matters import portrait, queries
from linli.matters.commands import move_matter, open_matter, undo_move
from linli.territory import queries as territory

router = Router(tags=["matters"], auth=Bearer())


class Opening(Schema):
    """Where it is: the id of a place, or a coordinate in WGS-84. What the form asks for: see GET /kinds."""

    kind: str
    place: StrictInt | None = None
    lon: float | None = None
    lat: float | None = None
    form: dict[str, Any] = {}


class Move(Schema):
    """`version` is the one that was looked at. `gives` is what the move asks for: note, rating 1-5, photos, seat ..."""

    move: str
    version: StrictInt
    gives: dict[str, Any] = {}


class Asked(Schema):
    """Which matters: `held_by=me` are those in which you have to act now; `q` is a number, or words of the report."""

    held_by: str = ""
    state: str = Field("", max_length=40)
    place: int | None = None
    light: str = Field("", description="green, yellow or red")
    q: str = Field("", max_length=100)
    page: int = Field(1, ge=1, le=10_000)


class Undo(Schema):
    version: StrictInt


@router.post("/matters", response=answers(201, showing.Standing, CHANGING), summary="Raise a matter")
def open_one(request: HttpRequest, body: Opening, key: Key = None) -> Status[showing.Standing]:
    event = open_matter(
        by=actor(request), at=moment(request), key=key, kind=body.kind, place=_place(body), form=body.form
    )
    return Status(201, _standing(request, event))


@router.get(
    "/matters",
    response=answers(200, showing.MatterPage),
    summary="Matters that you may see, what is due first before all",
)
def many(request: HttpRequest, asked: Query[Asked]) -> showing.MatterPage:
    if asked.held_by not in ("", "me"):
        raise Refusal("matters.held_by_me_only")
    by, at = actor(request), moment(request)
    with scope(by):
        found = queries.listed(
            by, at, held_by_me=asked.held_by == "me", state=asked.state, place=asked.place, light=asked.light,
            words=asked.q, page=asked.page,
        )  # fmt: skip
        return showing.page(found, language(request), staff=bool(by.posts))


@router.get(
    "/matters/{matter}",
    response=answers(200, showing.MatterOut),
    summary="A matter, its timeline and what you may do now",
)
def one(request: HttpRequest, matter: int) -> showing.MatterOut:
    by, at = actor(request), moment(request)
    with scope(by):
        found = portrait.portrait(by, matter, at)
        return showing.whole(found, language(request), staff=bool(by.posts))


@router.post("/matters/{matter}/moves", response=answers(200, showing.Standing, CHANGING), summary="Make a move")
def move_one(request: HttpRequest, matter: int, body: Move, key: Key = None) -> showing.Standing:
    event = move_matter(
        by=actor(request), at=moment(request), key=key,
        matter=matter, move=body.move, version=body.version, gives=body.gives,
    )  # fmt: skip
    return _standing(request, event)


@router.post(
    "/matters/{matter}/undo",
    response=answers(200, showing.Standing, CHANGING),
    summary="Take back your last move, within 30 seconds",
)
def undo_one(request: HttpRequest, matter: int, body: Undo, key: Key = None) -> showing.Standing:
    event = undo_move(by=actor(request), at=moment(request), key=key, matter=matter, version=body.version)
    return _standing(request, event)


def _standing(request: HttpRequest, event: Event) -> showing.Standing:
    return showing.standing(actor(request), event, moment(request), language(request))


def _place(body: Opening) -> int:
    if body.place is not None:
        return body.place
    if body.lon is None or body.lat is None:
        raise Refusal("places.missing")
    located = territory.locate(*coordinates(f"{body.lon},{body.lat}"))
    if located is None:
        raise Refusal("places.outside")
    return located.pk
