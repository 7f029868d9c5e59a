"""Every recurring job of the platform, on one page. The worker runs each in every district, as often as it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from linli.kernel import audit, holidays, relay
from linli.kernel.actor import SYSTEM
from linli.kernel.models import Done
from linli.kernel.scope import scope
from linli.matters.commands import settle_vacant, sweep, tick_due
from linli.people.commands import forget_old_sign_ins

KEYS_KEPT = timedelta(days=90)  # how long the same key gives the same result


@dataclass(frozen=True, slots=True)
class Job:
    """`run` gets the instant and works in the current district; it must bear being run twice or late."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def now() -> datetime:
    return datetime.now(UTC)


def introduce_consumers(at: datetime) -> None:
    """Let new projections and policies take part; a new projection replays history first."""
    relay.introduce()


def seal_yesterday(at: datetime) -> None:
    """Once a day the heads of all chains as they stood at the district's midnight; ten minutes later, so that what
    was under way then is written."""
    local = at.astimezone(holidays.zone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if local - midnight >= timedelta(minutes=10):
        audit.seal_day(midnight.astimezone(UTC))


def forget_keys(at: datetime) -> None:
    with scope(SYSTEM):
        Done.objects.filter(at__lt=at - KEYS_KEPT).delete()


JOBS = (
    Job("introduce consumers", timedelta(seconds=10), introduce_consumers),
    Job("what is due", timedelta(seconds=5), tick_due),
    Job("what nobody is there for", timedelta(minutes=1), settle_vacant),
    Job("seal yesterday", timedelta(minutes=30), seal_yesterday),
    Job("forget keys of commands", timedelta(hours=12), forget_keys),
    Job("forget codes and failures of signing in", timedelta(hours=1), forget_old_sign_ins),
    Job("sweep photos that nothing refers to", timedelta(hours=6), sweep),
)
