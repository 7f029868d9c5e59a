"""Being away, and substitutes."""

import pytest

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.audit import audit
from linli.kernel.models import Event
from linli.kernel.refusal import Conflict, Forbidden, Missing, Refusal
from linli.kernel.scope import scope
from linli.people import queries
from linli.people.commands import end_absence, report_absence
from tests.people.town import AT, Town, holder, later, person


def number(event: Event) -> int:
    return int(event.subject.partition(":")[2])


def filling(place: int, at: object = AT) -> list[tuple[int | None, bool]]:
    with scope(SYSTEM):
        return [(one.party, one.substitute) for one in queries.occupants([place], at)]


def pair(town: Town) -> tuple[Actor, Actor]:
    return holder("grid_worker", town.east_grid, "张甲"), holder("grid_worker", town.west_grid, "李乙")


def test_a_substitute_fills_the_seat_meanwhile(town: Town) -> None:
    ann, ben = pair(town)
    event = report_absence(by=ann, at=AT, key="x", substitute=ben.party, until_at=later(days=2), reason="training")
    assert event.body["substitute"] == ben.party
    assert filling(town.east_grid) == [(ben.party, True)]
    assert filling(town.east_grid, later(days=2)) == [(ann.party, False)]
    assert queries.actor_of(ann.party, AT).posts == ()
    assert {post.place for post in queries.actor_of(ben.party, AT).posts} == {town.east_grid, town.west_grid}
    with scope(ann):
        mine = queries.my_absence(ann.party, AT)
    assert mine is not None and (mine.substitute_id, mine.reason) == (ben.party, "training")
    assert audit().findings == ()


def test_both_away_is_a_vacancy(town: Town) -> None:
    ann, ben = pair(town)
    third = holder("grid_worker", town.west_grid, "王丙")
    report_absence(by=ann, at=AT, substitute=ben.party)
    report_absence(by=ben, at=AT, substitute=third.party)
    assert filling(town.east_grid) == [(None, False)]
    assert filling(town.west_grid) == [(third.party, False)]
    assert [post.place for post in queries.actor_of(third.party, AT).posts] == [town.west_grid]


def test_being_back_ends_it(town: Town) -> None:
    ann, ben = pair(town)
    absence = number(report_absence(by=ann, at=AT, substitute=ben.party))
    end_absence(by=ann, at=later(hours=3), absence=absence)
    assert filling(town.east_grid, later(hours=2)) == [(ben.party, True)]
    assert filling(town.east_grid, later(hours=3)) == [(ann.party, False)]
    with pytest.raises(Conflict, match="absence_over"):
        end_absence(by=ann, at=later(hours=4), absence=absence)
    report_absence(by=ann, at=later(hours=4))


def test_an_absence_to_come_can_be_called_off(town: Town) -> None:
    ann, _ = pair(town)
    absence = number(report_absence(by=ann, at=AT, from_at=later(days=1)))
    with pytest.raises(Conflict, match="absent_already"):
        report_absence(by=ann, at=AT, from_at=later(days=3))
    end_absence(by=ann, at=AT, absence=absence)
    assert filling(town.east_grid, later(days=2)) == [(ann.party, False)]


def test_the_desk_reports_a_worker_away_and_back(town: Town) -> None:
    ann, ben = pair(town)
    desk, far_desk = holder("community_desk", town.north), holder("community_desk", town.south)
    for stranger in (far_desk, ben):
        with pytest.raises(Missing):
            report_absence(by=stranger, at=AT, party=ann.party)
    absence = number(report_absence(by=desk, at=AT, party=ann.party, substitute=desk.party))
    assert filling(town.east_grid) == [(desk.party, True)]
    with pytest.raises(Missing):
        end_absence(by=far_desk, at=AT, absence=absence)
    end_absence(by=desk, at=later(hours=1), absence=absence)


def test_what_is_no_absence(town: Town) -> None:
    ann, ben = pair(town)
    far = holder("grid_worker", town.south_grid)
    bad = [
        ({"from_at": later(hours=-1)}, "people.not_in_the_past"),
        ({"until_at": AT}, "people.bad_period"),
        ({"reason": "illness"}, "bad_input"),
        ({"substitute": ann.party}, "people.substitute_yourself"),
        ({"substitute": far.party}, "people.substitute_too_far"),
        ({"substitute": person()}, "people.substitute_too_far"),
    ]
    for fields, code in bad:
        with pytest.raises(Refusal) as refused:
            report_absence(by=ann, at=AT, **fields)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="no_post"):
        report_absence(by=queries.actor_of(person(), AT), at=AT)
    with pytest.raises(Forbidden):
        report_absence(by=ben, at=AT, substitute=far.party)
