"""The fields of a form: what a person is asked for when a matter is opened, or with a move."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from linli.matters.schema.values import Name, Section


class TextField(Section):
    """What somebody writes, `max` characters at most. It is erasable: events hold only a commitment to it."""

    kind: Literal["text"]
    required: bool = False
    max: int = Field(default=2000, ge=1, le=20000)


class ImageField(Section):
    """Photos, uploaded before; `max` of them at most."""

    kind: Literal["image"]
    required: bool = False
    max: int = Field(default=9, ge=1, le=50)


class ChoiceField(Section):
    """One of the names listed in `of`."""

    kind: Literal["choice"]
    required: bool = False
    of: tuple[Name, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.of)) < len(self.of):
            raise PydanticCustomError("choice_twice", "a choice is listed twice")
        return self


class NumberField(Section):
    """A number from `min` to `max`, both included; whole unless `whole: false`."""

    kind: Literal["number"]
    required: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    whole: bool = True

    @model_validator(mode="after")
    def _some_number_fits(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("empty_range", "min is above max", {"min": str(self.min), "max": str(self.max)})
        return self


class DateField(Section):
    """A day, as YYYY-MM-DD."""

    kind: Literal["date"]
    required: bool = False


AnyField = Annotated[TextField | ImageField | ChoiceField | NumberField | DateField, Field(discriminator="kind")]
Form = Mapping[str, AnyField]

GIVEN: Mapping[str, TextField | ImageField | NumberField] = MappingProxyType(
    {
        "note": TextField(kind="text", max=2000),
        "photos": ImageField(kind="image", max=9),
        "rating": NumberField(kind="number", min=Decimal(1), max=Decimal(5)),
        "right_office": TextField(kind="text", max=200),
    }
)
"""What a move may ask for, by name. A kind says only which of them, and whether they are required."""
