"""Moving a matter: by people, and taken back within half a minute."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal, Unauthenticated
from linli.matters.commands.writing import accepted, body_of, columns_of, holders_of, photo_ids, take_up_photos
from linli.matters.models import Follow, Matter
from linli.matters.queries import can_see
from linli.matters.rules import Configuration, Filled, Made, Step, fill, form_of, step, undo
from linli.matters.schema import Kind as KindRules
from linli.matters.situation import Situation, candidates, facts_for, rules_of, situation
from linli.matters.wording import kept_kind
from linli.people.queries import Occupant

FOLLOW = "follow"


@command("matters.move", wide=True)
def move_matter(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    matter: int,
    move: str,
    version: int,
    gives: Mapping[str, Any] | None = None,
) -> Event:
    """Make a move of the matter's kind. Recorded as `matters.matter.moved`.

    `version` is the one that the actor saw: another one by now is a Conflict. Wide, because a neighbour may follow a
    matter that is not theirs to read, and so has seen no version of it; whoever may not see it and does not follow is
    told that it is not there.
    """
    if by.party is None:
        raise Unauthenticated("sign_in_first")
    found = Matter.objects.filter(pk=matter).first()
    if found is None or not (move == FOLLOW or can_see(by, found)):
        raise Missing("not_found")
    if found.version != version and move != FOLLOW:
        raise Conflict("stale", version=found.version)
    rules = rules_of(found.kind_id)
    seat = (gives or {}).get("seat")
    filled = _filled(rules, move, {name: value for name, value in (gives or {}).items() if name != "seat"})
    around = situation(found.place_id, at, ended_too=True)
    given = filled.given() if seat is None else {**filled.given(), "seat": seat}
    facts = facts_for(found, rules, around, by=by, at=at, gives=given, with_candidates=seat is not None)
    made = accepted(step(rules, Configuration.from_json(found.configuration), move, facts, at))
    rating = int(filled.values["rating"]) if "rating" in filled.values else found.rating
    photos = photo_ids(filled)
    event = _write(found, made, around, rating, by=by, at=at, cause=cause, texts=filled.texts, photos=photos)
    if move == FOLLOW:
        Follow.objects.create(matter=found, party_id=by.party, at=at)
    return event


@command("matters.undo", wide=True)
def undo_move(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, matter: int, version: int
) -> Event:
    """Take back one's own last move, within 30 seconds and before anybody else has moved. Recorded as `moved` too:
    its body names what was undone, so that figures can take it back."""
    found = Matter.objects.filter(pk=matter).first()
    if found is None or not can_see(by, found):
        raise Missing("not_found")
    if found.version != version:
        raise Conflict("stale", version=found.version)
    last = Event.objects.get(subject=found.subject, seq=found.version)
    if found.before is None or last.name != "matters.matter.moved" or last.body["move"] == FOLLOW:
        raise Refusal("matters.nothing_to_undo")
    rules = rules_of(found.kind_id)
    around = situation(found.place_id, at, ended_too=True)
    facts = facts_for(found, rules, around, by=by, at=at)
    answer = undo(
        Configuration.from_json(found.before["configuration"]),
        Configuration.from_json(found.configuration),
        Made(last.body["move"], _party(last.by), last.at),
        facts,
        at,
    )
    made = accepted(answer)
    found.outcome = found.before["outcome"]
    rating, body = found.before["rating"], {"move": "undo", "undone": last.body, "undone_at": last.at.isoformat()}
    return _write(found, made, around, rating, by=by, at=at, cause=cause, body=body, undoable=False)


def _write(
    matter: Matter,
    made: Step,
    around: Situation,
    rating: int | None,
    *,
    by: Actor,
    at: datetime,
    cause: str | None,
    texts: Mapping[str, str] | None = None,
    photos: list[UUID] | None = None,
    body: Mapping[str, Any] | None = None,
    undoable: bool = True,
) -> Event:
    before = {"configuration": matter.configuration, "rating": matter.rating, "outcome": matter.outcome}
    matter.rating = rating
    changes = columns_of(matter, made) | {
        "rating": rating,
        "followers": made.configuration.count(FOLLOW),
        "before": before if undoable else None,
    }
    occupants = _occupants(around, made, at)
    written = {**body_of(matter, kept_kind(matter.kind_id), made, occupants), **(body or {})}
    if photos:
        written["photos"] = [str(photo) for photo in photos]
    event = record(
        matter, f"matters.matter.{'moved' if made.event == 'undone' else made.event}", by=by.ref, at=at, cause=cause,
        body=written, changes=changes, texts=texts,
    )  # fmt: skip
    take_up_photos(matter, event, photos or [], by)
    event.aside = holders_of(matter.seat_id, occupants)
    return event


def _filled(rules: KindRules, move: str, gives: Mapping[str, Any]) -> Filled:
    """What came with the move, checked; an unknown move is left to the rules to refuse."""
    return accepted(fill(form_of(rules.moves[move]), gives)) if move in rules.moves else Filled()


def _occupants(around: Situation, made: Step, at: datetime) -> tuple[Occupant, ...]:
    """Whoever fills the seat that now holds the matter, also when it does not lie on the ladder."""
    seat = made.configuration.seat.seat
    if seat is None or any(occupant.seat == seat for occupant in around.occupants):
        return around.occupants
    return tuple(candidates(around, at))


def _party(ref: str) -> int | None:
    kind, _, number = ref.partition(":")
    return int(number) if kind == "party" else None
