"""Tables of matters. Everything that names a person, shows their words or pictures is under row level security."""

from django.db import models

from linli.kernel.models import Chained, Commitment


class Kind(models.Model):
    """An edition of a kind of matter, as a method's version says it with the inputs of this district. Never changed:
    matters stay on their edition."""

    method = models.TextField()
    release = models.TextField()  # the method's version
    name = models.TextField()
    position = models.SmallIntegerField()  # in the order of the method's page
    content = models.JSONField()
    inputs = models.JSONField(default=dict)
    words = models.JSONField()  # {language: {key: sentence}}
    current = models.BooleanField()  # new matters are opened on it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "name"], condition=models.Q(current=True), name="kind_current")
        ]


class Matter(Chained):
    """事项: something raised, and where it stands. `configuration` is the engine's, the columns repeat
    what is asked for.

    `path` is the internal path of the place at opening: it decides which posts see the matter.
    """

    number = models.TextField(unique=True)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT)
    place = models.ForeignKey("territory.Place", on_delete=models.PROTECT, related_name="+")
    path = models.BigIntegerField()
    reporter = models.ForeignKey("people.Party", on_delete=models.PROTECT, related_name="+")
    topic = models.TextField(default="")
    state = models.TextField()
    seat = models.ForeignKey("people.Seat", on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey("people.Party", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    configuration = models.JSONField()
    opened_at = models.DateTimeField()
    yellow_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)  # the clock looks at it then
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    rating = models.SmallIntegerField(null=True)
    followers = models.IntegerField(default=0)
    before = models.JSONField(null=True)  # what an undo of the last move returns to

    class Meta:
        indexes = [
            models.Index(fields=["seat", "due_at"], condition=models.Q(ended_at=None), name="matter_held"),
            models.Index(fields=["reporter", "-opened_at"], name="matter_reported"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="matter_clock"),
            models.Index(fields=["path", "due_at"], name="matter_path_due"),
            models.Index(fields=["due_at", "-id"], name="matter_due"),  # the order of every list, for a wide reach
        ]


class Reader(models.Model):
    """A party who held a matter at some time, and so keeps seeing it."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT)
    party = models.ForeignKey("people.Party", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "matter"], name="reader_once")]


class Note(Commitment):
    """What somebody wrote in an event of a matter: the report itself, the note of a move."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT)


Matter.texts = Note


class Photo(models.Model):
    """A picture, uploaded first and taken up by an event later; the encrypted file lies in the photo store."""

    id = models.UUIDField(primary_key=True)
    digest = models.TextField()
    width = models.IntegerField()
    height = models.IntegerField()
    uploaded_by = models.ForeignKey("people.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    uploaded_at = models.DateTimeField()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True)
    event_id = models.UUIDField(null=True)


class Follow(models.Model):
    """A neighbour who has the same trouble: 我也遇到了."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT)
    party = models.ForeignKey("people.Party", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "party"], name="follow_once")]


class Token(models.Model):
    """A pair of neighbouring characters or a word of a report: equality on it is what search stands on."""

    token = models.TextField()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["token", "matter"], name="token_matter")]


class PublicMatter(models.Model):
    """A matter as anybody may see it: no words, no persons, no place finer than a building. A projection."""

    matter_id = models.BigIntegerField(primary_key=True)
    number = models.TextField()
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, db_index=False)
    topic = models.TextField()
    place = models.ForeignKey("territory.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.BigIntegerField()
    state = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    followers = models.IntegerField(default=0)
    rating = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "ended_at"], name="public_path_ended"),
            models.Index(fields=["path"], condition=models.Q(ended_at=None), name="public_open"),
        ]
