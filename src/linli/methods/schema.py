"""The sections that belong to methods themselves: the head of a package, its inputs, its policies."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from linli.kernel.quantity import Duration

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z][a-z_]*){2}$")]
CommandName = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z][a-z_]*$")]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(Section):
    """Which method this is. `method` is author/name, as its folder; `practices` the codes of what it puts to work."""

    method: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}/[a-z][a-z0-9-]{0,39}$")]
    version: Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}$")]
    practices: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z][1-9]\d?$")], ...] = ()


class InputDeclaration(Section):
    """What a place fills in when it adopts the method: a duration, a number (`min` to `max`), one of `of`, a text."""

    kind: Literal["duration", "number", "choice", "text"]
    default: str
    min: Decimal | None = None
    max: Decimal | None = None
    of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        why = self.misfit(self.default)
        if why:
            raise PydanticCustomError(why, why, {"value": self.default})
        return self

    def misfit(self, value: str) -> str | None:
        """Why `value` is not one that may be filled in: the code of the fault; None if it is."""
        if self.kind == "duration":
            return None if _is_duration(value) else "input_no_duration"
        if self.kind == "choice":
            return None if value in self.of else "input_not_offered"
        return "input_out_of_range" if self.kind == "number" and not self._in_range(value) else None

    def _in_range(self, value: str) -> bool:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return False
        least, most = self.min, self.max
        return number.is_finite() and (least is None or number >= least) and (most is None or number <= most)


class Policy(Section):
    """`when` an event happens `where` its fields are so, `do` a command and `give` it this: `$` paths reach the event.

    `once: matter` does it once for each matter, however often the event comes again.
    """

    when: EventName
    where: dict[Name, str | tuple[str, ...]] = {}
    once: Literal["matter"] | None = None
    do: CommandName
    give: dict[Name, str] = {}


Inputs = TypeAdapter(dict[Name, InputDeclaration])
Policies = TypeAdapter(Annotated[tuple[Policy, ...], Field(max_length=100)])


def _is_duration(value: str) -> bool:
    try:
        Duration.parse(value)
    except ValueError:
        return False
    return True
