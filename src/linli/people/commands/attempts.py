"""Counting failed attempts to sign in, in the database, so that every process sees the same. Rules: safety.py.

An attempt has its place in the row of attempts when it is judged: whoever finds the lock closed by then is refused,
right or wrong. So many guesses at once gain nothing, and many right ones at once are all let in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from linli.kernel.refusal import TooMany
from linli.people.locks import Attempt
from linli.people.models import SignInFailure
from linli.people.safety import Counter, counted, minutes

_OPEN = timedelta(0)


def refuse_locked(attempts: Sequence[Attempt], at: datetime) -> None:
    """TooMany("people.locked", minutes, seconds) while one of them is locked."""
    rows = SignInFailure.objects.filter(who__in=[attempt.who for attempt in attempts])
    refuse(max((_counter(row).wait(at) for row in rows), default=_OPEN))


def judge(attempts: Sequence[Attempt], right: bool, at: datetime) -> timedelta:
    """Take an attempt as right or wrong; returns for how long it locks. TooMany("people.locked") when it is locked
    already: then it counts neither way, and what it would have used up must be rolled back.

    The first of `attempts` is the phone or second factor, which begins anew when the attempt is right. Nothing is
    forgiven to an address: whoever has one account could go on guessing at others.
    """
    whos = [attempt.who for attempt in attempts]
    if right:
        refuse_locked(attempts, at)
        SignInFailure.objects.filter(who=whos[0]).delete()
        return _OPEN
    new = [SignInFailure(who=who, last_at=at) for who in sorted(whos)]
    SignInFailure.objects.bulk_create(new, ignore_conflicts=True)
    kept = SignInFailure.objects.select_for_update().filter(who__in=whos).order_by("who")
    rows = {bytes(row.who): row for row in kept}
    refuse(max(_counter(row).wait(at) for row in rows.values()))
    return max(_count(rows[attempt.who], attempt, at) for attempt in attempts)


def refuse(wait: timedelta) -> None:
    """TooMany("people.locked") unless there is nothing to wait for."""
    if wait > _OPEN:
        raise TooMany("people.locked", minutes=minutes(wait), seconds=int(wait.total_seconds()))


def forget(attempts: Sequence[Attempt]) -> None:
    """Begin anew with these."""
    SignInFailure.objects.filter(who__in=[attempt.who for attempt in attempts]).delete()


def _count(row: SignInFailure, attempt: Attempt, at: datetime) -> timedelta:
    counter = counted(_counter(row), at, attempt.limit)
    row.failures, row.last_at, row.locked_until = counter.failures, at, counter.locked_until
    row.save(update_fields=["failures", "last_at", "locked_until"])
    return counter.wait(at)


def _counter(row: SignInFailure) -> Counter:
    return Counter(row.failures, row.last_at if row.failures else None, row.locked_until)
