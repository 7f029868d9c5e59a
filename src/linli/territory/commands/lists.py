"""Importing lists of grids, buildings, entrances and dwellings: one event, however many places."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.territory import events
from linli.territory.arrangement import ORDER, Arrangement, Node, PlaceRow, arrange
from linli.territory.commands import tree
from linli.territory.queries import standing
from linli.territory.rules import Level


@command("territory.import_places")
def import_places(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    rows: Sequence[PlaceRow],
    on: date,
    source: str = "",
    keep_good: bool = False,
) -> Event:
    """Write a list of places into the tree, from the date `on`; see arrangement.py for how rows find their places.

    With rows at fault: Refusal("territory.rows_at_fault", count), or with `keep_good` the others are written. The
    same list again changes nothing. Refusals: territory.too_early, territory.full.
    """
    tree.may_arrange(by)
    root = tree.locked_root()
    arrangement = plan_import(rows)
    if arrangement.faults and not keep_good:
        raise Refusal("territory.rows_at_fault", count=len({(f.sheet, f.row) for f in arrangement.faults}))
    _plant(arrangement.new, on)
    tree.recode({_id(node): node.code or "" for node in arrangement.coded}, on)
    tree.rename({_id(node): node.name for node in arrangement.renamed}, on)
    tree.reshape({_id(node): node.shape or b"" for node in arrangement.reshaped}, on)
    tree.locate({_id(node): (node.lon or 0.0, node.lat or 0.0) for node in arrangement.located})
    moved: list[dict[str, Any]] = []
    for level in ORDER:
        going = {_id(n): _id(n.parent) for n in arrangement.moved if n.level == level and n.parent is not None}
        moved += tree.move(going, on)
    return record(
        root, events.PLACES_IMPORTED, by=by.ref, at=at, cause=cause,
        body={
            "on": on.isoformat(),
            "source": source,
            "new": dict(Counter(node.level for node in arrangement.new)),
            "changed": arrangement.changed,
            "moved": moved,
            "unchanged": arrangement.unchanged,
            "left_out": len(arrangement.faults),
        },
        changes={},
    )  # fmt: skip


def plan_import(rows: Sequence[PlaceRow]) -> Arrangement:
    """What a list would change, and every fault of its rows; nothing is written."""
    reaches_down = any(row.level is Level.DWELLING for row in rows)
    return arrange(standing(with_dwellings=reaches_down), rows)


def _plant(nodes: Sequence[Node], on: date) -> None:
    ids = tree.ids(len(nodes))
    for node in nodes:
        node.place = next(ids)
    tree.plant(
        [
            tree.Seedling(
                id=_id(node),
                level=Level(node.level),
                kind=node.level,
                name=node.name,
                parent=_id(node.parent),
                code=node.code,
                lon=node.lon,
                lat=node.lat,
                shape=node.shape,
            )
            for node in nodes
        ],
        on,
    )


def _id(node: Node | None) -> int:
    assert node is not None and node.place is not None
    return node.place
