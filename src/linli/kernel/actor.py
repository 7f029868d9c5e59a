"""Who acts: a person with the posts that they fill at this moment, or one of the machine's own roles."""

from dataclasses import dataclass

ROLES = frozenset({"person", "clock", "policy", "system", "nobody"})
_MACHINE = frozenset({"clock", "policy", "system"})  # roles that reach every place


@dataclass(frozen=True, slots=True)
class Post:
    """A post that the actor fills now, in person or as a substitute.

    `low` and `high` bound the internal path of the place, high excluded: what lies between is in reach.
    """

    seat: int
    name: str
    place: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a command or a query runs. `role` is person, clock, policy, system or nobody."""

    role: str
    party: int | None = None
    posts: tuple[Post, ...] = ()
    language: str = "zh"

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"no such role: {self.role}")

    @property
    def ref(self) -> str:
        """How events and idempotency keys name the actor: an id, never a person's name."""
        return f"party:{self.party}" if self.party is not None else self.role

    @property
    def reach(self) -> str:
        """The paths in reach, as the text of a PostgreSQL int8multirange."""
        if self.role in _MACHINE:
            return "{(,)}"
        return "{" + ",".join(f"[{post.low},{post.high})" for post in self.posts) + "}"

    @property
    def seats(self) -> frozenset[int]:
        return frozenset(post.seat for post in self.posts)

    def has_post(self, *names: str) -> bool:
        return any(post.name in names for post in self.posts)

    def reaches(self, path: int) -> bool:
        """Whether a place with this internal path lies below one of the actor's posts."""
        return self.role in _MACHINE or any(post.low <= path < post.high for post in self.posts)


NOBODY = Actor("nobody")
CLOCK = Actor("clock")
POLICY = Actor("policy")
SYSTEM = Actor("system")
