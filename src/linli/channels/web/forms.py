"""Forms: drawn from the fields of a kind or a move, read back from what was sent, and given back when refused.

Nothing that somebody entered is lost by a refusal: texts come back, and photos that came with the form are kept as
uploads, whose ids the form carries from then on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.urls import reverse

from linli.channels.web.visitor import actor, language, moment
from linli.kernel.refusal import Refusal
from linli.kernel.words import say
from linli.matters.commands import upload_photo
from linli.matters.photos import MAX_BYTES
from linli.matters.schema import AnyField, ChoiceField, DateField, ImageField, NumberField, TextField
from linli.matters.wording import Wording

SEAT = "seat"  # the field in which somebody chooses to whom a matter is handed over
LONG = 200  # characters: more than that gets several lines
RATINGS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    icon: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    id: str
    thumb: str
    full: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as parts/form.html draws it."""

    kind: str
    name: str
    label: str
    required: bool = False
    hint: str = ""
    error: str = ""
    value: str = ""
    max: int | None = None
    least: str | None = None
    most: str | None = None
    unit: str = ""
    autocomplete: str = ""
    mode: str = ""
    choices: Sequence[Choice] = ()
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """What was sent in: `values` as the commands take them, `errors` by field for what could not even be read."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def fresh_key() -> str:
    """An idempotency key for a form: however often it is sent, it counts once."""
    return str(uuid4())


def photo(photo_id: str) -> Photo:
    return Photo(photo_id, reverse("web:photo_small", args=[photo_id]), reverse("web:photo", args=[photo_id]))


def draw(form: Mapping[str, AnyField], words: Wording, language: str, entered: Entered | None = None) -> list[Field]:
    """The fields of a form with what was entered so far."""
    entered = entered or Entered()
    return [
        _field(name, asked, words, language, entered.values.get(name), entered.errors.get(name, ""))
        for name, asked in form.items()
    ]


def read(request: HttpRequest, form: Mapping[str, AnyField]) -> Entered:
    """What was sent for the fields of a form. Photos that came with the form are uploaded now."""
    values = dict(carried(request, form))
    errors: dict[str, str] = {}
    for name, asked in form.items():
        if isinstance(asked, ImageField):
            ids, error = _uploaded(request, f"{name}_files")
            values[name] += ids
            errors |= {name: error} if error else {}
    return Entered(values, errors)


def carried(request: HttpRequest, form: Mapping[str, AnyField]) -> Iterator[tuple[str, Any]]:
    """What the form itself carried, files that came with it left aside: texts, choices, ids of photos."""
    for name, asked in form.items():
        if isinstance(asked, ImageField):
            yield name, [photo_id for photo_id in request.POST.getlist(name) if photo_id]
        else:
            yield name, request.POST.get(name, "").replace("\r\n", "\n")


def refused(entered: Entered, refusal: Refusal, fields: Mapping[str, Any], language: str) -> tuple[Entered, str]:
    """The same with the refusal at the field it is about, and the sentence for the head of the page."""
    sentence = say(f"refusal.{refusal.code}", language, **refusal.data)
    named = refusal.data.get("field") or (SEAT if refusal.code.endswith(("missing_seat", "seat_not_possible")) else "")
    if named not in fields:
        return entered, sentence
    return Entered(entered.values, {**entered.errors, named: sentence}), say("web.form.refused", language)


def whole_number(text: str | None) -> int | None:
    """A number in an address or a form, as far as the database knows such; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def _field(name: str, asked: AnyField, words: Wording, language: str, value: Any, error: str) -> Field:
    label, required = words.field(name), asked.required
    match asked:
        case ImageField():
            shown = [photo(photo_id) for photo_id in value or () if _is_id(photo_id)]
            return Field("image", name, label, required, error=error, max=asked.max, photos=shown)
        case ChoiceField():
            offered = [Choice(one, words.choice(name, one), chosen=one == value) for one in asked.of]
            return Field("choice", name, label, required, error=error, choices=offered)
        case NumberField() if name == "rating":
            stars = [Choice(str(n), say(f"web.rating.{n}", language), chosen=str(n) == value) for n in RATINGS]
            return Field("rating", name, label, required, error=error, choices=stars)
        case NumberField():
            least, most = (None if bound is None else str(bound) for bound in (asked.min, asked.max))
            return Field("number", name, label, required, error=error, value=value or "", least=least, most=most)
        case DateField():
            return Field("date", name, label, required, error=error, value=value or "")
        case TextField():
            kind = "text" if asked.max > LONG else "line"
            return Field(kind, name, label, required, error=error, value=value or "", max=asked.max)


def _uploaded(request: HttpRequest, name: str) -> tuple[list[str], str]:
    """Ids of the files that came with the form, uploaded now; and why the first of those was refused that were."""
    ids, error = [], ""
    for file in request.FILES.getlist(name):
        if not file.size:
            continue
        try:
            ids.append(str(upload_photo(by=actor(request), at=moment(request), data=file.read(MAX_BYTES + 1))))
        except Refusal as refusal:
            error = error or say(f"refusal.{refusal.code}", language(request), **refusal.data)
    return ids, error


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
