"""Everything that changes is a command: by whom, at which instant, for what cause, under which key."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from linli.kernel.command import registered

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
NAME = re.compile(r"([a-z]+)\.[a-z]+(_[a-z]+)*")
ENVELOPE = {"by": "Actor", "at": "datetime", "cause": "str | None", "key": "str | None"}


def breaches(commands: dict[str, Callable[..., Any]]) -> list[str]:
    """What is wrong with commands: their name, where they live, what they take and give."""
    found = []
    for name, function in commands.items():
        room = function.__module__.split(".")[1]
        if not (named := NAME.fullmatch(name)) or named[1] != room:
            found.append(f"{name}: a command of {room} is called {room}.verb")
        signature = inspect.signature(function)
        types = {each.name: _written(each.annotation) for each in signature.parameters.values()}
        if {each: types.get(each) for each in ENVELOPE} != ENVELOPE:
            found.append(f"{name}: it takes by, at, cause and key")
        if any(each.kind is not each.KEYWORD_ONLY for each in signature.parameters.values()):
            found.append(f"{name}: everything by keyword")
        if _written(signature.return_annotation) != "Event":
            found.append(f"{name}: it gives the event that it recorded")
    return found


def test_every_command_of_the_house_keeps_the_law() -> None:
    for path in SOURCE.rglob("commands*"):
        if path.suffix in ("", ".py"):
            import_module(".".join(("linli", *path.relative_to(SOURCE).with_suffix("").parts)))
    ours = {name: function for name, function in registered().items() if function.__module__.startswith("linli.")}
    assert len(ours) > 10
    assert breaches(ours) == []


def test_the_law_tells_good_from_bad() -> None:
    good = "def hang(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None) -> Event: 0"
    assert breaches({"lamps.hang": _function(good)}) == []
    assert breaches({"lamps.hang_up": _function(good)}) == []
    for name, change in {
        "lamps.Hang": ("", ""),
        "walks.hang": ("", ""),
        "lamps.light": ("cause: str | None = None, ", ""),
        "lamps.switch": ("key: str | None = None", "key: int = 0"),
        "lamps.turn": ("*, by: Actor", "by: Actor, *"),
        "lamps.give": ("-> Event", "-> None"),
    }.items():
        assert len(breaches({name: _function(good.replace(*change))})) == 1, name


def _function(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {
        "Actor": "Actor",
        "datetime": "datetime",
        "Event": "Event",
        "__name__": "linli.lamps.commands",
    }
    exec(source, names)
    function: Callable[..., Any] = names["hang"]
    return function


def _written(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
