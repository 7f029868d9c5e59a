"""Counting: each event once, by place, post and the day in the district's own zone."""

import time
from datetime import date
from typing import Any

from django.db import connection

from linli.indicators.models import Measure, Tally
from linli.indicators.rules import counts
from linli.kernel import holidays
from linli.kernel.consumers import projection
from linli.kernel.models import Event

_KEEP = 10.0  # seconds that a process trusts the measures that it read
_kept: dict[str, tuple[float, list[Measure]]] = {}

_ADD = """
INSERT INTO indicators_tally (measure_id, place_id, path, post, "on", total, hits) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (measure_id, place_id, post, "on")
DO UPDATE SET total = indicators_tally.total + excluded.total, hits = indicators_tally.hits + excluded.hits
"""


def _clear() -> None:
    _kept.pop(connection.schema_name, None)
    Tally.objects.all().delete()


@projection(
    "indicators.tallies",
    listens=("matters.matter.opened", "matters.matter.moved", "matters.matter.alarmed"),
    clears=_clear,
)
def tally(event: Event) -> None:
    """Add what the event counts for, on the day it happened; an undone move is taken back on the day of the move."""
    body = event.body
    rows = [
        (measure.pk, body["place"], body["path"], count.post, _day(event), count.total, count.hits)
        for measure in _measures()
        for count in counts(measure.content, event.name, body)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, sorted(rows))


def forget_measures() -> None:
    """To be called when measures were installed: the next event reads them anew."""
    _kept.pop(connection.schema_name, None)


def _measures() -> list[Measure]:
    kept = _kept.get(connection.schema_name)
    if kept is None or kept[0] < time.monotonic():
        kept = (time.monotonic() + _KEEP, list(Measure.objects.all()))
        _kept[connection.schema_name] = kept
    return kept[1]


def _day(event: Event) -> date:
    at: Any = event.body.get("undone_at")
    moment = event.at if at is None else type(event.at).fromisoformat(at)
    return moment.astimezone(holidays.zone()).date()
