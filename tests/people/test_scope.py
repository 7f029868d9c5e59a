"""Who sees whom: row level security on committed data, as the application login."""

import pytest
from django.db import connection

from linli.kernel.actor import CLOCK, NOBODY, SYSTEM, Actor
from linli.kernel.refusal import Unauthenticated
from linli.kernel.scope import scope
from linli.people import directory, queries
from linli.people.commands import report_absence, request_code, reveal, sign_in_with_password
from linli.people.models import (
    Absence,
    Account,
    Holding,
    Party,
    PartyText,
    Session,
    SignInCode,
    SignInFailure,
)
from tests.people.town import AT, PASSWORD, VISIT, Town, account, holder, person

PERSONAL = (Party, PartyText, Account, Session, SignInCode, SignInFailure)


def seen(by: Actor) -> set[int]:
    with scope(by):
        return set(Party.objects.values_list("id", flat=True))


def test_sibling_grids_see_their_own_people_only(town: Town) -> None:
    here, there = person(home=town.east_building), person(home=town.west_building)
    homeless = person()
    east, west = holder("grid_worker", town.east_grid), holder("grid_worker", town.west_grid)
    assert seen(east) == {here, east.party}
    assert seen(west) == {there, west.party}
    assert {here, there} <= seen(holder("community_desk", town.north))
    assert not {here, there} & seen(holder("community_desk", town.south))
    for all_seeing in (town.administrator, holder("district_office", town.district), SYSTEM, CLOCK):
        assert {here, there, homeless} <= seen(all_seeing)


def test_without_a_post_one_sees_oneself(town: Town) -> None:
    me = person(home=town.east_building, phone="13900009999")
    person(home=town.east_building)
    account(me)
    sign_in_with_password(at=AT, visit=VISIT, phone="13900009999", password=PASSWORD)
    actor = queries.actor_of(me, AT)
    assert seen(actor) == {me}
    with scope(actor):
        assert list(Account.objects.values_list("party_id", flat=True)) == [me]
        assert [session.device for session in directory.my_sessions(me, AT)] == ["android"]
        assert not SignInFailure.objects.exists() and not SignInCode.objects.exists()
        mine = directory.my_details(me)
    assert mine is not None and (mine.name, mine.phone) == ("王小明", "13900009999")


@pytest.mark.parametrize("model", [*PERSONAL, Holding, Absence])
def test_without_a_scope_nothing_is_seen(town: Town, model: type[Party]) -> None:
    fill_every_table(town)
    assert not model.objects.exists()
    with scope(SYSTEM):
        assert model.objects.exists()


@pytest.mark.parametrize("model", PERSONAL)
def test_visitors_see_nothing_personal(town: Town, model: type[Party]) -> None:
    fill_every_table(town)
    with scope(NOBODY):
        assert not model.objects.exists()


def test_every_table_with_people_is_protected_from_its_owner_too(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = current_schema() AND relkind = 'r' AND relname LIKE 'people\\_%%' "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert {row[0] for row in cursor.fetchall()} == {"people_seat", "people_adoptedpost"}


def fill_every_table(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    party = person(home=town.east_building, phone="13900008888")
    account(party)
    sign_in_with_password(at=AT, visit=VISIT, phone="13900008888", password=PASSWORD)
    with pytest.raises(Unauthenticated):
        sign_in_with_password(at=AT, visit=VISIT, phone="13900008888", password="wrong-password")
    request_code(at=AT, visit=VISIT, phone="13900008888")
    reveal(by=worker, at=AT, party=party, field="phone", reason="核实漏水位置")
    report_absence(by=worker, at=AT)
