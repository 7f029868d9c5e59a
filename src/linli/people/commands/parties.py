"""Registering and correcting parties, and looking at what is masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import events, identity
from linli.people.commands.records import (
    add_party,
    is_trusted,
    known_language,
    locked,
    move_account,
    new_phone,
    place_of,
)
from linli.people.models import Party
from linli.people.rules import may_administer, may_keep
from linli.territory.models import Place


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was masked, and the event that says who looked. Show it, never keep it."""

    event: Event
    value: str


@command("people.register_party", wide=True)
def register_party(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    kind: str,
    name: str,
    phone: str | None = None,
    home: int | None = None,
    language: str = "zh",
) -> Event:
    """Take somebody up: kind resident, staff or organisation. The party's id is the number in the event's subject.

    Allowed to staff for homes within their reach, without a home to posts of the whole district.
    """
    place = place_of(home)
    if not may_keep(by, place.path if place else 0):
        raise Forbidden("not_allowed")
    party = new_id(Party)
    return add_party(party, by.ref, at, cause, kind=kind, name=name, phone=phone, home=place, language=language)


@command("people.change_party", wide=True)
def change_party(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    party: int,
    version: int | None = None,
    name: str | None = None,
    phone: str | None = None,
    home: int | None = None,
    language: str | None = None,
) -> Event:
    """Correct what is known of a party; None leaves it. People change their own home and language; staff within whose
    reach they live, everything. Who signs in or holds a post has name and phone changed by the administrator."""
    found = locked(party, version)
    place = place_of(home)
    _check_change(by, at, found, place, named=name is not None or phone is not None)
    changes: dict[str, Any] = {}
    if name is not None:
        name = identity.cleaned_name(name)
        changes |= {"name": identity.sealed(party, "name", name), "name_index": identity.name_index(name)}
    if phone is not None:
        changes |= new_phone(party, phone)
        move_account(party, changes["phone_index"])
    if place is not None:
        changes |= {"home": place, "path": place.path}
    if language is not None:
        changes["language"] = known_language(language)
    if not changes:
        raise Refusal("people.nothing_changed")
    body: dict[str, Any] = {"fields": [field for field in ("name", "phone", "home", "language") if field in changes]}
    if place is not None:
        body["home"] = place.id
    return record(found, events.PARTY_CHANGED, by=by.ref, at=at, cause=cause, body=body, changes=changes)


def reveal(*, by: Actor, at: datetime, key: str | None = None, party: int, field: str, reason: str) -> Revealed:
    """Look at the name or the phone of somebody within reach, for a reason that is kept with the event."""
    event = _record_reveal(by=by, at=at, key=key, party=party, field=field, reason=reason)
    with scope(by):
        found = Party.objects.get(id=party)
        value = identity.name_of(found) if field == "name" else identity.phone_of(found)
    return Revealed(event, value or "")


@command("people.change_own_phone", wide=True)
def change_own_phone(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, phone: str) -> Event:
    """Take over a phone that somebody has just proven to be theirs: see sign_in.change_my_phone."""
    if by.party is None:
        raise Missing("not_found")
    found = locked(by.party)
    changes = new_phone(found.id, phone)
    move_account(found.id, changes["phone_index"])
    body = {"fields": ["phone"]}
    return record(found, events.PARTY_CHANGED, by=by.ref, at=at, cause=cause, body=body, changes=changes)


@command("people.reveal", wide=True)
def _record_reveal(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, party: int, field: str, reason: str
) -> Event:
    found = locked(party)
    if not may_keep(by, found.path):
        raise Missing("not_found")
    if field not in ("name", "phone") or (field == "phone" and found.phone is None):
        raise Refusal("people.nothing_to_reveal")
    reason = reason.strip()
    if not 2 <= len(reason) <= 200:
        raise Refusal("people.reason_needed", most=200)
    body, texts = {"field": field}, {"reason": reason}
    return record(found, events.PARTY_REVEALED, by=by.ref, at=at, cause=cause, body=body, changes={}, texts=texts)


def _check_change(by: Actor, at: datetime, party: Party, home: Place | None, *, named: bool) -> None:
    """Whether `by` may make this change; `named`: it touches name or phone."""
    keeps = may_keep(by, party.path)
    if by.party != party.id and not keeps:
        raise Missing("not_found")
    if named and not keeps:
        raise Forbidden("not_allowed")
    if named and not may_administer(by) and is_trusted(party.id, at):
        raise Forbidden("people.administrator_changes_it")
    if home is not None and by.party != party.id and not may_keep(by, home.path):
        raise Forbidden("not_allowed")
