"""Changing one place by hand."""

from datetime import date, datetime

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.territory import events
from linli.territory.commands import tree
from linli.territory.rules import Level, may_lie_in, path_range


@command("territory.rename_place")
def rename_place(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, place: int, name: str, on: date
) -> Event:
    """Call a place otherwise from `on`; what it was called before stays known. Refusals: territory.too_early."""
    tree.may_arrange(by)
    root, found = tree.locked_root(), tree.living(place)
    tree.rename({found.pk: name}, on)
    changes = {"name": name} if found.pk == root.pk else {}
    body = {"place": found.pk, "on": on.isoformat()}
    return record(root, events.PLACE_RENAMED, by=by.ref, at=at, cause=cause, body=body, changes=changes)


@command("territory.move_place")
def move_place(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, place: int, parent: int, on: date
) -> Event:
    """Put a place, with all that lies in it, into another from `on`.

    Refusals: territory.is_root, territory.cannot_lie_in, territory.lies_below, territory.full, territory.too_early.
    """
    tree.may_arrange(by)
    root, found, into = tree.locked_root(), tree.living(place), tree.living(parent)
    if found.pk == root.pk:
        raise Refusal("territory.is_root")
    low, high = path_range(found.path, found.level)
    if low <= into.path < high:
        raise Refusal("territory.lies_below")
    if not may_lie_in(Level(found.level), into.level):
        raise Refusal("territory.cannot_lie_in", level=found.level, parent=into.level)
    moved = tree.move({found.pk: into.pk}, on) if found.parent_id != into.pk else []
    body = {"on": on.isoformat(), "moved": moved}
    return record(root, events.PLACE_MOVED, by=by.ref, at=at, cause=cause, body=body, changes={})


@command("territory.end_place")
def end_place(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, place: int, on: date
) -> Event:
    """A place is no more from `on`; it stays known, with its history. Refusals: territory.is_root,
    territory.has_children, territory.too_early."""
    tree.may_arrange(by)
    root, found = tree.locked_root(), tree.living(place)
    if found.pk == root.pk:
        raise Refusal("territory.is_root")
    if count := tree.children_of([found.pk]):
        raise Refusal("territory.has_children", count=count)
    tree.end([found.pk], on)
    body = {"place": found.pk, "on": on.isoformat()}
    return record(root, events.PLACE_ENDED, by=by.ref, at=at, cause=cause, body=body, changes={})
