"""What the relay keeps beside matters: their public face, who held them, and what search looks for."""

from typing import Any

from django.db import connection

from linli.kernel.consumers import projection
from linli.kernel.models import Event
from linli.matters.models import Note, PublicMatter, Reader, Token
from linli.matters.rules.search import tokens_of


def _clear() -> None:
    PublicMatter.objects.all().delete()


@projection(
    "matters.public",
    listens=("matters.matter.opened", "matters.matter.moved", "matters.matter.reckoned"),
    clears=_clear,
)
def publish(event: Event) -> None:
    """Follow a matter's public face: its state, its times and how many share it; no words, no persons."""
    body = event.body
    matter_id = _matter(event)
    face = {
        "state": body["to"],
        "due_at": body["due_at"],
        "ended_at": body["ended_at"],
        "outcome": body["outcome"],
        "followers": body["followers"],
        "rating": body["rating"],
    }
    if event.name == "matters.matter.opened":
        PublicMatter.objects.create(
            matter_id=matter_id,
            number=body["number"],
            kind_id=body["edition"],
            topic=body["topic"],
            place_id=body["public_place"],
            path=body["public_path"],
            opened_at=event.at,
            **face,
        )
    else:
        PublicMatter.objects.filter(matter_id=matter_id).update(**face)


def _clear_readers() -> None:
    Reader.objects.all().delete()


@projection(
    "matters.readers",
    listens=("matters.matter.opened", "matters.matter.moved", "matters.matter.reseated"),
    clears=_clear_readers,
)
def remember(event: Event) -> None:
    """Whoever fills the seat that gets the matter keeps seeing it when it has gone on; and so does whoever moved it,
    who may have come into the seat later."""
    parties = set((event.body["held_by"] or {}).get("parties", ()))
    kind, _, number = event.by.partition(":")
    if kind == "party" and event.name == "matters.matter.moved" and event.body["move"] != "follow":
        parties.add(int(number))
    _insert_each("matters_reader (matter_id, party_id)", "bigint", _matter(event), sorted(parties))


def _clear_tokens() -> None:
    Token.objects.all().delete()


@projection("matters.search", listens=("matters.matter.opened",), clears=_clear_tokens)
def index(event: Event) -> None:
    """What a report says, cut into what search looks for. Erased words leave nothing to find."""
    said = Note.objects.filter(event_id=event.id, text__isnull=False).values_list("text", flat=True)
    found = set().union(*(tokens_of(text) for text in said if text))
    _insert_each("matters_token (matter_id, token)", "text", _matter(event), sorted(found))


def _matter(event: Event) -> int:
    return int(event.subject.partition(":")[2])


def _insert_each(table: str, kind: str, matter: int, values: list[Any]) -> None:
    """A row for each value, in one statement; those that are there stay."""
    if values:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} SELECT %s::bigint, unnest(%s::{kind}[]) ON CONFLICT DO NOTHING", [matter, values]
            )
