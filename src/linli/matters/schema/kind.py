"""A kind of matter: who may open it, who holds it in turn, what it asks for, and its way from start to end."""

from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from linli.matters.schema.checks import faults_in
from linli.matters.schema.form import AnyField
from linli.matters.schema.lifecycle import Move, Overall, State
from linli.matters.schema.values import Name, Section

_IN_ORDER = ("form", "states", "moves")


class Party(Section):
    """Somebody the matter is about or for. `else`: the post of the ladder that stands in when there is nobody."""

    source: Literal["opener"] = Field(alias="from")
    otherwise: Name = Field(alias="else")


class Kind(Section):
    """A kind of matter. `ladder` names, from below, the post that holds it on each rung."""

    opened_by: tuple[Name, ...] = Field(min_length=1)
    parties: dict[Name, Party]
    ladder: tuple[Name, ...] = Field(min_length=1)
    overall: Overall | None = None
    form: dict[Name, AnyField] = {}
    states: dict[Name, State] = Field(min_length=2)
    moves: dict[Name, Move] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        faults = [
            InitErrorDetails(type=PydanticCustomError(code, code, data), loc=loc, input=None)  # type: ignore[arg-type]
            for loc, code, data in faults_in(self)
        ]
        if faults:
            raise ValidationError.from_exception_data("Kind", faults)
        return self

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Read what `to_json` wrote. pydantic.ValidationError if it is no kind."""
        read = {name: dict(part) if name in _IN_ORDER else part for name, part in content.items()}
        for name, move in read.get("moves", {}).items():
            read["moves"][name] = {**move, "gives": dict(move.get("gives", ()))}
        return cls.model_validate(read)

    def to_json(self) -> dict[str, Any]:
        """The kind as plain JSON, inputs filled in: what a matter's edition keeps.

        What stands in an order that means something, stands in lists of pairs: a database need not keep it otherwise.
        """
        written = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for move in written["moves"].values():
            if "gives" in move:
                move["gives"] = _pairs(move["gives"])
        return {name: _pairs(part) if name in _IN_ORDER else part for name, part in written.items()}

    @cached_property
    def start(self) -> str:
        """The state in which a matter begins."""
        return next(name for name, state in self.states.items() if state.kind == "start")

    @cached_property
    def moves_from(self) -> dict[str, tuple[str, ...]]:
        """For each state the moves that leave it, in the order in which the kind lists them."""
        return {
            state: tuple(name for name, move in self.moves.items() if state in move.leaves) for state in self.states
        }

    def rung_of(self, post: str) -> int:
        """The rung of a post on the ladder, 0 for the lowest. ValueError if it is not on it."""
        return self.ladder.index(post)

    def held_by_office(self, state: str) -> bool:
        """Whether somebody on the organisation's side has to act: not a party, and not the end."""
        return self.states[state].held_by is not None and self.states[state].held_by not in self.parties


def _pairs(part: dict[str, Any]) -> list[list[Any]]:
    return [[name, content] for name, content in part.items()]
