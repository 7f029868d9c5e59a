"""Signing in: by phone and password, by phone and code, with a second factor where it is switched on; registering.

These are no commands in the strict sense: an attempt has to be counted even though it is refused, and passwords are
checked between transactions, for that takes long on purpose. Each ends in opening a session, which is recorded.
A refusal never tells whether a phone is known, before the one who asks has shown that it is theirs.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.contrib.auth.hashers import check_password
from django.core import signing
from django.db import connection

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.district import schema
from linli.kernel.event import new_id
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal, TooMany, Unauthenticated
from linli.kernel.scope import scope
from linli.people import identity, locks, sender
from linli.people.commands import attempts
from linli.people.commands.parties import change_own_phone
from linli.people.commands.records import add_account, add_party, locked, place_of
from linli.people.commands.second_factor import take_code
from linli.people.commands.sessions import Opened, open_session
from linli.people.models import Account, Party, SignInCode
from linli.people.safety import (
    CODE_DIGITS,
    CODE_LIFE,
    CODE_TRIES,
    CODES_PER_ADDRESS,
    CODES_PER_PHONE,
    PROVEN_PHONE_LIFE,
    TICKET_LIFE,
    wait_to_send,
)

_NO_PASSWORD = "!"  # checking against it takes as long as against a real one, and fails


@dataclass(frozen=True, slots=True)
class Visit:
    """Where an attempt comes from: the client's address, its user agent, and the channel, web or api."""

    address: str
    device: str = ""
    channel: str = "api"


def sign_in_with_password(*, at: datetime, visit: Visit, phone: str, password: str, totp: str | None = None) -> Opened:
    """Sign in; with `totp` in one step where the second factor is on.

    Refusals: people.wrong_credentials, people.locked, people.totp_needed (its data has the `ticket` for
    sign_in_with_totp), people.wrong_totp.
    """
    index = identity.phone_index(identity.cleaned_phone(phone))
    tried = [locks.with_phone("password", index), locks.from_address(visit.address)]
    with scope(SYSTEM):
        attempts.refuse_locked(tried, at)
        account = Account.objects.filter(phone_index=index, is_active=True).first()
    right = check_password(password, account.password if account else _NO_PASSWORD)
    with scope(SYSTEM):
        wait = attempts.judge(tried, right, at)
    attempts.refuse(wait)
    if not right or account is None:
        raise Unauthenticated("people.wrong_credentials")
    return _second_step(account, at, visit, "password", totp)


def request_code(*, at: datetime, visit: Visit, phone: str) -> None:
    """Send a code to a phone, known or not: who registers gets the same. TooMany when asked too often."""
    phone = identity.cleaned_phone(phone)
    index, address = identity.phone_index(phone), identity.blind(visit.address, "address")
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    with scope(SYSTEM):
        _one_at_a_time(index)
        _refuse_too_many(index, address, at)
        SignInCode.objects.create(
            phone_index=index,
            address_index=address,
            code_hash=_hash(index, code),
            sent_at=at,
            expires_at=at + CODE_LIFE,
        )
    life = str(CODE_LIFE // timedelta(minutes=1))
    sender.send(phone, "message.people.sign_in_code", {"code": code, "minutes": life})


def sign_in_with_code(*, at: datetime, visit: Visit, phone: str, code: str, totp: str | None = None) -> Opened:
    """Sign in with a code sent to the phone. Refusals: people.wrong_code, people.code_expired, people.locked,
    people.not_registered (its data has the `ticket` for self_register), people.totp_needed, people.wrong_totp."""
    phone = identity.cleaned_phone(phone)
    index = identity.phone_index(phone)
    kept = _check_code(index, code, at, visit)
    with scope(SYSTEM):
        _use(kept, at)
        account = Account.objects.filter(phone_index=index).first()
    if account is None:
        raise Missing("people.not_registered", ticket=identity.sealed_ticket(phone, at))
    if not account.is_active:
        raise Unauthenticated("people.account_closed")
    return _second_step(account, at, visit, "code", totp)


def sign_in_with_totp(*, at: datetime, visit: Visit, ticket: str, totp: str) -> Opened:
    """The second step, with the ticket that the first one gave. Refusals: people.wrong_totp, people.locked,
    people.sign_in_again when the ticket is too old."""
    try:
        first = _signer().unsign_object(ticket)
    except signing.BadSignature:
        first = {"party": 0, "at": 0, "how": ""}
    if not first["at"] <= at.timestamp() <= first["at"] + TICKET_LIFE.total_seconds():
        raise Unauthenticated("people.sign_in_again")
    with scope(SYSTEM):
        account = Account.objects.filter(party_id=first["party"], is_active=True).first()
    if account is None:
        raise Unauthenticated("people.sign_in_again")
    return _second_step(account, at, visit, first["how"], totp)


def self_register(
    *, at: datetime, visit: Visit, ticket: str, name: str, home: int, of_age: bool, language: str = "zh"
) -> Opened:
    """A resident registers with where they live and the ticket that sign_in_with_code gave for their phone, and is
    signed in. Refusals: people.guardian_needed, people.sign_in_again (too old a ticket), people.registered_already.

    `of_age`: they confirm to be 14 or over; younger ones are registered by a guardian (个人信息保护法 31). Somebody of
    this name and phone whom the desk registered before is the same person and gets the account.
    """
    if not of_age:
        raise Refusal("people.guardian_needed")
    name, phone = identity.cleaned_name(name), identity.phone_of_ticket(ticket, at, PROVEN_PHONE_LIFE)
    if phone is None:
        raise Unauthenticated("people.sign_in_again")
    index = identity.phone_index(phone)
    with scope(SYSTEM):
        _one_at_a_time(index)
        place = place_of(home)
        if Account.objects.filter(phone_index=index).exists():
            raise Conflict("people.registered_already")
        known = Party.objects.filter(phone_index=index, name_index=identity.name_index(name), kind="resident")
        found = known.filter(account=None).order_by("id").first()
        if found is None:
            fresh = new_id(Party)
            by = Actor("person", fresh).ref
            add_party(fresh, by, at, None, kind="resident", name=name, phone=phone, home=place, language=language)
        party = locked(found.id if found else fresh)
        add_account(party, Actor("person", party.id).ref, at, None)
        return _open(party, at, visit, "code", totp=False)


def change_my_phone(*, by: Actor, at: datetime, visit: Visit, phone: str, code: str) -> Event:
    """Sign in with another phone from now on, proven by a code sent to it."""
    phone = identity.cleaned_phone(phone)
    kept = _check_code(identity.phone_index(phone), code, at, visit)
    with scope(SYSTEM):
        _use(kept, at)
    return change_own_phone(by=by, at=at, phone=phone)


def _second_step(account: Account, at: datetime, visit: Visit, how: str, totp: str | None) -> Opened:
    """Open the session, after the second factor where it is on."""
    if account.totp_since is None:
        with scope(SYSTEM):
            return _open(locked(account.party_id), at, visit, how, totp=False)
    if not totp:
        ticket = _signer().sign_object({"party": account.party_id, "at": at.timestamp(), "how": how})
        raise Unauthenticated("people.totp_needed", ticket=ticket)
    with scope(SYSTEM):
        party = locked(account.party_id)
        right = take_code(party, totp, at)
        tried = [locks.with_second_factor(party.id), locks.from_address(visit.address)]
        wait = attempts.judge(tried, right, at)
        if right:
            return _open(party, at, visit, how, totp=True)
    attempts.refuse(wait)
    raise Unauthenticated("people.wrong_totp")


def _open(party: Party, at: datetime, visit: Visit, how: str, *, totp: bool) -> Opened:
    return open_session(party, at, how=how, totp=totp, channel=visit.channel, device=visit.device)


def _check_code(index: bytes, code: str, at: datetime, visit: Visit) -> SignInCode:
    """The code last sent to a phone, if this is it and still lives."""
    with scope(SYSTEM):
        kept = SignInCode.objects.select_for_update().filter(phone_index=index).order_by("-sent_at", "-id").first()
        lives = kept is not None and kept.used_at is None and kept.tries < CODE_TRIES and at < kept.expires_at
        right = kept is not None and lives and compare_digest(bytes(kept.code_hash), _hash(index, code.strip()))
        wait = attempts.judge([locks.with_phone("code", index), locks.from_address(visit.address)], right, at)
        if kept is not None:
            kept.tries += 1
            kept.save(update_fields=["tries"])
            if right:
                return kept
    attempts.refuse(wait)
    raise Unauthenticated("people.wrong_code" if lives else "people.code_expired")


def _use(code: SignInCode, at: datetime) -> None:
    """A code counts once; of two who come with it at the same time the second is refused."""
    if not SignInCode.objects.filter(id=code.id, used_at=None).update(used_at=at):
        raise Unauthenticated("people.code_expired")


def _refuse_too_many(phone_index: bytes, address_index: bytes, at: datetime) -> None:
    since = at - timedelta(days=1)
    recent = SignInCode.objects.filter(sent_at__gt=since)
    to_phone = list(recent.filter(phone_index=phone_index).values_list("sent_at", flat=True))
    from_address = list(recent.filter(address_index=address_index).values_list("sent_at", flat=True))
    wait = max(wait_to_send(to_phone, CODES_PER_PHONE, at), wait_to_send(from_address, CODES_PER_ADDRESS, at))
    if wait > timedelta(0):
        raise TooMany("too_many", seconds=int(wait.total_seconds()) + 1)


def _one_at_a_time(phone_index: bytes) -> None:
    """Two at once for one phone come one after another, or both would be the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{schema()}/{phone_index.hex()}"])


def _hash(phone_index: bytes, code: str) -> bytes:
    """Under the key of blind indexes: a million codes are soon tried, but not without it."""
    return identity.blind(f"{phone_index.hex()}:{code}", "sign_in_code")


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"linli.people.first_step.{schema()}")
