"""Figures read back: sums of tallies below a place, by day, week or month."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import Trunc

from linli.indicators.models import Measure, Tally
from linli.kernel.actor import Actor
from linli.kernel.refusal import Missing, Refusal
from linli.territory import queries as territory
from linli.territory.rules import path_range

PERIODS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of the period that begins on `on`: `hits` of `total`. `share` is None where nothing was counted."""

    on: date
    total: int
    hits: int

    @property
    def share(self) -> float | None:
        return self.hits / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Series:
    measure: str
    is_share: bool
    figures: tuple[Figure, ...]
    total: int
    hits: int


def measure_names() -> list[str]:
    return sorted(set(Measure.objects.values_list("name", flat=True)))


def series(
    actor: Actor, measure: str, *, place: int | None, from_on: date | None, to_on: date | None, by: str = "day"
) -> Series:
    """A measure at a place and all below it, from `from_on` to `to_on`, both included.

    Without a place: all that the actor reaches. Missing for a place out of reach: figures of staff are for staff.
    """
    if by not in PERIODS:
        raise Refusal("indicators.unknown_period", periods="、".join(PERIODS))
    editions = list(Measure.objects.filter(name=measure))
    if not editions:
        raise Missing("indicators.unknown_measure", measures="、".join(measure_names()))
    tallies = _within(actor, place).filter(measure__in=editions)
    if from_on is not None:
        tallies = tallies.filter(on__gte=from_on)
    if to_on is not None:
        tallies = tallies.filter(on__lte=to_on)
    rows = tallies.annotate(period=Trunc("on", by)).values("period").annotate(t=Sum("total"), h=Sum("hits"))
    figures = tuple(Figure(row["period"], row["t"], row["h"]) for row in rows.order_by("period"))
    total, hits = sum(figure.total for figure in figures), sum(figure.hits for figure in figures)
    return Series(measure, bool(editions[0].content.get("share")), figures, total, hits)


def sums(path_low: int, path_high: int, *, from_on: date, to_on: date) -> dict[str, tuple[int, int]]:
    """Every measure's (total, hits) between two paths: for public pages, which hide small numbers themselves."""
    rows = Tally.objects.filter(path__gte=path_low, path__lt=path_high, on__gte=from_on, on__lte=to_on)
    grouped = rows.values("measure__name").annotate(t=Sum("total"), h=Sum("hits"))
    return {row["measure__name"]: (row["t"], row["h"]) for row in grouped}


def _within(actor: Actor, place: int | None):  # type: ignore[no-untyped-def]
    if place is None:
        reached = Tally.objects.none()
        for post in actor.posts:
            reached = reached | Tally.objects.filter(path__gte=post.low, path__lt=post.high)
        return reached
    found = territory.place(place)
    if not actor.reaches(found.path):
        raise Missing("not_found")
    low, high = path_range(found.path, found.level)
    return Tally.objects.filter(path__gte=low, path__lt=high)
