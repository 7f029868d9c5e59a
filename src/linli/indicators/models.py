"""Tables of figures: what is counted, and the counts by place, post and day. No person stands in them."""

from django.db import models


class Measure(models.Model):
    """A measure of an adopted method, as its `measures` section says it."""

    method = models.TextField()
    name = models.TextField()
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "name"], name="measure_once")]


class Tally(models.Model):
    """How often a measure's event happened at a place on a day (`total`), and how often its share was true (`hits`).

    `path` is the place's internal path when the event happened. A projection: only the relay and a rebuild write it.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, db_index=False)
    place = models.ForeignKey("territory.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.BigIntegerField()
    post = models.TextField()
    on = models.DateField()
    total = models.IntegerField()
    hits = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "place", "post", "on"], name="tally_once")]
        indexes = [models.Index(fields=["measure", "path", "on"], name="tally_path")]
