"""Accounts and passwords."""

import pytest

from linli.kernel.actor import SYSTEM
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal, TooMany, Unauthenticated
from linli.kernel.scope import scope
from linli.people import directory
from linli.people.commands import (
    close_account,
    open_account,
    register_party,
    set_password,
    sign_in_with_password,
    unlock_account,
)
from linli.people.models import Account
from linli.people.queries import actor_of, actor_of_token
from tests.people.town import AT, PASSWORD, VISIT, Town, account, holder, later, person

NEW = "brook-window-77"


def test_the_administrator_opens_and_closes(town: Town) -> None:
    party = person(phone="13900001111", home=town.east_building)
    open_account(by=town.administrator, at=AT, key="o", party=party)
    with pytest.raises(Conflict, match="account_open"):
        open_account(by=town.administrator, at=AT, party=party)
    set_password(by=town.administrator, at=AT, party=party, password=PASSWORD)
    session = sign_in_with_password(at=AT, visit=VISIT, phone="13900001111", password=PASSWORD)
    close_account(by=town.administrator, at=later(minutes=1), party=party)
    assert actor_of_token(session.token, later(minutes=1)).role == "nobody"
    with pytest.raises(Unauthenticated, match="wrong_credentials"):
        sign_in_with_password(at=later(minutes=1), visit=VISIT, phone="13900001111", password=PASSWORD)
    with scope(town.administrator):
        closed = directory.person(party, AT)
    assert closed is not None and closed.account == "closed"
    with pytest.raises(Conflict, match="account_closed"):
        close_account(by=town.administrator, at=AT, party=party)
    open_account(by=town.administrator, at=later(minutes=2), party=party)
    sign_in_with_password(at=later(minutes=2), visit=VISIT, phone="13900001111", password=PASSWORD)


def test_nobody_else_opens_or_closes(town: Town) -> None:
    party = person(home=town.east_building)
    for by in (holder("district_office", town.district), holder("grid_worker", town.east_grid), actor_of(party, AT)):
        for command in (open_account, close_account):
            with pytest.raises(Forbidden):
                command(by=by, at=AT, party=party)
    with pytest.raises(Forbidden, match="not_yourself"):
        close_account(by=town.administrator, at=AT, party=town.administrator.party)


def test_an_account_needs_a_phone_of_its_own(town: Town) -> None:
    silent = register_party(by=SYSTEM, at=AT, kind="resident", name="王大爷")
    with pytest.raises(Refusal, match="phone_needed"):
        open_account(by=SYSTEM, at=AT, party=int(silent.subject.partition(":")[2]))
    first, second = person(phone="13900002222"), person(phone="13900002222")  # mother and child share one
    open_account(by=SYSTEM, at=AT, party=first)
    with pytest.raises(Conflict, match="phone_taken"):
        open_account(by=SYSTEM, at=AT, party=second)


def test_a_password_of_ones_own_is_proven_and_ends_other_sessions(town: Town) -> None:
    party = person(phone="13900003333")
    account(party)
    me = actor_of(party, AT)
    here, there = [sign_in_with_password(at=AT, visit=VISIT, phone="13900003333", password=PASSWORD) for _ in "ab"]
    for current in (None, "wrong-password"):
        with pytest.raises(Refusal, match="wrong_password"):
            set_password(by=me, at=AT, party=party, password=NEW, current=current)
    set_password(by=me, at=AT, party=party, password=NEW, current=PASSWORD, keep=here.session)
    assert actor_of_token(here.token, AT).party == party
    assert actor_of_token(there.token, AT).party is None
    sign_in_with_password(at=AT, visit=VISIT, phone="13900003333", password=NEW)


def test_guessing_the_current_password_locks(town: Town) -> None:
    party = person()
    account(party)
    me = actor_of(party, AT)
    for _ in range(4):
        with pytest.raises(Refusal, match="wrong_password"):
            set_password(by=me, at=AT, party=party, password=NEW, current="wrong-password")
    for _ in range(2):
        with pytest.raises(TooMany, match="locked"):
            set_password(by=me, at=AT, party=party, password=NEW, current="wrong-password")


def test_who_has_no_password_yet_sets_one(town: Town) -> None:
    party = person(phone="13900004444")
    open_account(by=SYSTEM, at=AT, party=party)
    set_password(by=actor_of(party, AT), at=AT, party=party, password=NEW)
    sign_in_with_password(at=AT, visit=VISIT, phone="13900004444", password=NEW)


def test_weak_passwords_and_those_of_others_are_refused(town: Town) -> None:
    party = person(phone="13900005555", home=town.east_building)
    account(party)
    for weak in ("short", "13900005555", "password123"):
        with pytest.raises(Refusal, match="password_too_"):
            set_password(by=town.administrator, at=AT, party=party, password=weak)
    for by in (holder("community_desk", town.north), actor_of(person(), AT)):
        with pytest.raises(Missing):
            set_password(by=by, at=AT, party=party, password=NEW)


def test_passwords_stand_as_slow_hashes(town: Town) -> None:
    party = person()
    account(party)
    with scope(SYSTEM):
        kept = Account.objects.get(party_id=party).password
    assert PASSWORD not in kept and "$" in kept


def test_the_administrator_unlocks(town: Town) -> None:
    party = person(phone="13900006161", home=town.east_building)
    account(party)
    for _ in range(5):
        with pytest.raises(Refusal):
            sign_in_with_password(at=AT, visit=VISIT, phone="13900006161", password="wrong-password")
    with scope(town.administrator):
        locked = directory.person(party, AT)
    assert locked is not None and locked.locked
    with pytest.raises(Forbidden):
        unlock_account(by=holder("community_desk", town.north), at=AT, party=party)
    unlock_account(by=town.administrator, at=AT, party=party)
    with scope(town.administrator):
        unlocked = directory.person(party, AT)
    assert unlocked is not None and not unlocked.locked
    sign_in_with_password(at=AT, visit=VISIT, phone="13900006161", password=PASSWORD)
