"""What every change of a matter writes: its columns, the event's body, the photos that came with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.matters.models import Kind, Matter, Photo
from linli.matters.rules import Configuration, Filled, Role, Seat, Step
from linli.people.queries import Occupant

Answer = TypeVar("Answer")


def accepted(answer: Answer | Refusal) -> Answer:
    """What the rules answered, unless they refused: then the refusal is raised."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def photo_ids(filled: Filled) -> list[UUID]:
    """The uploads named in a form. Refusal("photo.unknown") for what is no id of an upload."""
    try:
        return [UUID(photo) for photos in filled.photos.values() for photo in photos]
    except ValueError:
        raise Refusal("photo.unknown") from None


def columns_of(matter: Matter, step: Step) -> dict[str, Any]:
    """The columns that repeat the configuration for lists, lights and the clock."""
    configuration = step.configuration
    seat, party = held_by(matter, configuration)
    due_at, yellow_at = lights_of(configuration)
    return {
        "state": configuration.state,
        "seat_id": seat,
        "holder_id": party,
        "configuration": configuration.to_json(),
        "due_at": due_at,
        "yellow_at": yellow_at,
        "next_at": configuration.next_at,
        "ended_at": configuration.ended_at,
        "outcome": outcome_of(matter, step),
    }


def holders_of(seat: int | None, occupants: Iterable[Occupant]) -> tuple[Occupant, ...]:
    """Whoever fills the seat that holds a matter now: what an answer to the actor says."""
    return tuple(o for o in occupants if o.seat == seat)


def body_of(matter: Matter, edition: Kind, step: Step, occupants: Iterable[Occupant]) -> dict[str, Any]:
    """The event's body: the step, where it happened, who holds it now, and what the public face and figures need."""
    configuration = step.configuration
    due_at, _ = lights_of(configuration)
    seat, party = held_by(matter, configuration)
    return step.body() | {
        "number": matter.number,
        "kind": edition.name,
        "edition": edition.pk,
        "place": matter.place_id,
        "path": matter.path,
        "held_by": _holder(seat, party, occupants),
        "due_at": _text(due_at),
        "ended_at": _text(configuration.ended_at),
        "outcome": outcome_of(matter, step),
        "followers": configuration.count("follow"),
        "rating": matter.rating,
    }


def held_by(matter: Matter, configuration: Configuration) -> tuple[int | None, int | None]:
    """(seat, party) that has to act now: one of them, or neither at an end or where no seat was ever made."""
    match configuration.holder:
        case Seat(_, seat):
            return seat, None
        case Role(_):
            return None, matter.reporter_id
        case _:
            return None, None


def lights_of(configuration: Configuration) -> tuple[datetime | None, datetime | None]:
    """(due, yellow): the earlier of the two clocks that run, for one light is shown for both."""
    if configuration.ended_at:
        return None, None
    clocks = [configuration.clock, None if configuration.resting else configuration.overall]
    running = [clock for clock in clocks if clock]
    return min((c.due_at for c in running), default=None), min((c.yellow_at for c in running), default=None)


def outcome_of(matter: Matter, step: Step) -> str:
    """The outcome while the matter is at an end, nothing while it is open."""
    if not step.configuration.ended_at:
        return ""
    return step.outcome or matter.outcome


def take_up_photos(matter: Matter, event: Event, photos: Sequence[UUID], by: Actor) -> None:
    """Attach uploads to the event that shows them: only one's own, and each only once."""
    if not photos:
        return
    free = Photo.objects.filter(id__in=photos, uploaded_by_id=by.party, matter=None)
    if free.update(matter_id=matter.pk, event_id=event.id) < len(set(photos)):
        raise Refusal("photo.unknown")


def _holder(seat: int | None, party: int | None, occupants: Iterable[Occupant]) -> dict[str, Any] | None:
    """A seat with the parties who fill it, who keep seeing the matter; or the party itself; or nobody."""
    if seat:
        return {"seat": seat, "parties": [o.party for o in holders_of(seat, occupants) if o.party is not None]}
    return {"party": party} if party else None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
