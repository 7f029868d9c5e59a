"""What the relay keeps beside matters: their public face, and what search looks for."""

from linli.kernel.consumers import projection
from linli.kernel.models import Event
from linli.matters.models import Note, PublicMatter, Token
from linli.matters.rules.search import tokens_of


def _clear() -> None:
    PublicMatter.objects.all().delete()


@projection("matters.public", listens=("matters.matter.opened", "matters.matter.moved"), clears=_clear)
def publish(event: Event) -> None:
    """Follow a matter's public face: its state, its times and how many share it; no words, no persons."""
    body = event.body
    matter_id = int(event.subject.partition(":")[2])
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


def _clear_tokens() -> None:
    Token.objects.all().delete()


@projection("matters.search", listens=("matters.matter.opened",), clears=_clear_tokens)
def index(event: Event) -> None:
    """What a report says, cut into what search looks for. Erased words leave nothing to find."""
    matter_id = int(event.subject.partition(":")[2])
    said = Note.objects.filter(event_id=event.id, text__isnull=False).values_list("text", flat=True)
    found = set().union(*(tokens_of(text) for text in said if text))
    Token.objects.bulk_create(Token(token=token, matter_id=matter_id) for token in sorted(found))
