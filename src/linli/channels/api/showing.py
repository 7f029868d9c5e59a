"""Matters as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ninja import Schema

from linli.kernel.actor import Actor
from linli.kernel.models import Event
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.matters.models import Matter
from linli.matters.portrait import Entry, Portrait
from linli.matters.queries import Page, Row
from linli.matters.rules import Offer
from linli.matters.wording import Wording, kept_kind, kind_words
from linli.people.queries import Occupant, occupants_of
from linli.territory import queries as territory


class PlaceRef(Schema):
    id: int
    name: str


class Holder(Schema):
    """Who has to act. `name` is None where the post is vacant 岗位空缺, or where it is the reporter's turn."""

    name: str | None
    post: str
    post_words: str
    place: PlaceRef | None
    substitute: bool = False


class Standing(Schema):
    """Where a matter stands after an event. The same key again gives the same standing."""

    id: int
    number: str
    version: int
    state: str
    state_words: str
    held_by: Holder | None
    due_at: datetime | None
    outcome: str | None


class MatterRow(Standing):
    kind: str
    kind_words: str
    topic: str
    topic_words: str
    what: str
    place: PlaceRef
    light: str | None
    opened_at: datetime
    ended_at: datetime | None
    followers: int


class MatterPage(Schema):
    items: list[MatterRow]
    page: int
    has_next: bool


class EntryOut(Schema):
    """`by` names the office-holder; of a resident only that it was the reporter or a neighbour."""

    at: datetime
    event: str
    move: str | None
    words: str
    by: str
    by_post: str | None
    state: str
    note: str | None
    rating: int | None
    photos: list[str]


class OfferOut(Schema):
    """A move that you may make now; `gives` are the fields that go with it, `seats` to whom it may be handed over."""

    move: str
    words: str
    gives: dict[str, str]
    seats: list[Holder] = []
    seat_ids: list[int] = []
    left: int | None = None


class MatterOut(MatterRow):
    rating: int | None
    photos: list[str]
    overall_due_at: datetime | None
    timeline: list[EntryOut]
    moves: list[OfferOut]


def standing(actor: Actor, event: Event, at: datetime, language: str) -> Standing:
    """From the event, so that a replay says what the first answer said."""
    body = event.body
    words = _words(body["edition"], language, bool(actor.posts))
    held = body["held_by"] or {}
    occupants: tuple[Occupant, ...] = event.aside or ()
    if "seat" in held and event.aside is None:
        with scope(actor):
            occupants = tuple(occupants_of([held["seat"]], at).get(held["seat"], ()))
    return Standing(
        id=int(event.subject.partition(":")[2]),
        number=body["number"],
        version=event.seq,
        state=body["to"],
        state_words=words.state(body["to"]),
        held_by=_holder(occupants, "party" in held, words),
        due_at=body["due_at"],
        outcome=body["outcome"] or None,
    )


def page(found: Page, language: str, *, staff: bool) -> MatterPage:
    where = territory.addresses({row.matter.place_id for row in found.rows})
    items = [MatterRow(**_row(row, where, language, staff)) for row in found.rows]
    return MatterPage(items=items, page=found.number, has_next=found.has_next)


def whole(found: Portrait, language: str, *, staff: bool) -> MatterOut:
    words = _words(found.matter.kind_id, language, staff)
    row = Row(found.matter, found.what, found.holders, found.light)
    where = territory.addresses([found.matter.place_id])
    return MatterOut(
        **_row(row, where, language, staff),
        rating=found.matter.rating,
        photos=list(found.timeline[0].photos),
        overall_due_at=found.configuration.overall_due_at,
        timeline=[_entry(entry, words, language) for entry in found.timeline],
        moves=[_offer(offer, found, words) for offer in found.offers],
    )


def _row(row: Row, where: Mapping[int, str], language: str, staff: bool) -> dict[str, Any]:
    matter = row.matter
    words = _words(matter.kind_id, language, staff)
    return {
        **_identity(matter, words),
        "held_by": _holder(row.holders, matter.holder_id is not None, words),
        "kind": kept_kind(matter.kind_id).name,
        "kind_words": words.kind(),
        "topic": matter.topic,
        "topic_words": words.topic(matter.topic),
        "what": row.what,
        "place": PlaceRef(id=matter.place_id, name=where.get(matter.place_id) or matter.place.name),
        "light": row.light,
        "opened_at": matter.opened_at,
        "ended_at": matter.ended_at,
        "followers": matter.followers,
    }


def _identity(matter: Matter, words: Wording) -> dict[str, Any]:
    return {
        "id": matter.pk,
        "number": matter.number,
        "version": matter.version,
        "state": matter.state,
        "state_words": words.state(matter.state),
        "due_at": matter.due_at,
        "outcome": matter.outcome or None,
    }


def _holder(occupants: tuple[Occupant, ...], is_reporter: bool, words: Wording) -> Holder | None:
    if is_reporter:
        return Holder(name=None, post="reporter", post_words=words.party("reporter"), place=None)
    if not occupants:
        return None
    first = next((o for o in occupants if o.party is not None), occupants[0])
    return Holder(
        name=first.name if first.party is not None else None,
        post=first.post,
        post_words=words.post(first.post),
        place=PlaceRef(id=first.place, name=first.place_name),
        substitute=first.substitute,
    )


def _entry(entry: Entry, words: Wording, language: str) -> EntryOut:
    body = entry.event.body
    move = body.get("move")
    kind, _, _ = entry.event.by.partition(":")
    who = entry.by.name if entry.by else "reporter" if entry.by_reporter else "neighbour" if kind == "party" else kind
    return EntryOut(
        at=entry.event.at,
        event=entry.event.name.rpartition(".")[2],
        move=move,
        words=_happened(entry, words, language),
        by=who,
        by_post=entry.by.post if entry.by else None,
        state=body["to"],
        note=entry.texts.get("note") or entry.texts.get("what"),
        rating=body.get("rating") if move == "accept" else None,
        photos=list(entry.photos),
    )


def _happened(entry: Entry, words: Wording, language: str) -> str:
    """In the method's words if it is one of its moves, else in ours."""
    event = entry.event.name.rpartition(".")[2]
    if event != "moved":
        return say(f"api.timeline.{event}", language)
    move = entry.event.body["move"]
    return say("api.timeline.undone", language) if move == "undo" else words.done(move)


def _offer(offer: Offer, found: Portrait, words: Wording) -> OfferOut:
    seats = {seat.seat for seat in offer.seats}
    occupants = [o for o in found.hand_over_to if o.seat in seats]
    holders = [_holder((o,), False, words) for o in occupants]
    return OfferOut(
        move=offer.move,
        words=words.move(offer.move),
        gives=dict(offer.gives),
        seats=[holder for holder in holders if holder],
        seat_ids=[o.seat for o in occupants],
        left=offer.left,
    )


def _words(edition: int, language: str, staff: bool) -> Wording:
    return kind_words(kept_kind(edition), language, staff=staff)
