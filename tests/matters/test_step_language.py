"""Parts of the language that the five haves do not use: they are there for other methods, so they must hold."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.kernel.refusal import Forbidden
from linli.matters.rules import Configuration, Role, Rung, Seat, Step, begin, possible, settle, step, tick
from linli.matters.rules.ladder import arrive
from linli.matters.schema import Kind
from tests.matters import street
from tests.matters.street import (
    DESK,
    HOUR,
    MONDAY,
    OFFICE,
    POLICE,
    RESIDENT,
    SIBLING,
    SIBLING_SEAT,
    SUPERVISOR,
    WORKER,
    seat,
)

DAYS = {"within": "3 days", "then": "expire"}
PARCEL = Kind.model_validate(
    {
        "opened_by": ["resident"],
        "parties": {"reporter": {"from": "opener", "else": "community_desk"}},
        "ladder": ["grid_worker", "community_desk", "supervisor", "district_office"],
        "states": {
            "asked": {"kind": "start", "held_by": "ladder", "due": DAYS},
            "carried": {"held_by": "given", "due": DAYS},
            "stored": {"held_by": "ladder", "due": DAYS},
            "shown": {"held_by": "reporter", "due": DAYS},
            "done": {"kind": "end", "outcome": "delivered"},
        },
        "moves": {
            "give": {"leaves": ["asked"], "enters": "carried", "who": "holder", "to": "given"},
            "pass": {"leaves": ["asked", "carried"], "enters": "same", "who": "holder", "to": "given", "at_most": "3"},
            "lift": {"leaves": ["asked"], "enters": "same", "who": "holder", "rung": "up"},
            "store": {"leaves": ["asked", "carried"], "enters": "stored", "who": "holder", "to": "community_desk"},
            "note": {"leaves": ["asked"], "enters": "same", "who": ["police", "neighbour"]},
            "show": {"leaves": ["asked", "carried", "stored"], "enters": "shown", "who": "holder"},
            "take": {"leaves": ["shown"], "enters": "done", "who": "holder"},
            "return": {"leaves": ["shown"], "enters": "stored", "who": "reporter", "to": "grid_worker"},
            "expire": {"leaves": ["asked", "carried", "stored", "shown"], "enters": "done", "who": "clock"},
        },
    }
)


def asked() -> Configuration:
    opened = begin(PARCEL, street.facts(PARCEL, RESIDENT), MONDAY)
    assert isinstance(opened, Step)
    return opened.configuration


def after(now: Configuration, party: int, move: str, at: datetime = MONDAY, **gives: Any) -> Step:
    made = step(PARCEL, now, move, street.facts(PARCEL, party, **gives), at)
    assert isinstance(made, Step), made
    return made


def test_a_kind_without_an_overall_deadline() -> None:
    now = asked()
    assert now.overall is None and now.next_at == now.due_at
    shown = after(now, WORKER, "show").configuration
    assert shown.resting is None and shown.next_at == shown.due_at
    assert after(shown, RESIDENT, "return").configuration.resting is None
    ended = tick(PARCEL, now, street.facts(PARCEL), now.due_at)  # type: ignore[arg-type]
    assert ended and (ended.move, ended.outcome, ended.within_due) == ("expire", "delivered", False)


def test_passed_on_in_the_same_state_keeps_its_deadline() -> None:
    now = asked()
    passed = after(now, WORKER, "pass", MONDAY + HOUR, seat=SIBLING_SEAT.seat)
    assert (passed.configuration.holder, passed.to_state) == (SIBLING_SEAT, "asked")
    assert passed.configuration.clock == now.clock and passed.configuration.entered_at == now.entered_at
    assert passed.configuration.count("pass") == 1
    lifted = after(now, WORKER, "lift", MONDAY + HOUR)
    assert lifted.configuration.holder == Seat("community_desk", seat(DESK)) and lifted.rungs == 1
    assert lifted.configuration.clock == now.clock


def test_a_state_held_by_the_seat_that_was_given() -> None:
    given = after(asked(), WORKER, "give", seat=SIBLING_SEAT.seat).configuration
    assert (given.state, given.holder) == ("carried", SIBLING_SEAT)
    assert [offer.move for offer in possible(PARCEL, given, street.facts(PARCEL, SIBLING), MONDAY)] == [
        "pass", "store", "show",
    ]  # fmt: skip
    assert after(given, SIBLING, "show").configuration.holder == Role("reporter")


def test_a_holder_sends_it_to_a_post_of_the_ladder_up_or_down() -> None:
    high = after(after(asked(), WORKER, "lift").configuration, DESK, "lift").configuration
    stored = after(high, SUPERVISOR, "store")
    assert (stored.configuration.holder, stored.rungs) == (Seat("community_desk", seat(DESK)), -1)


def test_what_comes_back_from_a_party_goes_no_lower_than_whoever_answered() -> None:
    high = after(after(asked(), WORKER, "lift").configuration, DESK, "lift").configuration
    shown = after(high, SUPERVISOR, "show").configuration
    assert after(shown, RESIDENT, "return").configuration.holder == Seat("district_office", seat(OFFICE))


def test_the_party_that_holds_a_matter_is_its_holder() -> None:
    shown = after(asked(), WORKER, "show").configuration
    assert step(PARCEL, shown, "take", street.facts(PARCEL, WORKER), MONDAY) == Forbidden(
        "matters.not_yours", move="take"
    )
    nobody = replace(street.facts(PARCEL), doer=street.Doer())
    assert step(PARCEL, shown, "take", nobody, MONDAY) == Forbidden("matters.not_yours", move="take")
    assert after(shown, RESIDENT, "take").outcome == "delivered"
    unknown = street.facts(PARCEL, WORKER, reporter=None)
    at_desk = step(PARCEL, asked(), "show", unknown, MONDAY)
    assert isinstance(at_desk, Step) and at_desk.configuration.holder == Seat("community_desk", seat(DESK))
    taken = step(PARCEL, at_desk.configuration, "take", street.facts(PARCEL, DESK, reporter=None), MONDAY)
    assert isinstance(taken, Step)


@pytest.mark.parametrize(
    ("doer", "may"),
    [
        (street.Doer(50, frozenset({"neighbour"})), True),
        (street.Doer(51, frozenset({"resident"})), False),
        (street.Doer(POLICE, posts=frozenset({"police"})), True),
        (street.Doer(POLICE, posts=frozenset({"assistant"})), False),
    ],
)
def test_posts_and_roles_may_be_named(doer: street.Doer, may: bool) -> None:
    answer = step(PARCEL, asked(), "note", replace(street.facts(PARCEL), doer=doer), MONDAY)
    assert isinstance(answer, Step) is may
    if isinstance(answer, Step):
        assert answer.configuration == asked() and answer.within_due is None


def test_a_post_that_never_had_a_seat_is_found_once_it_has() -> None:
    bare = (Rung("grid_worker"), *street.ladder(PARCEL)[1:])
    nobody = replace(street.facts(PARCEL, RESIDENT), ladder=tuple(Rung(rung.post) for rung in bare))
    opened = begin(PARCEL, nobody, MONDAY)
    assert isinstance(opened, Step) and opened.configuration.holder == Seat("grid_worker", None)
    appointed = replace(street.facts(PARCEL, WORKER), ladder=street.ladder(PARCEL))
    assert isinstance(step(PARCEL, opened.configuration, "show", appointed, MONDAY), Step)
    settled = settle(PARCEL, opened.configuration, appointed, MONDAY)
    assert settled and settled.configuration.holder == Seat("grid_worker", seat(WORKER)) and settled.rungs == 0


def test_who_is_passed_over_on_the_way_up() -> None:
    rungs = (
        Rung("a", 1, frozenset({7})),
        Rung("b", 2),
        Rung("c", 3, frozenset({7, 8})),
        Rung("d", 4, frozenset({9})),
    )
    assert arrive(rungs, 0).rung == 0 and arrive(rungs, 1).rung == 2
    assert arrive(rungs, 0, past=7).rung == 3 and arrive(rungs, 0, past=7).vacancies == (Seat("b", 2),)
    assert arrive(rungs[:3], 0, past=7).rung == 2, "a colleague on the same rung, when there is nobody above"
    assert arrive(rungs[:1], 0, past=7).rung == 0, "and at last the same person, rather than nobody"
    assert arrive(rungs[1:2], 0).vacancies == (Seat("b", 2),)


def test_the_deadline_of_the_whole_is_kept_up_to_the_very_instant() -> None:
    for late, in_due in [(timedelta(), True), (timedelta(seconds=1), False)]:
        case = street.working()
        due_at = case.now.overall_due_at
        assert due_at and case.now.clock
        case.changes(clock=replace(case.now.clock, due_at=due_at + 9 * HOUR))
        case.at = due_at + late
        assert case.does(WORKER, "solve", note=True).now.answered_in_due is in_due
