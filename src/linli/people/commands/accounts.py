"""Accounts: opened and closed by the administrator, passwords set by their owner or anew by the administrator."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import events, identity, locks
from linli.people.commands import attempts
from linli.people.commands.records import add_account, locked
from linli.people.commands.sessions import end_open_sessions
from linli.people.models import Account, Party
from linli.people.rules import may_administer
from linli.people.safety import SHORTEST_PASSWORD, password_fault


@command("people.open_account", wide=True)
def open_account(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, party: int) -> Event:
    """Let a party sign in with its phone, first by code; again after its account was closed. Administrator only."""
    if not may_administer(by):
        raise Forbidden("not_allowed")
    found = locked(party)
    if Account.objects.filter(party=found, is_active=True).exists():
        raise Conflict("people.account_open")
    return add_account(found, by.ref, at, cause)


@command("people.close_account", wide=True)
def close_account(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, party: int) -> Event:
    """Let a party no longer sign in, and end its sessions. Its posts stay: see dismiss. Administrator only, and not
    their own, or the district might be left without one."""
    if not may_administer(by):
        raise Forbidden("not_allowed")
    if by.party == party:
        raise Forbidden("people.not_yourself")
    found = locked(party)
    if not Account.objects.filter(party=found, is_active=True).update(is_active=False):
        raise Conflict("people.account_closed")
    end_open_sessions(party, at)
    return record(found, events.ACCOUNT_CLOSED, by=by.ref, at=at, cause=cause, body={}, changes={})


@command("people.unlock_account", wide=True)
def unlock_account(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, party: int) -> Event:
    """Let somebody whom too many failures locked out try again at once. Administrator only, once they know who asks."""
    if not may_administer(by):
        raise Forbidden("not_allowed")
    found = locked(party)
    account = Account.objects.filter(party=found).first()
    if account is None:
        raise Missing("not_found")
    attempts.forget(locks.of_account(account))
    return record(found, events.ACCOUNT_UNLOCKED, by=by.ref, at=at, cause=cause, body={}, changes={})


def set_password(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    party: int,
    password: str,
    current: str | None = None,
    keep: int | None = None,
) -> Event:
    """Set somebody's own password, proven by the `current` one where there is one; or a new one for somebody else, by
    the administrator. All sessions but `keep` end. Takes no key: a digest of what was asked would hold the password.

    Refusals: people.password_<fault> as in safety.password_fault, people.wrong_password, people.locked.
    """
    own = by.party == party
    if not own and not may_administer(by):
        raise Missing("not_found")
    with scope(SYSTEM):
        account = Account.objects.select_related("party").filter(party_id=party).first()
        if account is None:
            raise Missing("not_found")
        phone = identity.phone_of(account.party) or ""
    if own and account.has_usable_password():
        _prove(account, current or "", at)
    fault = password_fault(password, phone)
    if fault:
        raise Refusal(f"people.password_{fault}", least=SHORTEST_PASSWORD)
    return _set_password(by=by, at=at, cause=cause, party=party, encoded=make_password(password), keep=keep)


@command("people.set_password", wide=True)
def _set_password(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    party: int,
    encoded: str,
    keep: int | None,
) -> Event:
    if by.party != party and not may_administer(by):
        raise Missing("not_found")
    found: Party = locked(party)
    Account.objects.filter(party=found).update(password=encoded)
    end_open_sessions(party, at, keep=keep)
    return record(found, events.PASSWORD_SET, by=by.ref, at=at, cause=cause, body={}, changes={})


def _prove(account: Account, password: str, at: datetime) -> None:
    """The current password, counted like an attempt to sign in."""
    tried = [locks.with_phone("password", bytes(account.phone_index))]
    with scope(SYSTEM):
        attempts.refuse_locked(tried, at)
    right = check_password(password, account.password)
    with scope(SYSTEM):
        wait = attempts.judge(tried, right, at)
    attempts.refuse(wait)
    if not right:
        raise Refusal("people.wrong_password")
