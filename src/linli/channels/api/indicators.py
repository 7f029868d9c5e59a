"""True figures, for whoever fills a post: at the places in their reach."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from linli.channels.api.problems import answers
from linli.channels.api.security import Bearer, actor, moment
from linli.indicators import queries
from linli.kernel import holidays
from linli.kernel.actor import Actor
from linli.kernel.scope import scope
from linli.matters.queries import overdue_open
from linli.territory import queries as territory
from linli.territory.rules import path_range

ON_TIME = "on_time"
router = Router(tags=["indicators"], auth=Bearer())


class Asked(Schema):
    """`from` and `to` are days, both included; `by` is day, week or month."""

    measure: str = Field(max_length=60)
    place: int | None = None
    from_on: date | None = Field(None, alias="from")
    to_on: date | None = Field(None, alias="to")
    by: str = "day"


class FigureOut(Schema):
    """The period that begins on `on`. For a share, `numerator` of `denominator`; for a count both are the count."""

    on: date
    numerator: int
    denominator: int
    share: float | None


class SeriesOut(Schema):
    """`denominator` of `on_time` counts `overdue_open` too: what is open and overdue at the end was not in time. The
    figures of the periods are of what ended in them."""

    measure: str
    numerator: int
    denominator: int
    share: float | None
    overdue_open: int | None = None
    figures: list[FigureOut]


@router.get("/indicators", response=answers(200, SeriesOut), summary="A measure at a place and all below it")
def indicator(request: HttpRequest, asked: Query[Asked]) -> SeriesOut:
    by = actor(request)
    with scope(by):
        found = queries.series(
            by, asked.measure, place=asked.place, from_on=asked.from_on, to_on=asked.to_on, by=asked.by
        )
    figures = [
        FigureOut(on=f.on, numerator=f.hits, denominator=f.total, share=f.share if found.is_share else None)
        for f in found.figures
    ]
    overdue = _overdue(by, asked, moment(request)) if asked.measure == ON_TIME else None
    total = found.total + (overdue or 0)
    return SeriesOut(
        measure=asked.measure,
        numerator=found.hits,
        denominator=total,
        share=found.hits / total if found.is_share and total else None,
        overdue_open=overdue,
        figures=figures,
    )


def _overdue(by: Actor, asked: Asked, at: datetime) -> int:
    """What is open and was due before the end of the time that is asked for, at the place or in all of one's reach."""
    before = at
    if asked.to_on is not None:
        before = min(at, datetime.combine(asked.to_on + timedelta(days=1), time(), holidays.zone()))
    if asked.place is None:
        return sum(overdue_open(post.low, post.high, before) for post in by.posts)
    place = territory.place(asked.place)
    return overdue_open(*path_range(place.path, place.level), before)
