"""Opening a matter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from linli.kernel import holidays
from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Unauthenticated
from linli.matters.commands.writing import accepted, body_of, columns_of, holders_of, photo_ids, take_up_photos
from linli.matters.models import Kind, Matter
from linli.matters.queries import current_kind
from linli.matters.rules import Doer, Facts, begin, fill
from linli.matters.situation import Situation, rules_of, situation


@command("matters.open")
def open_matter(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    kind: str,
    place: int,
    form: Mapping[str, Any],
) -> Event:
    """Raise a matter of a kind at a place. `form` is filled in as the kind asks; photos are ids of uploads.

    Recorded as `matters.matter.opened`. Refused: whom the kind does not let open (403), an unknown kind or place
    (404), a form that is not filled in as asked (422).
    """
    if by.party is None:
        raise Unauthenticated("sign_in_first")
    edition = current_kind(kind)
    rules = rules_of(edition.pk)
    around = situation(place, at)
    filled = accepted(fill(rules.form, form))
    facts = Facts(
        calendar=holidays.calendar(),
        ladder=around.ladder(rules),
        doer=Doer.of(by, around.place.path, frozenset({"resident"})),
        reporter=by.party,
    )
    step = accepted(begin(rules, facts, at))
    matter = _new_matter(edition, around, by.party, str(filled.values.get("topic", "")), at)
    photos = photo_ids(filled)
    body = body_of(matter, edition, step, around.occupants) | {
        "reporter": by.party,
        "topic": matter.topic,
        "public_place": around.public_place.pk,
        "public_path": around.public_place.path,
        "form": dict(filled.values),
        "photos": [str(photo) for photo in photos],
    }
    event = record(
        matter, "matters.matter.opened", by=by.ref, at=at, cause=cause, body=body,
        changes=columns_of(matter, step), texts=filled.texts,
    )  # fmt: skip
    take_up_photos(matter, event, photos, by)
    event.aside = holders_of(matter.seat_id, around.occupants)
    return event


def _new_matter(edition: Kind, around: Situation, reporter: int, topic: str, at: datetime) -> Matter:
    number = new_id(Matter)
    day = at.astimezone(holidays.zone()).strftime("%Y%m%d")
    return Matter(
        id=number,
        number=f"{day}-{number:05d}",
        kind=edition,
        place=around.place,
        path=around.place.path,
        reporter_id=reporter,
        topic=topic,
        opened_at=at,
    )
