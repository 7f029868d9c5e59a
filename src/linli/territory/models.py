"""The dated tree of places. Places hold no personal data: a dwelling is a number on a door.

The tree is one aggregate. Its events are recorded on its root, the district: `version` of that row is the version of
the whole tree, and the rows of the other places change only together with an event of the root.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from linli.kernel.models import Chained
from linli.territory.rules import LEVELS


class Place(Chained):
    """A place as it is now; what it was called, coded, shaped and part of before is in the dated tables.

    The id never changes and is never used again. An ended place keeps its row, its path and what it was last.
    Coordinates are WGS-84 degrees.
    """

    level = models.CharField(max_length=12, choices=[(level.value, level.value) for level in LEVELS])
    kind = models.CharField(max_length=20)
    name = models.TextField()
    code = models.TextField(null=True)
    urban_code = models.CharField(max_length=3, null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.BigIntegerField(unique=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    since_on = models.DateField()
    ended_on = models.DateField(null=True)
    search = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["code"], name="place_code"),
            models.Index(fields=["path"], condition=Q(ended_on=None) & ~Q(level="dwelling"), name="place_searched"),
            models.Index(fields=["lat", "lon"], condition=Q(ended_on=None, level="building"), name="place_near"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False), name="place_point"
            ),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gte=F("since_on")), name="place_dates"),
        ]

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """Something that is so of a place from one date until the day before another. At most one row at a time."""

    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        abstract = True


def one_at_a_time(table: str) -> list[models.BaseConstraint]:
    """One row of a place holds now, and no two that are over share a day.

    Rows that hold now are left out of the exclusion: it would cost more than all else when many places are imported.
    The id is written as a range, for GiST compares ranges without an extension.
    """
    return [
        models.UniqueConstraint(fields=["place"], condition=Q(until_on=None), name=f"{table}_of_now"),
        ExclusionConstraint(
            name=f"{table}_one_at_a_time",
            expressions=[
                (Func(F("place"), F("place"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                (Func(F("from_on"), F("until_on"), function="daterange"), RangeOperators.OVERLAPS),
            ],
            condition=Q(until_on__isnull=False),
        ),
    ]


class PlaceName(Dated):
    place = models.ForeignKey(Place, models.PROTECT, related_name="names", db_index=False)
    name = models.TextField()

    class Meta:
        constraints = one_at_a_time("name")


class PlaceCode(Dated):
    """A code of the statistics office or of the district's own. Codes are used again: unique on a day only."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="codes", db_index=False)
    code = models.TextField()

    class Meta:
        constraints = [
            *one_at_a_time("code"),
            models.UniqueConstraint(fields=["code"], condition=Q(until_on=None), name="code_of_one_place"),
        ]
        indexes = [models.Index(fields=["code"], name="code_history")]


class PlaceParent(Dated):
    """What a place lay in, as its child number so-and-so. Numbers count up per level and are not used again."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="parents", db_index=False)
    parent = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=12)
    number = models.IntegerField()

    class Meta:
        constraints = [
            *one_at_a_time("parent"),
            models.UniqueConstraint(fields=["parent", "level", "number"], name="number_once"),
        ]


class PlaceShape(Dated):
    """A polygon or several, as well-known binary in WGS-84."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="shapes", db_index=False)
    shape = models.BinaryField()

    class Meta:
        constraints = one_at_a_time("shape")
