"""What an event counts for. Pure: no database, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Count:
    """What one event adds to a measure: `total` and `hits` are 0, 1 or -1."""

    total: int
    hits: int
    post: str


def counts(measure: Mapping[str, Any], name: str, body: Mapping[str, Any]) -> Iterator[Count]:
    """What the event `name` with this body counts for in a measure. An undone move takes back what it counted."""
    if measure["of"] != name:
        return
    if "undone" in body:
        for count in counts(measure, name, body["undone"]):
            yield Count(-count.total, -count.hits, count.post)
    elif _matches(measure.get("where") or {}, body):
        share = measure.get("share")
        post = (body.get("post") or "") if "post" in measure.get("by", ()) else ""
        yield Count(1, int(bool(body.get(share))) if share else 1, post)


def _matches(where: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """A scalar must be equal, of a list any may be."""
    return all(_text(body.get(field)) in _texts(wanted) for field, wanted in where.items())


def _texts(wanted: Any) -> list[str]:
    return [_text(item) for item in wanted] if isinstance(wanted, (list, tuple)) else [_text(wanted)]


def _text(value: Any) -> str:
    """As a package writes it: every scalar of a package is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
