"""Refusals: the one way in which the platform says no. A channel turns them into a 4xx and a sentence."""

from typing import Any


class Refusal(Exception):
    """What was asked cannot be done. `code` names the sentence (`refusal.<code>` in the words), `data` fills it in.

    Data holds ids, numbers and names of posts or moves, never personal data: it may end in a log.
    """

    status = 422

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.data) == (other.code, other.data)

    def __hash__(self) -> int:
        return hash(self.code)


class Unauthenticated(Refusal):
    status = 401


class Forbidden(Refusal):
    status = 403


class Missing(Refusal):
    """It is not there, or not for this actor to know of: the two are told apart to nobody."""

    status = 404


class Conflict(Refusal):
    """Somebody was faster; `data["version"]` is what stands now, where there is a version."""

    status = 409


class TooLarge(Refusal):
    """More than is taken in at once; `data["limit_mb"]` is how much that is."""

    status = 413


class TooMany(Refusal):
    """Asked too often; `data["seconds"]` is how long to wait."""

    status = 429


class Unavailable(Refusal):
    status = 503
