"""What the values of a kind are made of: names, spans of time, one or several."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, PlainValidator, StringConstraints
from pydantic import WithJsonSchema as JsonSchema
from pydantic_core import PydanticCustomError

from linli.kernel.quantity import Duration


class Section(BaseModel):
    """A part of a method package: never changed after it was read, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _span(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise PydanticCustomError("duration", "{why}", {"why": str(error)}) from None


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Several = Annotated[tuple[Name, ...], BeforeValidator(_several)]
Span = Annotated[
    Duration,
    PlainValidator(_span),
    PlainSerializer(str),
    JsonSchema({"type": "string", "examples": ["4 working hours", "15 working days", "30 days"]}),
]
