"""What can be raised here, and what each kind asks for."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from linli.channels.api.problems import answers
from linli.channels.api.security import Bearer, language
from linli.matters.queries import current_kinds
from linli.matters.situation import rules_of
from linli.matters.wording import kind_words

router = Router(tags=["kinds"], auth=Bearer())


class FieldOut(Schema):
    """One field of a form. `choices` are the values of a choice with their words."""

    name: str
    label: str
    kind: str
    required: bool
    max: int | None = None
    choices: dict[str, str] | None = None


class KindOut(Schema):
    kind: str
    method: str
    version: str
    title: str
    form: list[FieldOut]


@router.get("/kinds", response=answers(200, list[KindOut]), summary="The kinds of matters and their forms")
def kinds(request: HttpRequest) -> list[KindOut]:
    shown = []
    for kind in current_kinds():
        words = kind_words(kind, language(request))
        fields = [_field(name, field, words) for name, field in rules_of(kind.pk).form.items()]
        shown.append(KindOut(kind=kind.name, method=kind.method, version=kind.release, title=words.kind(), form=fields))
    return shown


def _field(name: str, field: Any, words: Any) -> FieldOut:
    choices = {value: words.choice(name, value) for value in field.of} if field.kind == "choice" else None
    most = field.max if field.kind in ("text", "image") else None
    return FieldOut(
        name=name, label=words.field(name), kind=field.kind, required=field.required, max=most, choices=choices
    )
