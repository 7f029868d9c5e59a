"""Who listens to which events: projections, which count exactly once, and policies, which act at least once.

A consumer is handed the events of one subject in their order; between subjects there is none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

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
    """`act` runs outside any transaction and issues commands keyed by the event, so that twice is once. They happen at
    the instant that it is given: when the relay comes to it, which may be long after the event."""

    name: str
    listens: frozenset[str]
    act: Callable[[Event, datetime], None]


_consumers: dict[str, Projection | Policy] = {}


def projection(
    name: str, *, listens: Iterable[str], clears: Callable[[], None]
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function as a projection of the named events."""

    def register(apply: Callable[[Event], None]) -> Callable[[Event], None]:
        _add(Projection(name, frozenset(listens), apply, clears))
        return apply

    return register


def policy(
    name: str, *, listens: Iterable[str]
) -> Callable[[Callable[[Event, datetime], None]], Callable[[Event, datetime], None]]:
    """Register a function that answers the named events with commands."""

    def register(act: Callable[[Event, datetime], None]) -> Callable[[Event, datetime], None]:
        _add(Policy(name, frozenset(listens), act))
        return act

    return register


def registered() -> list[Projection | Policy]:
    return list(_consumers.values())


def _add(consumer: Projection | Policy) -> None:
    if consumer.name in _consumers:
        raise TypeError(f"{consumer.name}: two consumers of one name")
    _consumers[consumer.name] = consumer
