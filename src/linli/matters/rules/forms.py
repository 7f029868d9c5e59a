"""What somebody filled in, checked against a form and sorted by what may stand in an event and what may not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from linli.kernel.refusal import Refusal
from linli.matters.rules.facts import Given
from linli.matters.schema import GIVEN, AnyField, ChoiceField, DateField, ImageField, Move, NumberField, TextField

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # no text of PostgreSQL, and no UTF-8
_LARGEST = 10**15  # what every reader of JSON still knows exactly


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that is filled in properly: `texts` are erasable words, `photos` ids of pictures, `values` the scalars,
    which may stand in an event. Fields left empty are in none of them."""

    texts: Mapping[str, str] = field(default_factory=dict)
    photos: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def given(self) -> dict[str, Given]:
        """For `Facts.gives`: scalars as they are, of texts and photos only that they are there."""
        return {**dict.fromkeys(self.texts, True), **dict.fromkeys(self.photos, True), **self.values}


def fill(form: Mapping[str, AnyField], given: Mapping[str, Any]) -> Filled | Refusal:
    """Check what was filled in. Texts are trimmed; empty text, no photos and None all mean: left empty."""
    texts: dict[str, str] = {}
    photos: dict[str, tuple[str, ...]] = {}
    values: dict[str, str | int | float] = {}
    for name in given:
        if name not in form:
            return Refusal("matters.unknown_field", field=name)
    for name, asked in form.items():
        value = _read(name, asked, given.get(name))
        if isinstance(value, Refusal):
            return value
        if value is None or value in ("", ()):
            if asked.required:
                return Refusal("matters.missing_note" if name == "note" else "matters.missing_field", field=name)
        elif isinstance(value, tuple):
            photos[name] = value
        elif isinstance(asked, TextField):
            texts[name] = str(value)
        else:
            values[name] = value
    return Filled(texts, photos, values)


def form_of(move: Move) -> dict[str, AnyField]:
    """The form that comes with a move. The seat of a `to: given` move is not in it: that one is chosen, not filled."""
    return {name: GIVEN[name].model_copy(update={"required": need == "required"}) for name, need in move.gives.items()}


Value = str | int | float | tuple[str, ...] | None


def _read(name: str, asked: AnyField, value: Any) -> Value | Refusal:
    if value is None:
        return None
    if isinstance(asked, TextField):
        return _text(name, asked, value)
    if isinstance(asked, ImageField):
        return _images(name, asked, value)
    if isinstance(asked, ChoiceField):
        known = value in ("", *asked.of)
        return str(value) if known else Refusal("matters.unknown_choice", field=name, known=list(asked.of))
    return _date(name, value) if isinstance(asked, DateField) else _number(name, asked, value)


def _text(name: str, asked: TextField, value: Any) -> str | Refusal:
    if not isinstance(value, str) or _UNWRITABLE.search(value):
        return Refusal("matters.not_text", field=name)
    value = value.strip()
    return value if len(value) <= asked.max else Refusal("matters.text_too_long", field=name, most=asked.max)


def _images(name: str, asked: ImageField, value: Any) -> tuple[str, ...] | Refusal:
    if not isinstance(value, list | tuple) or not all(isinstance(photo, str) for photo in value):
        return Refusal("matters.not_photos", field=name)
    photos = tuple(dict.fromkeys(value))
    return photos if len(photos) <= asked.max else Refusal("matters.too_many_photos", field=name, most=asked.max)


def _number(name: str, asked: NumberField, value: Any) -> int | float | str | Refusal:
    """A number as JSON keeps it; `rating` has words of its own."""
    if value == "":
        return ""
    code = "matters.rating_range" if name == "rating" else "matters.number_range"
    no = Refusal(code, field=name, least=_plain(asked.min), most=_plain(asked.max))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return no
    if isinstance(value, bool) or not number.is_finite() or abs(number) > _LARGEST:
        return no
    if asked.whole and number != int(number):
        return no
    if (asked.min is not None and number < asked.min) or (asked.max is not None and number > asked.max):
        return no
    return int(number) if asked.whole else float(number)


def _date(name: str, value: Any) -> str | Refusal:
    if value == "":
        return ""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return Refusal("matters.not_a_date", field=name)


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)
