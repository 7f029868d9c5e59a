"""Commands: the only way in which anything changes. One durable transaction each, on behalf of one actor."""

import functools
import inspect
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.utils.crypto import salted_hmac

from linli.kernel import seal
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.models import Done, Event
from linli.kernel.refusal import Conflict, Refusal
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
        if name in _commands:
            raise TypeError(f"{name}: two commands of one name")

        @functools.wraps(function)
        def run(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, **content: Any) -> Event:
            asked = None if key is None else _Asked(by.ref, key, _digest(name, key, content))
            ask = functools.partial(function, by=by, at=at, cause=cause, key=key, **content)
            return _carry_out(ask, SYSTEM if wide else by, at, asked)

        _commands[name] = run
        return run

    return register


def named(name: str) -> Callable[..., Event]:
    """The command of this name, for policies, which know commands by name only."""
    return _commands[name]


def registered() -> dict[str, Callable[..., Event]]:
    return dict(_commands)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked under a key, without saying it."""

    actor: str
    key: str
    digest: bytes


def _carry_out(ask: Callable[[], Event], reach: Actor, at: datetime, asked: _Asked | None) -> Event:
    """Two at once: the slower fails on a constraint, on the version or on a rule. Was the faster one the very same
    command, its event is the answer; was it another, the checks of a second try speak of it in plain words."""
    try:
        return _attempt(ask, reach, at, asked)
    except Refusal:
        done = _done(asked)
        if done is None:
            raise
        return done
    except DatabaseError as error:
        if not _was_overtaken(error):
            raise
    return _attempt(ask, reach, at, asked)


def _attempt(ask: Callable[[], Event], reach: Actor, at: datetime, asked: _Asked | None) -> Event:
    with scope(reach):
        event = _done(asked)
        if event is None:
            event = ask()
            if asked is not None:
                Done.objects.create(actor=asked.actor, key=asked.key, digest=asked.digest, event=event, at=at)
        return event


def _done(asked: _Asked | None) -> Event | None:
    """The event that came of the same command, when it was carried out already."""
    if asked is None:
        return None
    done = Done.objects.select_related("event").filter(actor=asked.actor, key=asked.key).first()
    if done is None:
        return None
    if bytes(done.digest) != asked.digest:
        raise Conflict("key_reused")
    return done.event


def _was_overtaken(error: DatabaseError) -> bool:
    """Whether somebody else's transaction was in the way: a row that must be one is there, or each waited for the
    other."""
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", "") in ("40001", "40P01")


def _digest(name: str, key: str, content: dict[str, Any]) -> bytes:
    """What was asked, for comparison only. Under the installation's key: phones and names could be guessed else."""
    try:
        text = seal.canonical({"command": name, "key": key, "content": _plain(content)})
    except (ValueError, RecursionError):
        raise Refusal("unprintable") from None
    return salted_hmac("linli.kernel.command", text, algorithm="sha256").digest()


def _plain(value: Any) -> Any:
    """Arguments as canonical text can hold them."""
    match value:
        case None | bool() | int() | str():
            return value
        case bytes():
            return value.hex()
        case date():  # an instant is one too
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case AbstractSet():
            return sorted((_plain(item) for item in value), key=str)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)
