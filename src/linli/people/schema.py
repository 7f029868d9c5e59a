"""The section `posts` of a method: which posts it works with, and at places of which level."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from linli.territory.rules import Level

PostName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class Post(BaseModel):
    """One post, for example `grid_worker: {at: grid, at_least: 1}`. Every scalar of a package is read as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Level
    at_least: int = Field(default=0, ge=0, le=99)


Posts = TypeAdapter(dict[PostName, Post])
