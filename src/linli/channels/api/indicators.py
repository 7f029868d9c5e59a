"""True figures, for whoever fills a post: at the places in their reach."""

from datetime import date

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from linli.channels.api.problems import answers
from linli.channels.api.security import Bearer, actor
from linli.indicators import queries
from linli.kernel.scope import scope

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
    measure: str
    numerator: int
    denominator: int
    share: float | None
    figures: list[FigureOut]


@router.get("/indicators", response=answers(200, SeriesOut), summary="A measure at a place and all below it")
def indicator(request: HttpRequest, asked: Query[Asked]) -> SeriesOut:
    with scope(actor(request)):
        found = queries.series(
            actor(request), asked.measure, place=asked.place, from_on=asked.from_on, to_on=asked.to_on, by=asked.by
        )
    figures = [
        FigureOut(on=f.on, numerator=f.hits, denominator=f.total, share=f.share if found.is_share else None)
        for f in found.figures
    ]
    share = found.hits / found.total if found.is_share and found.total else None
    return SeriesOut(measure=asked.measure, numerator=found.hits, denominator=found.total, share=share, figures=figures)
