"""Counting: each event once, by place, post and the day in the district's own zone."""

from datetime import date
from typing import Any

from django.db import connection

from linli.indicators.models import Measure, Tally
from linli.indicators.rules import counts
from linli.kernel import holidays
from linli.kernel.consumers import projection
from linli.kernel.district import Remembered
from linli.kernel.models import Event

measures = Remembered[list[Measure]](10.0, lambda _: list(Measure.objects.all()))

_ADD = """
INSERT INTO indicators_tally (measure_id, place_id, path, post, "on", total, hits) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (measure_id, place_id, post, "on")
DO UPDATE SET total = indicators_tally.total + excluded.total, hits = indicators_tally.hits + excluded.hits
"""


def _clear() -> None:
    measures.forget()
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
        for measure in measures()
        for count in counts(measure.content, event.name, body)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, sorted(rows))


def _day(event: Event) -> date:
    at: Any = event.body.get("undone_at")
    moment = event.at if at is None else type(event.at).fromisoformat(at)
    return moment.astimezone(holidays.zone()).date()
