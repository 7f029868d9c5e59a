"""Counting attempts to sign in, in the database, so that every process sees the same. Rules: safety.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from linli.kernel.refusal import TooMany
from linli.people.locks import Attempt
from linli.people.models import SignInFailure
from linli.people.safety import Counter, counted, forgiven, minutes


def forget(attempts: Sequence[Attempt]) -> None:
    """Begin anew with these."""
    SignInFailure.objects.filter(who__in=[attempt.who for attempt in attempts]).delete()


def count(attempts: Sequence[Attempt], at: datetime) -> timedelta:
    """Count an attempt before it is judged; returns for how long it locks unless it turns out right.

    TooMany("people.locked", minutes, seconds) while one of them is locked; then nothing is counted.
    """
    whos = [attempt.who for attempt in attempts]
    SignInFailure.objects.bulk_create(
        [SignInFailure(who=who, last_at=at) for who in sorted(whos)], ignore_conflicts=True
    )
    kept = SignInFailure.objects.select_for_update().filter(who__in=whos).order_by("who")
    rows = {bytes(row.who): row for row in kept}
    refuse_locked(max(_counter(row).wait(at) for row in rows.values()))
    wait = timedelta(0)
    for attempt in attempts:
        counter = counted(_counter(rows[attempt.who]), at, attempt.limit)
        _set(rows[attempt.who], counter)
        wait = max(wait, counter.wait(at))
    return wait


def forgive(attempt: Attempt, address: Attempt | None = None) -> None:
    """The attempt was right: the phone (or second factor) begins anew; the address loses this one attempt only, or
    whoever has one account could go on guessing at others."""
    SignInFailure.objects.filter(who=attempt.who).delete()
    if address is None:
        return
    row = SignInFailure.objects.select_for_update().filter(who=address.who).first()
    if row is not None:
        _set(row, forgiven(_counter(row)))


def refuse_locked(wait: timedelta) -> None:
    if wait > timedelta(0):
        raise TooMany("people.locked", minutes=minutes(wait), seconds=int(wait.total_seconds()))


def _counter(row: SignInFailure) -> Counter:
    return Counter(row.failures, row.last_at if row.failures else None, row.locked_until)


def _set(row: SignInFailure, counter: Counter) -> None:
    row.failures, row.locked_until = counter.failures, counter.locked_until
    row.last_at = counter.last_at or row.last_at
    row.save(update_fields=["failures", "last_at", "locked_until"])
