"""What an attempt to sign in counts against. Counting itself: commands/attempts.py; how long it locks: safety.py."""

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from linli.people import identity
from linli.people.models import Account
from linli.people.safety import FAILURES, FAILURES_OF_ADDRESS


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
    """`address`: the client's; of IPv6 the /64 that one household gets."""
    return Attempt(_digest("address", identity.blind(_household(address), "address")), FAILURES_OF_ADDRESS)


def of_account(account: Account) -> tuple[Attempt, ...]:
    """All that may lock one account, whatever address it is tried from."""
    index = bytes(account.phone_index)
    return with_phone("password", index), with_phone("code", index), with_second_factor(account.party_id)


def _household(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address or "unknown"
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else address


def _digest(kind: str, index: bytes) -> bytes:
    return hashlib.sha256(kind.encode() + b":" + index).digest()
