"""Tables of people: parties, their accounts and sessions, posts, seats and who fills them.

Names and phones of parties stand sealed, with blind indexes beside them for exact search. Who fills a seat is public:
they are shown by the name they use in office.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from linli.kernel.models import Chained, Commitment
from linli.people.rules import Station
from linli.territory.rules import path_range


class Party(Chained):
    """Somebody whom the platform knows: a resident, a member of staff or an organisation.

    `path` is the internal path of the home and decides who sees the party besides itself; without a home it is 0, the
    district's own, so that only posts of the whole district see it.
    """

    KINDS = ("resident", "staff", "organisation")

    kind = models.TextField(choices=[(kind, kind) for kind in KINDS])
    name = models.BinaryField()
    name_index = models.BinaryField()
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    home = models.ForeignKey("territory.Place", on_delete=models.PROTECT, null=True, related_name="+")
    path = models.BigIntegerField(default=0)
    language = models.TextField(default="zh")
    registered_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("path", name="party_path"),
            models.Index("phone_index", name="party_phone"),
            models.Index("name_index", name="party_name"),
        ]


class PartyText(Commitment):
    """What somebody wrote about a party: the reason of a reveal."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")


Party.texts = PartyText


class Account(AbstractBaseUser):
    """A party that can sign in; part of the party, whose events tell what happens to it.

    `totp_since` is empty until the secret was confirmed with a code; `totp_step` is the last time step a code was
    accepted for, so that none is taken twice. Recovery codes stand as hashes, each removed when used.
    """

    last_login = None
    party = models.OneToOneField(Party, on_delete=models.PROTECT, primary_key=True, related_name="account")
    phone_index = models.BinaryField(unique=True)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    totp_secret = models.BinaryField(null=True)
    totp_since = models.DateTimeField(null=True)
    totp_step = models.BigIntegerField(default=0)
    recovery_codes = ArrayField(models.TextField(), default=list)

    USERNAME_FIELD = "phone_index"
    objects = BaseUserManager()


class Session(models.Model):
    """A device on which somebody is signed in, by web or API. The bearer token stands as a hash only."""

    CHANNELS = ("web", "api")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    token_hash = models.BinaryField(unique=True)
    channel = models.TextField(choices=[(channel, channel) for channel in CHANNELS])
    device = models.TextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField()
    ended_at = models.DateTimeField(null=True)


class SignInCode(models.Model):
    """A code sent to a phone. Hashed under a key of the installation: six digits alone could be tried out."""

    phone_index = models.BinaryField()
    address_index = models.BinaryField()
    code_hash = models.BinaryField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("phone_index", "sent_at", name="code_phone"),
            models.Index("address_index", "sent_at", name="code_address"),
        ]


class SignInFailure(models.Model):
    """How often signing in failed for one phone, one client address or one second factor; blind, kept for a day."""

    who = models.BinaryField(unique=True)
    failures = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)


class AdoptedPost(models.Model):
    """岗位: a post that an adopted method works with: at places of which level, and how many there must be at least."""

    method = models.TextField()
    name = models.TextField()
    level = models.TextField()
    at_least = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "name"], name="adopted_post_once")]


class Seat(Chained):
    """A post at a place: what matters are held by, whoever fills it at the moment."""

    post = models.TextField()
    place = models.ForeignKey("territory.Place", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "post"], name="seat_once")]


def _never_twice(name: str, *fields: str) -> ExclusionConstraint:
    """No two rows with the same `fields` and overlapping periods. Ids are compared as ranges: GiST knows those."""
    same = [Func(F(field), F(field), Value("[]"), function="int8range") for field in fields]
    period = Func(F("from_at"), F("until_at"), function="tstzrange")
    return ExclusionConstraint(name=name, expressions=[(part, RangeOperators.OVERLAPS) for part in (*same, period)])


class Holding(models.Model):
    """Somebody holds a seat for a time. Part of the seat, whose events tell of it. Several may hold one seat."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="holdings")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    shown_name = models.TextField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [_never_twice("holding_once", "seat_id", "party_id")]
        indexes = [models.Index("party", condition=Q(until_at=None), name="holding_now")]

    @property
    def station(self) -> Station:
        """Where it stands among other posts; with the seat's place and the place around it at hand."""
        place = self.seat.place
        around = place.parent or place
        return Station(self.seat.post, path_range(place.path, place.level), path_range(around.path, around.level))


class Absence(Chained):
    """Somebody is away from all their posts for a time; the substitute (AB岗) then fills them.

    No reason that tells of health or family: who is away is seen by everyone whose matter waits.
    """

    REASONS = ("leave", "duty", "training", "other")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(choices=[(reason, reason) for reason in REASONS])
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [_never_twice("absence_once", "party_id")]
        indexes = [models.Index("substitute", name="absence_substitute")]
