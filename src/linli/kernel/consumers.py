"""Who listens to which events: projections, which count exactly once, and policies, which act at least once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linli.kernel.models import Event


@dataclass(frozen=True, slots=True)
class Projection:
    """`apply` runs in the transaction that marks the delivery as done; `clear` empties its tables for a replay."""

    name: str
    listens: frozenset[str]
    apply: Callable[[Event], None]
    clear: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Policy:
    """`act` runs outside any transaction and issues commands keyed by the event, so that twice is once."""

    name: str
    listens: frozenset[str]
    act: Callable[[Event], None]


_consumers: dict[str, Projection | Policy] = {}


def projection(
    name: str, *, listens: Iterable[str], clears: Callable[[], None]
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function as a projection of the named events."""

    def register(apply: Callable[[Event], None]) -> Callable[[Event], None]:
        _consumers[name] = Projection(name, frozenset(listens), apply, clears)
        return apply

    return register


def policy(name: str, *, listens: Iterable[str]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function that answers the named events with commands."""

    def register(act: Callable[[Event], None]) -> Callable[[Event], None]:
        _consumers[name] = Policy(name, frozenset(listens), act)
        return act

    return register


def listening(event_name: str) -> list[str]:
    return [consumer.name for consumer in _consumers.values() if event_name in consumer.listens]


def registered() -> list[Projection | Policy]:
    return list(_consumers.values())
