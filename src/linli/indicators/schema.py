"""The section `measures` of a method: what is counted, and of what share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z][a-z_]*){2}$")]


class Measure(BaseModel):
    """A measure counts the events `of` which the fields are as `where` says: a scalar equal, a list any of.

    `share` names a field of the event that is true or false: the measure is then the share of those in which it is
    true. `by` says how it may be broken down; a measure without `post` is not shown by post.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: EventName
    where: dict[MeasureName, str | tuple[str, ...]] = {}
    share: MeasureName | None = None
    by: tuple[Literal["place", "post", "day"], ...] = Field(default=("place", "day"), min_length=1)


Measures = TypeAdapter(dict[MeasureName, Measure])
