"""Rows that several commands share: parties found and locked, parties and accounts added."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Missing, Refusal
from linli.kernel.words import LANGUAGES
from linli.people import events, identity
from linli.people.models import Account, Holding, Party
from linli.territory.models import Place


def locked(party: int, version: int | None = None) -> Party:
    """A party, locked until the transaction ends, so that whoever comes second waits instead of failing.

    With the version that somebody saw: Conflict("stale") when it has changed since.
    """
    found = Party.objects.select_for_update().filter(id=party).first()
    if found is None:
        raise Missing("not_found")
    if version is not None and version != found.version:
        raise Conflict("stale", version=found.version)
    return found


def place_of(place: int | None) -> Place | None:
    """A place that still is; None for None."""
    if place is None:
        return None
    found = Place.objects.filter(id=place, ended_on=None).first()
    if found is None:
        raise Missing("not_found")
    return found


def add_party(
    party: int,
    by: str,
    at: datetime,
    cause: str | None,
    *,
    kind: str,
    name: str,
    phone: str | None,
    home: Place | None,
    language: str,
) -> Event:
    """Insert a party under an id from `new_id` and record it."""
    if kind not in Party.KINDS:
        raise Refusal("bad_input", what="kind")
    name = identity.cleaned_name(name)
    changes: dict[str, Any] = {
        "kind": kind,
        "name": identity.sealed(party, "name", name),
        "name_index": identity.name_index(name),
        "home": home,
        "path": home.path if home else 0,
        "language": known_language(language),
        "registered_at": at,
    }
    if phone:
        changes |= new_phone(party, phone)
    body = {"kind": kind, "home": home.id if home else None}
    return record(Party(id=party), events.PARTY_REGISTERED, by=by, at=at, cause=cause, body=body, changes=changes)


def add_account(party: Party, by: str, at: datetime, cause: str | None) -> Event:
    """Give a party an account without a password, or let the one it has sign in again.

    Refusal("people.phone_needed") without a phone; Conflict("people.phone_taken") when another account has it.
    """
    if party.phone_index is None:
        raise Refusal("people.phone_needed")
    account = Account.objects.filter(party=party).first() or Account(party=party, opened_at=at)
    account.phone_index = party.phone_index
    account.is_active = True
    if not account.password:
        account.set_unusable_password()
    with _one_account_for_a_phone():
        account.save()
    return record(party, events.ACCOUNT_OPENED, by=by, at=at, cause=cause, body={}, changes={})


def new_phone(party: int, phone: str) -> dict[str, Any]:
    """The columns of a phone number."""
    digits = identity.cleaned_phone(phone)
    return {"phone": identity.sealed(party, "phone", digits), "phone_index": identity.phone_index(digits)}


def move_account(party: int, phone_index: bytes) -> None:
    """Let the account of a party, if it has one, sign in with another phone from now on."""
    with _one_account_for_a_phone():
        Account.objects.filter(party_id=party).update(phone_index=phone_index)


def is_trusted(party: int, at: datetime) -> bool:
    """Whether a party can sign in or holds a post: then not everyone may change who it is."""
    holds = Holding.objects.filter(Q(until_at=None) | Q(until_at__gt=at), party_id=party)
    return Account.objects.filter(party_id=party).exists() or holds.exists()


def known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Refusal("bad_input", what="language")
    return language


@contextmanager
def _one_account_for_a_phone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        pass
    else:
        return
    raise Conflict("people.phone_taken")
