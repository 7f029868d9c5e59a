"""Registering, correcting and revealing people."""

import json

import pytest

from linli.kernel.actor import NOBODY, SYSTEM
from linli.kernel.audit import audit
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import directory, identity
from linli.people.commands import appoint, change_party, register_party, reveal
from linli.people.models import Account, Party
from linli.people.queries import actor_of
from tests.people.town import AT, Town, account, fresh_phone, holder, person


def test_a_grid_worker_registers_somebody_in_the_grid(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    event = register_party(
        by=worker,
        at=AT,
        key="k1",
        kind="resident",
        name=" 欧阳 小华 ",
        phone="+86 139 0000 0001",
        home=town.east_building,
    )
    again = register_party(
        by=worker,
        at=AT,
        key="k1",
        kind="resident",
        name=" 欧阳 小华 ",
        phone="+86 139 0000 0001",
        home=town.east_building,
    )
    assert event == again
    assert event.body == {"kind": "resident", "home": town.east_building}
    party = int(event.subject.partition(":")[2])
    with scope(worker):
        seen = directory.person(party, AT)
    assert seen is not None
    assert (seen.name, seen.phone, seen.home_name, seen.account) == ("欧阳**", "139****0001", "1号楼", "none")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "  "}, "people.bad_name"),
        ({"name": "长" * 101}, "people.bad_name"),
        ({"phone": "12"}, "people.bad_phone"),
        ({"phone": "没有"}, "people.bad_phone"),
        ({"kind": "pet"}, "bad_input"),
        ({"language": "fr"}, "bad_input"),
        ({"home": 999_999}, "not_found"),
    ],
)
def test_what_cannot_be_registered(town: Town, fields: dict[str, object], code: str) -> None:
    good = {"kind": "resident", "name": "王小明", "phone": fresh_phone(), "home": town.east_grid}
    with pytest.raises(Refusal) as refused:
        register_party(by=SYSTEM, at=AT, **(good | fields))
    assert refused.value.code == code


def test_only_staff_within_reach_register(town: Town) -> None:
    resident = actor_of(person(home=town.east_building), AT)
    head = holder("building_head", town.east_building)
    worker = holder("grid_worker", town.east_grid)
    for by, home in [(NOBODY, town.east_grid), (resident, town.east_building), (head, town.east_building),
                     (worker, town.west_grid), (worker, None)]:  # fmt: skip
        with pytest.raises(Forbidden):
            register_party(by=by, at=AT, kind="resident", name="王小明", home=home)


def test_people_change_their_own_home_and_language(town: Town) -> None:
    party = person(home=town.east_building)
    event = change_party(by=actor_of(party, AT), at=AT, party=party, home=town.west_building, language="en")
    assert event.body == {"fields": ["home", "language"], "home": town.west_building}
    assert actor_of(party, AT).language == "en"
    with pytest.raises(Forbidden):
        change_party(by=actor_of(party, AT), at=AT, party=party, name="李小明")


def test_staff_correct_people_within_reach(town: Town) -> None:
    worker, sibling = holder("grid_worker", town.east_grid), holder("grid_worker", town.west_grid)
    party = person("张三丰", home=town.east_building)
    change_party(by=worker, at=AT, party=party, version=1, name="张三封", phone="13911112222")
    with scope(worker):
        assert identity.name_of(Party.objects.get(id=party)) == "张三封"
    with pytest.raises(Missing):
        change_party(by=sibling, at=AT, party=party, name="张四")
    with pytest.raises(Forbidden):  # out of their own hands
        change_party(by=worker, at=AT, party=party, home=town.west_building)
    with pytest.raises(Conflict) as stale:
        change_party(by=worker, at=AT, party=party, version=1, name="张五")
    assert stale.value.data == {"version": 2}
    with pytest.raises(Refusal, match="nothing_changed"):
        change_party(by=worker, at=AT, party=party)


def test_who_signs_in_or_holds_a_post_is_changed_by_the_administrator(town: Town) -> None:
    desk = holder("community_desk", town.north)
    trusted = [person(home=town.east_building), person(home=town.east_building)]
    account(trusted[0])
    appoint(by=SYSTEM, at=AT, post="building_head", place=town.east_building, party=trusted[1])
    for party in trusted:
        with pytest.raises(Forbidden, match="administrator_changes_it"):
            change_party(by=desk, at=AT, party=party, phone=fresh_phone())
    change_party(by=town.administrator, at=AT, party=trusted[0], phone="13911113333")
    with scope(SYSTEM):
        changed = Account.objects.get(party_id=trusted[0])
        assert changed.phone_index == changed.party.phone_index


def test_two_accounts_never_share_a_phone(town: Town) -> None:
    first, second = person(phone="13911114444"), person()
    account(first)
    account(second)
    with pytest.raises(Conflict, match="phone_taken"):
        change_party(by=town.administrator, at=AT, party=second, phone="139 1111 4444")


def test_a_reveal_needs_a_reason_and_is_recorded(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid)
    party = person("王小明", home=town.east_building, phone="13911115555")
    shown = reveal(by=worker, at=AT, party=party, field="phone", reason="核实漏水位置")
    assert shown.value == "13911115555"
    assert (shown.event.by, shown.event.body["field"]) == (worker.ref, "phone")
    assert reveal(by=worker, at=AT, party=party, field="name", reason="核实漏水位置").value == "王小明"
    for field, reason, code in [
        ("phone", " ", "people.reason_needed"),
        ("password", "好奇", "people.nothing_to_reveal"),
    ]:
        with pytest.raises(Refusal, match=code):
            reveal(by=worker, at=AT, party=party, field=field, reason=reason)
    assert audit().findings == ()


def test_only_staff_within_reach_reveal(town: Town) -> None:
    party = person(home=town.east_building)
    for by in (NOBODY, actor_of(party, AT), holder("building_head", town.east_building),
               holder("grid_worker", town.west_grid)):  # fmt: skip
        with pytest.raises(Missing):
            reveal(by=by, at=AT, party=party, field="phone", reason="核实漏水位置")


def test_no_event_holds_anything_personal(town: Town) -> None:
    worker = holder("grid_worker", town.east_grid, "赵工头")
    party = person("诸葛小明", phone="13911116666", home=town.east_building)
    account(party)
    reveal(by=worker, at=AT, party=party, field="phone", reason="核实漏水位置")
    change_party(by=town.administrator, at=AT, party=party, name="诸葛大明", phone="13911117777")
    for event in Event.objects.all():
        told = json.dumps(event.body, ensure_ascii=False) + event.by + event.subject
        assert not [word for word in ("诸葛", "赵工", "1391111", "漏水") if word in told]
