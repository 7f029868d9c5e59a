"""One matter as somebody sees it: where it stands, what happened, and what this person may do now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.kernel.actor import Actor
from linli.kernel.models import Event
from linli.matters.models import Follow, Matter, Note, Photo
from linli.matters.queries import access_matter, light
from linli.matters.rules import UNDO_WITHIN, Configuration, Offer, possible
from linli.matters.situation import Situation, candidates, facts_for, rules_of, situation
from linli.people.queries import Occupant, Tenure, occupants_of, tenures

FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the timeline. `by` is the office-holder who did it, where it was one, as they were called and what
    they were then: residents stay unnamed. Staff who speak as the reporter do not act in office."""

    event: Event
    by: Occupant | None
    by_reporter: bool
    texts: Mapping[str, str]
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """`offers` are the moves that this actor may make now; `can_undo_until` is set while the last one may be taken
    back by them; `hand_over_to` are the occupants whose seats the offers name."""

    matter: Matter
    configuration: Configuration
    around: Situation
    light: str | None
    holders: tuple[Occupant, ...]
    timeline: tuple[Entry, ...]
    offers: tuple[Offer, ...]
    hand_over_to: tuple[Occupant, ...] = ()
    can_undo_until: datetime | None = None
    followed: bool = False
    form: Mapping[str, Any] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What was reported, in the reporter's words."""
        return self.timeline[0].texts.get("what", "") if self.timeline else ""


def portrait(actor: Actor, matter_id: int, at: datetime) -> Portrait:
    """Missing where the actor may not see the matter. A dozen SQL at most, whatever the length of its history."""
    matter = access_matter(actor, matter_id)
    rules = rules_of(matter.kind_id)
    around = situation(matter.place_id, at, ended_too=True)
    facts = facts_for(matter, rules, around, by=actor, at=at, with_candidates=True)
    configuration = Configuration.from_json(matter.configuration)
    offers = possible(rules, configuration, facts, at)
    seats = {seat.seat for offer in offers for seat in offer.seats}
    events = list(Event.objects.filter(subject=matter.subject).order_by("seq"))
    return Portrait(
        matter,
        configuration,
        around,
        light(matter, at),
        tuple(occupants_of([matter.seat_id], at).get(matter.seat_id, ())) if matter.seat_id else (),
        tuple(_timeline(matter, events)),
        tuple(offers),
        tuple(o for o in candidates(around, at) if o.seat in seats) if seats else (),
        _undo_until(matter, actor, events[-1], at),
        actor.party is not None and Follow.objects.filter(matter=matter, party_id=actor.party).exists(),
        events[0].body.get("form", {}),
    )


def _timeline(matter: Matter, events: list[Event]) -> list[Entry]:
    texts: dict[str, dict[str, str]] = {}
    for event_id, name, text in Note.objects.filter(matter=matter).values_list("event_id", "field", "text"):
        texts.setdefault(str(event_id), {})[name] = text or ""
    photos: dict[str, list[str]] = {}
    for photo_id, shown_in in Photo.objects.filter(matter=matter).order_by("uploaded_at").values_list("id", "event_id"):
        photos.setdefault(str(shown_in), []).append(str(photo_id))
    offices = tenures(party for event in events if (party := _party(event.by)) is not None)
    entries = []
    for event in events:
        in_office = _in_office(matter, event)
        entries.append(
            Entry(
                event,
                _by(event, offices) if in_office else None,
                not in_office and _party(event.by) == matter.reporter_id,
                texts.get(str(event.id), {}),
                tuple(photos.get(str(event.id), ())),
            )
        )
    return entries


def _in_office(matter: Matter, event: Event) -> bool:
    """Whether a person did this for the organisation: neither as the one who reported it, nor as a neighbour."""
    made = event.body.get("undone", event.body)
    if event.name == "matters.matter.opened" or made.get("move") == FOLLOW or _party(event.by) is None:
        return False
    return _party(event.by) != matter.reporter_id or rules_of(matter.kind_id).held_by_office(made["from"])


def _by(event: Event, offices: Mapping[int, list[Tenure]]) -> Occupant | None:
    """The office-holder behind an event: by the seat that was responsible if they held it, else by their own."""
    party = _party(event.by)
    held = [tenure for tenure in offices.get(party or 0, []) if tenure.lasted(event.at)]
    own = next((tenure for tenure in held if tenure.seat == event.body.get("seat")), held[0] if held else None)
    if own is None:
        return None
    return Occupant(own.seat, own.post, own.place, own.place_name, party, own.shown_name, False)


def _party(ref: str) -> int | None:
    kind, _, number = ref.partition(":")
    return int(number) if kind == "party" else None


def _undo_until(matter: Matter, actor: Actor, last: Event, at: datetime) -> datetime | None:
    until = last.at + UNDO_WITHIN
    undoable = matter.before is not None and last.name == "matters.matter.moved" and last.by == actor.ref
    return until if undoable and at <= until and last.body.get("move") != FOLLOW else None


def seconds_left(portrait: Portrait, at: datetime) -> int:
    """For how long the last move can still be taken back."""
    left = (portrait.can_undo_until or at) - at
    return max(0, int(left / timedelta(seconds=1)))
