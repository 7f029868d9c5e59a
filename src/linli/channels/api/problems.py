"""What the API answers when it says no: always JSON with a code and a sentence."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

ALWAYS = frozenset({400, 401, 404, 422, 429, 503})
"""400 what cannot be read at all, 401 not signed in, 404 not there (or not for you to know of), 422 not as asked for,
429 too often (Retry-After), 503 the database is away (Retry-After; nothing was half done, send it again)."""

CHANGING = ALWAYS | {403, 409}
"""For what changes something: 403 not yours to do, 409 somebody was faster or the key was used for something else."""


class Problem(Schema):
    """`code` is for programs, `message` for people, in the language of Accept-Language. More may stand beside them."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(examples=["stale"])
    message: str
    version: int | None = Field(None, description="409: the version that stands now")
    seconds: int | None = Field(None, description="429: how long to wait")
    faults: list[dict[str, str]] | None = Field(None, description="422: where, and why")


def answers(status: int, schema: Any, problems: frozenset[int] = ALWAYS) -> Mapping[Any, Any]:
    """What an operation answers, for its documentation and its checks."""
    return {status: schema, problems: Problem}
