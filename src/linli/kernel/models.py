"""Tables of the kernel, one set in every district: history, what is still to be delivered, what was done already."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Chained(models.Model):
    """An aggregate: a row that commands change, one event for each change, the events chained by hashes.

    `version` is the number of its events; `head` the digest of the last one.
    """

    version = models.IntegerField(default=0)
    head = models.BinaryField(default=b"")

    class Meta:
        abstract = True

    texts: type["Commitment"] | None = None  # the model that holds what people wrote about this aggregate

    @property
    def subject(self) -> str:
        return f"{self._meta.model_name}:{self.pk}"


class Commitment(models.Model):
    """What a person wrote, beside the event whose body commits to it by a salted digest.

    Erasing text and salt leaves the chain of events valid.
    """

    event_id = models.UUIDField()
    field = models.TextField()
    text = models.TextField(null=True)
    salt = models.BinaryField(null=True)

    class Meta:
        abstract = True


class Event(models.Model):
    """Something that happened to a subject. Rows are only ever added: the application login may not change them."""

    id = models.UUIDField(primary_key=True)
    subject = models.TextField()
    seq = models.IntegerField()
    name = models.TextField()
    schema = models.SmallIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.TextField()
    cause = models.TextField(null=True)
    body = models.JSONField()
    previous = models.BinaryField()
    digest = models.BinaryField()

    aside: Any = None  # what the command had at hand when it recorded this, to answer with; no column, None on a replay

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="event_once")]


class Delivery(models.Model):
    """An event that a consumer has not had yet. Done ones are deleted; a poisoned one is parked and stays."""

    consumer = models.TextField()
    subject = models.TextField()
    seq = models.IntegerField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "subject", "seq"], name="delivery_once")]
        indexes = [models.Index(fields=["consumer", "id"], name="delivery_next")]


class Consumer(models.Model):
    """A projection or policy and the names of the events that it listens to. Recording an event looks here for whom to
    deliver it to: so nothing is lost when the process that records does not know the consumer.

    A new projection is `ready` when it has replayed history. A migration that drops a projection's tables deletes its
    row and its deliveries too.
    """

    name = models.TextField(primary_key=True)
    listens = ArrayField(models.TextField(), default=list)
    ready = models.BooleanField(default=False)


class Done(models.Model):
    """A command that was carried out under an actor's key: which event came of it, and a digest of what was asked."""

    actor = models.TextField()
    key = models.TextField()
    digest = models.BinaryField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="done_once")]
        indexes = [models.Index(fields=["at"], name="done_at")]


class Seal(models.Model):
    """Once a day: the Merkle root over the seal before and the heads of all chains that grew since, up to `until`.

    `until` is compared with the instants in the ids of events, when they were really written down. `chains` is the
    number of chains that grew.
    """

    until = models.DateTimeField(primary_key=True)
    chains = models.IntegerField()
    root = models.BinaryField()


class Day(models.Model):
    """A date that differs from its weekday: a holiday, or a workday made up for one."""

    on = models.DateField(primary_key=True)
    kind = models.TextField(choices=[("holiday", "holiday"), ("workday", "workday")])


class WorkingCalendar(Chained):
    """The district's office hours and the years whose holidays are announced; any other year is provisional."""

    hours = models.JSONField()  # [["08:30", "12:00"], ...] in the district's local time
    announced = ArrayField(models.SmallIntegerField())
