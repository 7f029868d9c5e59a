"""Commands: the only way in which anything changes. One durable transaction each, on behalf of one actor."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from linli.kernel import seal
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.models import Done, Event
from linli.kernel.refusal import Conflict
from linli.kernel.scope import scope

_ENVELOPE = ("by", "at", "cause", "key")
_commands: dict[str, Callable[..., Event]] = {}


def command(name: str, *, wide: bool = False) -> Callable[[Callable[..., Event]], Callable[..., Event]]:
    """Register a function as the command `organ.verb`. A `wide` one sees what its actor may not (a neighbour follows
    a matter without reading it): it must check by itself what the actor may do.

    It must take `by`, `at`, `cause` and `key`, all arguments by keyword, and return the event that it recorded. Run
    again with the same key by the same actor it does nothing and returns the first event; with the same key and other
    content it is refused: Conflict("key_reused").
    """

    def register(function: Callable[..., Event]) -> Callable[..., Event]:
        parameters = inspect.signature(function).parameters
        if any(p.kind is not p.KEYWORD_ONLY for p in parameters.values()) or not set(_ENVELOPE) <= set(parameters):
            raise TypeError(f"{name}: a command takes by, at, cause and key, and everything by keyword")

        @functools.wraps(function)
        def run(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, **content: Any) -> Event:
            if key is None:
                with scope(SYSTEM if wide else by):
                    return function(by=by, at=at, cause=cause, key=None, **content)
            return _once(name, function, SYSTEM if wide else by, by=by, at=at, cause=cause, key=key, content=content)

        _commands[name] = run
        return run

    return register


def named(name: str) -> Callable[..., Event]:
    """The command of this name, for policies, which know commands by name only."""
    return _commands[name]


def registered() -> dict[str, Callable[..., Event]]:
    return dict(_commands)


def _once(
    name: str,
    function: Callable[..., Event],
    reach: Actor,
    *,
    by: Actor,
    at: datetime,
    cause: str | None,
    key: str,
    content: dict[str, Any],
) -> Event:
    """Run under a key. Two at once: the slower fails on the key or on the version, looks again and finds the first."""
    asked = seal.digest(b"", seal.canonical({"command": name, "content": _plain(content)}))
    for last_try in (False, True):
        try:
            with scope(reach):
                done = Done.objects.select_related("event").filter(actor=by.ref, key=key).first()
                if done is not None:
                    if bytes(done.digest) != asked:
                        raise Conflict("key_reused")
                    return done.event
                event = function(by=by, at=at, cause=cause, key=key, **content)
                Done.objects.create(actor=by.ref, key=key, digest=asked, event=event, at=at)
                return event
        except (IntegrityError, Conflict) as error:
            if last_try or getattr(error, "code", "") == "key_reused":
                raise
    raise AssertionError("unreachable")


def _plain(value: Any) -> Any:
    """Arguments as canonical text can hold them."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
