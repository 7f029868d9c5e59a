"""Events say what happened by ids, kinds and numbers. Names, phones and words of people are never part of them."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from linli.kernel.actor import SYSTEM
from linli.kernel.event import PERSONAL, record
from linli.kernel.models import Event, WorkingCalendar
from linli.kernel.scope import scope
from tests.kernel.lamps import AT

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
NAME = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
FIELD = re.compile(r"[{,]\s*(\w+)")
LIST_OF_WORDS = re.compile(r"\[[\w, ]*\]")  # such as [name, phone]: which fields, not what they hold
DESCRIBED = re.compile(r'^[A-Z_]+ = "([^"]+)"\n"""(.*?)"""', re.M | re.S)


def misnamed(events: dict[str, str]) -> list[str]:
    """Names of events that are not `organ.noun.past`."""
    return [name for name in events if not NAME.fullmatch(name)]


def personal(events: dict[str, str]) -> list[str]:
    """Events whose described body holds what an event must not."""
    fields = {name: FIELD.findall(LIST_OF_WORDS.sub("", body)) for name, body in events.items()}
    return [f"{name}: {field}" for name, said in fields.items() for field in said if field in PERSONAL]


def test_the_events_of_the_house_are_named_by_what_has_happened() -> None:
    assert misnamed(_described()) == []


def test_the_events_of_the_house_describe_no_personal_field() -> None:
    assert personal(_described()) == []


@pytest.mark.parametrize(
    ("good", "bad"), [("lamps.lamp.hung", "lamps.hang"), ("lamps.post_lamp.switched_on", "Lamps.Lamp.hung")]
)
def test_the_law_tells_good_names_from_bad(good: str, bad: str) -> None:
    assert misnamed({good: "", bad: ""}) == [bad]


def test_the_law_tells_good_bodies_from_bad() -> None:
    events = {
        "lamps.lamp.hung": "{place, by: party or null, fields: [name, phone]}",
        "lamps.lamp.given": "{party, name, at: {phone}}",
    }
    assert personal(events) == ["lamps.lamp.given: name", "lamps.lamp.given: phone"]


@pytest.mark.parametrize(
    "body", [{"name": "x"}, {"party": 7, "who": {"phone": "x"}}, {"moved": [{"place": 1}, {"place": 2, "note": "x"}]}]
)
def test_no_event_with_personal_fields_is_ever_recorded(empty_district: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="personal"):
        _record(body)
    assert not Event.objects.exists()


def test_ids_kinds_and_numbers_are_recorded(empty_district: str) -> None:
    _record({"party": 7, "kind": "report", "renamed": [1, 2], "undone": {"commitments": {"note": "5f1c"}}})
    assert Event.objects.count() == 1


def _record(body: dict[str, Any]) -> None:
    with scope(SYSTEM):
        calendar = WorkingCalendar(hours=[], announced=[])
        record(calendar, "kernel.calendar.announced", by="system", at=AT, cause=None, body=body, changes={})


def _described() -> dict[str, str]:
    """Every event that a room's events.py names, with its body as the sentence below it describes it."""
    found = dict(event for path in SOURCE.glob("*/events.py") for event in _of(path))
    assert found
    return found


def _of(path: Path) -> Iterator[tuple[str, str]]:
    module = import_module(f"linli.{path.parent.name}.events")
    described = dict(DESCRIBED.findall(path.read_text()))
    for constant, name in vars(module).items():
        if constant.isupper() and isinstance(name, str):
            yield name, described.get(name, "")
