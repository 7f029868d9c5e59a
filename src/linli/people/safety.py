"""Rules that keep signing in safe: lock-out, codes, second factor, passwords, sessions. Pure."""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# Lock-out -----------------------------------------------------------------------------------------------------------

FAILURES = 5  # of one phone, or of one second factor, until it is locked
FAILURES_OF_ADDRESS = 30  # of one client address: behind it may sit a whole community centre or a carrier's NAT
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """Failures in a row, and until when they lock."""

    failures: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None

    def wait(self, at: datetime) -> timedelta:
        """How long it stays locked; zero when it is open."""
        return max(timedelta(0), self.locked_until - at) if self.locked_until else timedelta(0)


def counted(counter: Counter, at: datetime, limit: int) -> Counter:
    """One more failure. Each `limit` of them lock: 15 minutes first, then each time twice as long, a day at most."""
    quiet_since = counter.locked_until or counter.last_at
    stale = quiet_since is None or quiet_since + FORGET_AFTER <= at
    failures = 1 if stale else counter.failures + 1
    rounds, rest = divmod(failures, limit)
    lock = None if rest else at + min(LONGEST_LOCK, FIRST_LOCK * 2 ** min(rounds - 1, 10))
    return Counter(failures, at, lock)


def minutes(wait: timedelta) -> int:
    """A wait as people are told it: whole minutes, rounded up."""
    return math.ceil(wait / timedelta(minutes=1))


# Codes --------------------------------------------------------------------------------------------------------------

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
PROVEN_PHONE_LIFE = timedelta(minutes=30)  # in which somebody new fills in who they are
CODES_PER_PHONE = ((1, timedelta(minutes=1)), (5, timedelta(hours=1)), (10, timedelta(days=1)))
CODES_PER_ADDRESS = ((30, timedelta(hours=1)), (100, timedelta(days=1)))


def wait_to_send(sent: Sequence[datetime], limits: Sequence[tuple[int, timedelta]], at: datetime) -> timedelta:
    """How long until another code may be sent after those `sent`; zero when it may be now."""
    waits = [timedelta(0)]
    for most, period in limits:
        recent = sorted((one for one in sent if at - period < one), reverse=True)
        if len(recent) >= most:
            waits.append(recent[most - 1] + period - at)
    return max(waits)


# Second factor (RFC 6238: SHA-1, six digits, 30 seconds, which is what every authenticator app does) --------------

TOTP_STEP = 30  # seconds
TOTP_DRIFT = 1  # steps that a phone's clock may be wrong either way
RECOVERY_CODES = 8


def totp_step(secret: bytes, code: str, at: datetime, last_step: int) -> int | None:
    """The time step for which `code` is right, or None. A step is good once: none up to `last_step` counts again."""
    generator = _generator(secret)
    now = int(at.timestamp()) // TOTP_STEP
    found = None
    for step in range(now - TOTP_DRIFT, now + TOTP_DRIFT + 1):
        right = hmac.compare_digest(generator.generate(step * TOTP_STEP), code.encode())
        if right and step > last_step and found is None:
            found = step
    return found


def totp_address(secret: bytes, account_name: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads from a QR code."""
    return _generator(secret).get_provisioning_uri(account_name, issuer)


def hashed(secret: str) -> str:
    """A token or recovery code as it is stored. They are long and random, so a plain digest keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def plain_recovery_code(typed: str) -> str:
    """A recovery code without what people put between its groups."""
    return "".join(character for character in typed.lower() if character.isalnum())


def _generator(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), TOTP_STEP, enforce_key_length=False)


# Passwords ----------------------------------------------------------------------------------------------------------

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128


def password_fault(password: str, phone: str) -> str | None:
    """What is wrong with a new password: too_short, too_long, too_plain (common, a row of one or two characters, or
    with the phone in it), or None. No rules about kinds of characters: they make passwords worse (NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    digits = "".join(character for character in phone if character.isdigit())
    if len(set(password)) < 4 or (digits and (digits in password or password in digits)) or _is_common(password):
        return "too_plain"
    return None


def _is_common(password: str) -> bool:
    try:
        _common_passwords().validate(password)
    except ValidationError:
        return True
    return False


@cache
def _common_passwords() -> CommonPasswordValidator:
    return CommonPasswordValidator()


# Sessions -----------------------------------------------------------------------------------------------------------

SESSION_LIFE = timedelta(days=30)
SESSION_IDLE = timedelta(days=14)
TICKET_LIFE = timedelta(minutes=5)  # between the first and the second step of signing in

_DEVICES = (
    ("ipad", "tablet"),
    ("iphone", "iphone"),
    ("harmony", "harmony"),
    ("android", "android"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("linux", "linux"),
)


def device_of(user_agent: str) -> str:
    """The kind of device, for somebody's list of where they are signed in. The full text would be a fingerprint."""
    lower = user_agent.lower()
    return next((device for mark, device in _DEVICES if mark in lower), "program")
