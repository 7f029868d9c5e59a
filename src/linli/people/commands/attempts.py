"""Counting attempts to sign in, in the database, so that every process sees the same. Rules: safety.py."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel.refusal import TooMany
from linli.people import identity
from linli.people.models import SignInFailure
from linli.people.safety import FAILURES, FAILURES_OF_ADDRESS, Counter, counted, forgiven, minutes


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt counts against: a digest over a blind index, never a phone or an address."""

    who: bytes
    limit: int


def with_phone(how: str, phone_index: bytes) -> Attempt:
    """`how`: password or code. Each has a lock of its own, so that guessing at a password does not keep its owner out
    of signing in with a code."""
    return Attempt(_digest(how, phone_index), FAILURES)


def with_second_factor(party: int) -> Attempt:
    return Attempt(_digest("totp", str(party).encode()), FAILURES)


def from_address(address: str) -> Attempt:
    """`address`: the client's, of IPv6 the /64 that one household gets."""
    network = ":".join(address.split(":")[:4]) if address.count(":") > 3 else address
    return Attempt(_digest("address", identity.blind(network, "address")), FAILURES_OF_ADDRESS)


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


def _digest(kind: str, index: bytes) -> bytes:
    return hashlib.sha256(kind.encode() + b":" + index).digest()
