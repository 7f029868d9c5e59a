"""The second factor: codes of an authenticator app (TOTP), and recovery codes for when the phone is lost."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import events, identity, locks
from linli.people.commands import attempts
from linli.people.commands.records import locked
from linli.people.models import Account, Party
from linli.people.rules import may_administer
from linli.people.safety import RECOVERY_CODES, hashed, plain_recovery_code, totp_address, totp_step

_ISSUER = "邻里 Linli"


@dataclass(frozen=True, slots=True, repr=False)
class TotpOffer:
    """A new secret, to be shown once: as the address in a QR code, or in base32 to be typed in."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True, repr=False)
class TotpSwitchedOn:
    """Recovery codes are shown once and kept as hashes; each is good for one sign-in."""

    event: Event
    recovery_codes: tuple[str, ...]


def offer_totp(*, by: Actor, at: datetime) -> TotpOffer:
    """A secret for one's own account, the same one until switch_totp_on has confirmed it; from then on it counts.
    Refusal: people.totp_on_already."""
    party = _own(by)
    with scope(SYSTEM):
        found = locked(party)
        account = _account(party)
        if account.totp_since is not None:
            raise Conflict("people.totp_on_already")
        if account.totp_secret is None:
            account.totp_secret = identity.sealed_secret(party, secrets.token_bytes(20))
            account.save(update_fields=["totp_secret"])
            record(found, events.TOTP_OFFERED, by=by.ref, at=at, cause=None, body={}, changes={})
        secret, name = identity.secret_of(party, account.totp_secret), identity.masked_phone(found)
    return TotpOffer(totp_address(secret, name, _ISSUER), base64.b32encode(secret).decode())


def switch_totp_on(*, by: Actor, at: datetime, code: str) -> TotpSwitchedOn:
    """From now on each sign-in asks for a code, at the API too. `code` confirms that the app has the secret.
    Refusals: people.totp_not_offered, people.totp_on_already, people.wrong_totp, people.locked."""
    party = _own(by)
    codes = tuple("-".join(secrets.token_hex(2) for _ in range(4)) for _ in range(RECOVERY_CODES))
    with scope(SYSTEM):
        found = locked(party)
        account = _account(party)
        if account.totp_since is not None:
            raise Conflict("people.totp_on_already")
        if account.totp_secret is None:
            raise Refusal("people.totp_not_offered")
        step = totp_step(identity.secret_of(party, account.totp_secret), code, at, account.totp_step)
        wait = attempts.judge([locks.with_second_factor(party)], step is not None, at)
        if step is not None:
            account.totp_since, account.totp_step = at, step
            account.recovery_codes = [hashed(plain_recovery_code(one)) for one in codes]
            account.save(update_fields=["totp_since", "totp_step", "recovery_codes"])
            event = record(found, events.TOTP_SWITCHED_ON, by=by.ref, at=at, cause=None, body={}, changes={})
            return TotpSwitchedOn(event, codes)
    attempts.refuse(wait)
    raise Refusal("people.wrong_totp")


def switch_totp_off(*, by: Actor, at: datetime, party: int | None = None, code: str = "") -> Event:
    """Ask for no second factor any more: one's own, with a last code of it (or a recovery code); somebody else's, who
    lost theirs, by the administrator. Refusals: people.totp_off_already, people.wrong_totp, people.locked."""
    whose = _own(by) if party is None else party
    if whose == by.party:
        _prove(whose, code, at)
    elif not may_administer(by):
        raise Missing("not_found")
    return _switch_off(by=by, at=at, party=whose)


def take_code(party: Party, code: str, at: datetime) -> bool:
    """Whether a code of the second factor, or a recovery code, is right; it is used up then. Runs in the transaction
    that the code is for, with the party locked."""
    account = _account(party.id)
    if account.totp_since is None or account.totp_secret is None:
        return False
    step = totp_step(identity.secret_of(party.id, account.totp_secret), code.strip(), at, account.totp_step)
    if step is not None:
        account.totp_step = step
        account.save(update_fields=["totp_step"])
        return True
    spare = hashed(plain_recovery_code(code))
    if spare not in account.recovery_codes:
        return False
    account.recovery_codes.remove(spare)
    account.save(update_fields=["recovery_codes"])
    body, by = {"left": len(account.recovery_codes)}, Actor("person", party.id).ref
    record(party, events.RECOVERY_CODE_USED, by=by, at=at, cause=None, body=body, changes={})
    return True


@command("people.switch_totp_off", wide=True)
def _switch_off(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, party: int) -> Event:
    if by.party != party and not may_administer(by):
        raise Missing("not_found")
    found = locked(party)
    account = _account(party)
    if account.totp_since is None:
        raise Conflict("people.totp_off_already")
    account.totp_secret, account.totp_since, account.recovery_codes = None, None, []
    account.save(update_fields=["totp_secret", "totp_since", "recovery_codes"])
    return record(found, events.TOTP_SWITCHED_OFF, by=by.ref, at=at, cause=cause, body={}, changes={})


def _prove(party: int, code: str, at: datetime) -> None:
    """One's own second factor once more, before it goes; counted like an attempt to sign in."""
    with scope(SYSTEM):
        right = take_code(locked(party), code, at)
        wait = attempts.judge([locks.with_second_factor(party)], right, at)
    attempts.refuse(wait)
    if not right:
        raise Refusal("people.wrong_totp")


def _own(by: Actor) -> int:
    if by.party is None:
        raise Missing("not_found")
    return by.party


def _account(party: int) -> Account:
    account = Account.objects.select_for_update().filter(party_id=party).first()
    if account is None:
        raise Missing("not_found")
    return account
