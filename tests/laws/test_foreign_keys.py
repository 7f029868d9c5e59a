"""Foreign keys point downwards: to the same room or a lower floor, never up, never to a sibling."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
Edge = tuple[str, str, str]  # the field, its room, the room that it points to


def pointing_wrongly(edges: list[Edge]) -> list[str]:
    """Foreign keys to an upper floor or to a sibling."""
    floors = _floors()
    return [
        f"{field}: from {source} to {target}"
        for field, source, target in edges
        if source != target and floors[target] >= floors[source]
    ]


def test_the_foreign_keys_of_the_house_point_downwards() -> None:
    edges = [
        (f"{model._meta.label}.{field.name}", _room(model), _room(field.related_model))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and model.__module__.startswith("linli.")
    ]
    assert len(edges) > 10
    assert pointing_wrongly(edges) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (("Matter.reporter", "matters", "people"), ("Party.matter", "people", "matters")),
        (("Note.matter", "matters", "matters"), ("Tally.matter", "indicators", "matters")),
        (("Place.parent", "territory", "territory"), ("Event.place", "kernel", "territory")),
    ],
)
def test_the_law_tells_good_from_bad(good: Edge, bad: Edge) -> None:
    assert pointing_wrongly([good]) == []
    assert len(pointing_wrongly([bad])) == 1


def _floors() -> dict[str, int]:
    """The height of every room, as the contract of the imports has it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["containers"] == ["linli"]]
    return {room: height for height, layer in enumerate(reversed(layers)) for room in re.findall(r"\w+", layer)}


def _room(model: object) -> str:
    module = getattr(model, "__module__", "")
    assert module.startswith("linli."), f"{model} is not ours"
    return str(module.split(".")[1])
